"""Whom each action touches, skips, and may not touch: Contentstack's own rules (CS §3.7, §4.1, §4.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.actions import ACTIONS
from bot.actions.base import Assessment, Scene
from bot.domain.actions import OFFERED, ActionKey, Capability, Parameters, Readiness
from bot.domain.members import (
    NOBODY,
    Access,
    Directory,
    Known,
    Member,
    SingleSignOn,
    Stack,
    Status,
    access_of,
)
from bot.domain.plan import RUN, LineVerdict, Why, blocked, skip
from tests.domain.people import ADMIN, MEMBER, directory, member, stack

REMOVE, ORG_ROLE, STACK_ACCESS, PASSWORD_RESET, MFA_RESET, KILL_SESSIONS, UNLOCK = OFFERED

PLAIN = member("plain")
INVITED = replace(member("invited", status=Status.PENDING), user_uid=None)
KEEPER = member("keeper")
THROUGH_SSO = replace(member("idp"), without_sso=Known.NO)
FROM_IDP = replace(member("created"), idp_user=Known.YES)
EXTERNAL = replace(member("external"), without_sso=Known.YES)
ONE_FACTOR = replace(member("one"), second_factor=Known.NO)
TWO_FACTORS = replace(member("two"), second_factor=Known.YES)

SITE = stack("site", owner="keeper", plain="editor")
DOCS = stack("docs", plain="admin")
SECRET = Stack("stack_secret", "secret", "key_secret")

NO_SSO = SingleSignOn()
LOOSE = SingleSignOn(enabled=True)
STRICT = SingleSignOn(enabled=True, strict=True)
MAPPED = SingleSignOn(enabled=True, role_mapping=True)

TO_EDITOR = Parameters(stacks={SITE.uid: ("site_editor",)})
TO_ADMIN = Parameters(org_roles=(ADMIN.uid,))


def organization(sso: SingleSignOn, *people: Member) -> Directory:
    return directory(*people, stacks=(SITE, DOCS, SECRET), sso=sso)


def assess(
    action: ActionKey, who: Member, sso: SingleSignOn = NO_SSO, chosen: Parameters | None = None
) -> Assessment:
    found = organization(sso, who)
    scene = Scene(found, chosen or Parameters(), Capability(action, Readiness.READY, ""))
    return ACTIONS[action].assess(who, access_of(who, found.stacks), scene)


def chosen_for(action: ActionKey) -> Parameters:
    return {ORG_ROLE: TO_ADMIN, STACK_ACCESS: TO_EDITOR}.get(action, Parameters())


# what comes of a member about whom nothing speaks -------------------------------------------------------


def test_a_removal_leaves_nothing() -> None:
    """Organization roles and every stack go."""
    assert assess(REMOVE, PLAIN) == Assessment(RUN, NOBODY)


def test_roles_become_exactly_the_chosen_set() -> None:
    """What was held and is not chosen goes; stacks stay as they are."""
    before = access_of(PLAIN, (SITE, DOCS, SECRET))
    chosen = Parameters(org_roles=("role_b", "role_a"))
    assert assess(ORG_ROLE, PLAIN, chosen=chosen) == Assessment(
        RUN, replace(before, org_roles=("role_a", "role_b"))
    )


def test_chosen_stacks_are_overwritten_and_the_others_stay() -> None:
    """Two chosen: one is replaced, one is new to the person; the third is not touched."""
    who = member("idle")
    chosen = Parameters(stacks={SITE.uid: ("site_admin",), DOCS.uid: ("docs_editor",)})
    assert assess(STACK_ACCESS, who, chosen=chosen) == Assessment(
        RUN,
        Access(
            Status.ACCEPTED,
            (MEMBER.uid,),
            {SITE.uid: ("site_admin",), DOCS.uid: ("docs_editor",), SECRET.uid: None},
        ),
    )


@pytest.mark.parametrize("action", [PASSWORD_RESET, MFA_RESET, KILL_SESSIONS, UNLOCK])
def test_what_is_done_to_an_account_changes_no_access(action: ActionKey) -> None:
    """Before and after are the same."""
    assert assess(action, PLAIN) == Assessment(RUN, access_of(PLAIN, (SITE, DOCS, SECRET)))


# whom it does not touch, and why ------------------------------------------------------------------------

RULES = [
    # an invitation has no account behind it
    (REMOVE, INVITED, NO_SSO, RUN),
    (ORG_ROLE, INVITED, NO_SSO, blocked(Why.NO_ACCOUNT)),
    (STACK_ACCESS, INVITED, NO_SSO, RUN),
    (PASSWORD_RESET, INVITED, NO_SSO, skip(Why.NO_ACCOUNT)),
    (MFA_RESET, INVITED, NO_SSO, skip(Why.NO_ACCOUNT)),
    (KILL_SESSIONS, INVITED, NO_SSO, skip(Why.NO_ACCOUNT)),
    (UNLOCK, INVITED, NO_SSO, skip(Why.NO_ACCOUNT)),
    # nothing to reset where that is known; not knowing is no reason to skip
    (MFA_RESET, ONE_FACTOR, NO_SSO, skip(Why.NO_SECOND_FACTOR)),
    (MFA_RESET, TWO_FACTORS, NO_SSO, RUN),
    (MFA_RESET, PLAIN, NO_SSO, RUN),
    # the stack's owner keeps access whatever is set
    (STACK_ACCESS, KEEPER, NO_SSO, blocked(Why.STACK_OWNER)),
    (REMOVE, KEEPER, NO_SSO, RUN),
    # strict mode: a password is of use without SSO only
    (PASSWORD_RESET, THROUGH_SSO, STRICT, skip(Why.STRICT_SSO)),
    (PASSWORD_RESET, FROM_IDP, STRICT, skip(Why.STRICT_SSO)),
    (PASSWORD_RESET, replace(FROM_IDP, without_sso=Known.YES), STRICT, RUN),
    (PASSWORD_RESET, EXTERNAL, STRICT, RUN),
    (PASSWORD_RESET, PLAIN, STRICT, RUN),
    (PASSWORD_RESET, THROUGH_SSO, LOOSE, RUN),
    (REMOVE, THROUGH_SSO, STRICT, RUN),
    # role mapping: whoever is not surely external is the provider's, for what it decides about
    (REMOVE, THROUGH_SSO, MAPPED, blocked(Why.IDP_MANAGED)),
    (REMOVE, PLAIN, MAPPED, blocked(Why.IDP_MANAGED)),
    (REMOVE, EXTERNAL, MAPPED, RUN),
    (REMOVE, INVITED, MAPPED, blocked(Why.IDP_MANAGED)),
    (ORG_ROLE, THROUGH_SSO, MAPPED, blocked(Why.IDP_MANAGED)),
    (ORG_ROLE, PLAIN, MAPPED, blocked(Why.IDP_MANAGED)),
    (ORG_ROLE, EXTERNAL, MAPPED, RUN),
    (STACK_ACCESS, THROUGH_SSO, MAPPED, blocked(Why.IDP_MANAGED)),
    (STACK_ACCESS, PLAIN, MAPPED, blocked(Why.IDP_MANAGED)),
    (STACK_ACCESS, EXTERNAL, MAPPED, RUN),
    (PASSWORD_RESET, THROUGH_SSO, MAPPED, RUN),
    (MFA_RESET, THROUGH_SSO, MAPPED, RUN),
    (KILL_SESSIONS, THROUGH_SSO, MAPPED, RUN),
    (UNLOCK, THROUGH_SSO, MAPPED, RUN),
]


@pytest.mark.parametrize(("action", "who", "sso", "verdict"), RULES)
def test_who_is_not_touched_and_why(
    action: ActionKey, who: Member, sso: SingleSignOn, verdict: LineVerdict
) -> None:
    """The table above; a line that does not run changes nothing."""
    found = assess(action, who, sso, chosen_for(action))
    unchanged = found.after == access_of(who, (SITE, DOCS, SECRET))
    assert found.verdict == verdict
    assert unchanged or verdict == RUN


@pytest.mark.parametrize(
    ("action", "chosen", "verdict"),
    [
        (ORG_ROLE, Parameters(org_roles=(MEMBER.uid,)), skip(Why.ALREADY_SO)),
        (STACK_ACCESS, TO_EDITOR, skip(Why.ALREADY_SO)),
        (STACK_ACCESS, Parameters(stacks={**TO_EDITOR.stacks, DOCS.uid: ("docs_editor",)}), RUN),
        (
            STACK_ACCESS,
            Parameters(stacks={SECRET.uid: ("secret_editor",), SITE.uid: ("site_admin",)}),
            blocked(Why.STACK_UNREADABLE),
        ),
    ],
)
def test_what_is_held_already_decides_too(
    action: ActionKey, chosen: Parameters, verdict: LineVerdict
) -> None:
    """Exactly this is nothing to do, a part of it is not; an overwrite of the unknown could not be undone."""
    assert assess(action, PLAIN, chosen=chosen).verdict == verdict
