"""What no policy lifts (design §4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.actions import OFFERED, ActionKey
from bot.domain.invariants import Guard, enforce, may_decide
from bot.domain.members import NOBODY, Known, Member, Status
from bot.domain.operation import Actor
from bot.domain.plan import Flag, Line, Why
from tests.domain.people import ADMIN, MEMBER, directory, line, member

ADA = member("ada", admin=Known.YES)
GRACE = member("grace", admin=Known.YES)
OWNER = member("owner", owner=True)
BOT = member("bot", admin=Known.YES)
MIA = member("mia")
MAYBE = member("maybe", admin=Known.UNKNOWN)
GUARD = Guard(Actor("U_ADA", "user_ada"), "user_bot", "bot@example.com")


def judged(action: ActionKey, *people: Member, everybody: tuple[Member, ...] = ()) -> list[Why | None]:
    """Why each of these people is blocked, if so, in a plan that takes everything from them."""
    known = everybody or (ADA, GRACE, OWNER, BOT, MIA, MAYBE)
    lines = [taking(number, person) for number, person in enumerate(people, start=1)]
    return [one.verdict.why for one in enforce(action, lines, directory(*known), GUARD)]


def taking(number: int, person: Member) -> Line:
    flags = {Known.YES: (Flag.ADMIN,), Known.UNKNOWN: (Flag.ADMIN_UNKNOWN,), Known.NO: ()}[person.admin]
    return line(number, person, after=NOBODY, flags=flags)


@pytest.mark.parametrize("action", OFFERED)
def test_the_owner_and_the_bots_account_are_never_touched(action: ActionKey) -> None:
    """Whatever the action."""
    assert judged(action, OWNER, BOT) == [Why.IS_OWNER, Why.IS_BOT_ACCOUNT]


@pytest.mark.parametrize("action", OFFERED)
def test_nobody_removes_demotes_or_signs_out_himself(action: ActionKey) -> None:
    """The mild actions may be done to oneself."""
    never = {ActionKey.REMOVE, ActionKey.ORG_ROLE, ActionKey.KILL_SESSIONS}
    assert judged(action, ADA) == [Why.IS_YOURSELF if action in never else None]


@pytest.mark.parametrize("action", [ActionKey.REMOVE, ActionKey.ORG_ROLE])
def test_the_last_admin_besides_the_owner_stays(action: ActionKey) -> None:
    """With nobody else who surely is an admin, the lines that take the role are blocked, the others run."""
    known = (GRACE, OWNER, MIA, MAYBE, member("pia", admin=Known.YES, status=Status.PENDING))
    assert judged(action, GRACE, MIA, everybody=known) == [Why.LAST_ADMIN, None]


def test_an_admin_may_go_while_another_surely_stays() -> None:
    """Grace goes, the bot's account and Ada stay admins."""
    assert judged(ActionKey.REMOVE, GRACE, MIA) == [None, None]


def test_somebody_who_may_be_an_admin_does_not_count_as_one() -> None:
    """Unknown is not yes."""
    assert judged(ActionKey.REMOVE, GRACE, everybody=(GRACE, OWNER, MAYBE)) == [Why.LAST_ADMIN]


def test_a_change_that_keeps_an_admin_role_takes_nothing() -> None:
    """Ada's other role goes, her admin role stays."""
    who = member("solo", admin=Known.YES)
    kept = line(1, who, after=taking(1, who).before, flags=(Flag.ADMIN,))
    [found] = enforce(ActionKey.ORG_ROLE, [kept], directory(who, OWNER), GUARD)
    assert found.verdict.why is None


def test_who_became_an_admin_after_the_seal_counts_as_one() -> None:
    """Through a team his roles are the same and the sealed line knows nothing of it."""
    who = member("solo", admin=Known.YES)
    unaware = line(1, who, after=NOBODY)
    [found] = enforce(ActionKey.REMOVE, [unaware], directory(who, OWNER, MIA), GUARD)
    assert found.verdict.why is Why.LAST_ADMIN


def test_nobody_decides_on_a_line_that_was_sealed_before_he_had_an_account() -> None:
    """He is known by his address, too."""
    invited = replace(line(1, MIA), user_uid=None)
    approver = Actor("U_MIA", "user_mia", person=invited.person)
    assert may_decide(approver, GUARD.requester, [invited]) is Why.IN_PLAN


def test_who_shares_his_email_with_another_member_is_not_touched() -> None:
    """They differ in case alone: a call by e-mail could take out the wrong one."""
    other = replace(member("mia2"), email=MIA.email.upper())
    assert judged(ActionKey.REMOVE, MIA, everybody=(ADA, GRACE, OWNER, MIA, other)) == [Why.SHARED_EMAIL]


PEOPLE = st.lists(
    st.builds(
        member,
        st.sampled_from("abcdefgh"),
        admin=st.sampled_from(Known),
        owner=st.booleans(),
        status=st.sampled_from(Status),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.share_uid,
)


@given(people=PEOPLE, data=st.data(), action=st.sampled_from([ActionKey.REMOVE, ActionKey.ORG_ROLE]))
def test_no_plan_ever_leaves_the_organization_without_an_admin(
    people: list[Member], data: st.DataObject, action: ActionKey
) -> None:
    """Over any organization: who surely was an admin before is never wholly gone, and the owner never is."""
    chosen = data.draw(st.lists(st.sampled_from(people), unique=True))
    lines = [taking(number, person) for number, person in enumerate(chosen, start=1)]
    judged_lines = enforce(action, lines, directory(*people), GUARD)
    gone = {one.share_uid for one in judged_lines if one.runs}
    sure = [
        one for one in people if one.admin is Known.YES and one.status is Status.ACCEPTED and not one.is_owner
    ]
    takes_admin = any(one.runs and one.flags for one in judged_lines)
    assert not takes_admin or any(one.share_uid not in gone for one in sure)
    assert not [one for one in people if one.is_owner and one.share_uid in gone]


@pytest.mark.parametrize(
    ("approver", "expected"),
    [
        (Actor("U_GRACE", "user_grace"), None),
        (Actor("U_ADA", "user_grace"), Why.IS_YOURSELF),
        (Actor("U_OTHER", "user_ada"), Why.IS_YOURSELF),
        (Actor("U_MIA", "user_mia"), Why.IN_PLAN),
    ],
    ids=["another admin", "same Slack account", "same Contentstack account", "somebody in the plan"],
)
def test_who_may_decide(approver: Actor, expected: Why | None) -> None:
    """Requester and approver differ by both ids, and nobody decides about himself."""
    assert may_decide(approver, GUARD.requester, [line(1, MIA)]) == expected


def test_roles_of_the_table_are_what_the_names_say() -> None:
    """The admin role is the one with the flag."""
    assert (ADMIN.admin, MEMBER.admin) == (True, False)
