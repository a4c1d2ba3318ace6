"""Operations from proposal to outcome, on both simulated systems."""

from __future__ import annotations

import pytest

from bot.domain.actions import ActionKey
from bot.domain.audit import Head, verify
from bot.domain.operation import State
from bot.domain.outcome import Accepted, Done, Failed, Partial, Skipped, Unknown
from bot.ports.contentstack import (
    ContentstackError,
    CredentialRefused,
    EndpointMissing,
    NotPermitted,
    RateLimited,
    Unavailable,
)
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.service.decide import resume
from bot.service.run.calling import held_because
from bot.words import reasons
from tests.service.stage import Stage

TWO = (seed.PLUS, seed.NON_ASCII)


async def test_removal_takes_people_out_and_is_verified(stage: Stage) -> None:
    """Two people are gone at Contentstack, both lines are Done, and the chain holds."""
    operation = await stage.run(await stage.queued(ActionKey.REMOVE, *TWO))
    assert operation.state is State.DONE
    assert await stage.outcomes(operation) == [Done(), Done()]
    assert await stage.house.contentstack.members(TWO) == ()
    assert stage.asked("DELETE", "/share") == [{"emails": list(TWO)}]
    assert isinstance(await stage.house.store.read(lambda tx: verify(tx.rows())), Head)


async def test_roles_are_set_to_exactly_the_chosen_set(stage: Stage) -> None:
    """Two roles become one, and re-reading shows it."""
    queued = await stage.queued(ActionKey.ORG_ROLE, seed.TWO_ROLES, org_roles=(seed.MEMBER_ROLE,))
    operation = await stage.run(queued)
    [member] = await stage.house.contentstack.members([seed.TWO_ROLES])
    assert (operation.state, member.role_uids) == (State.DONE, (seed.MEMBER_ROLE,))


async def test_stack_access_is_overwritten_for_members_and_shared_with_others(stage: Stage) -> None:
    """Who is in the stack gets new roles; who is not is invited, which can only be accepted."""
    uid = stage.contentstack.state.stacks[seed.SHOP].uid
    role = seed.stack_role(seed.SHOP, "Developer")
    directory = await stage.house.contentstack.directory(max_age=3600)
    [shop] = await stage.house.contentstack.stacks([uid])
    able = [
        one for one in directory.members if one.user_uid not in {None, shop.owner_uid} and not one.is_owner
    ]
    inside = next(
        one for one in able if shop.held_by(one.user_uid) not in {(), (role,)} and one.email != seed.BOT
    )
    outside = next(one for one in able if shop.held_by(one.user_uid) == () and one.email != seed.BOT)
    queued = await stage.queued(ActionKey.STACK_ACCESS, inside.email, outside.email, stacks={uid: (role,)})
    operation = await stage.run(queued)
    assert await stage.outcomes(operation) in ([Done(), Done()], [Done(), Accepted()])
    [shop] = await stage.house.contentstack.stacks([uid])
    assert shop.held_by(inside.user_uid) == (role,)


@pytest.mark.parametrize(
    ("action", "people", "expected"),
    [
        (ActionKey.PASSWORD_RESET, (seed.PLUS,), [Accepted()]),
        (ActionKey.MFA_RESET, (seed.MFA_USER,), [Accepted()]),
        (ActionKey.UNLOCK, (seed.TIMED_LOCK, seed.FULL_LOCK), [Accepted(), Accepted()]),
    ],
)
async def test_what_cannot_be_read_back_is_accepted(
    stage: Stage, action: ActionKey, people: tuple[str, ...], expected: list[object]
) -> None:
    """Contentstack said yes; nothing proves it, so nothing more is claimed."""
    operation = await stage.run(await stage.queued(action, *people))
    assert (operation.state, await stage.outcomes(operation)) == (State.DONE, expected)


async def test_people_without_session_or_in_several_organizations_are_skipped(stage: Stage) -> None:
    """The API skips them, and says why."""
    operation = await stage.run(await stage.queued(ActionKey.KILL_SESSIONS, seed.MULTI, seed.NO_SESSION))
    outcomes = await stage.outcomes(operation)
    assert operation.state is State.DONE
    assert [type(one) for one in outcomes] == [Skipped, Skipped]


async def test_a_lost_answer_is_settled_by_reading_again(stage: Stage) -> None:
    """The removal happened and its answer was lost: Done, and asked for once only."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    stage.fault(Kind.DROP_AFTER, "/share$", "DELETE")
    operation = await stage.run(queued)
    assert await stage.outcomes(operation) == [Done(), Done()]
    assert len(stage.asked("DELETE", "/share")) == 1


async def test_a_lost_request_is_made_again_when_that_is_harmless(stage: Stage) -> None:
    """Nothing happened and no answer came: reading shows it, and the removal is repeated."""
    queued = await stage.queued(ActionKey.REMOVE, seed.PLUS)
    stage.fault(Kind.DROP_BEFORE, "/share$", "DELETE")
    operation = await stage.run(queued)
    assert await stage.outcomes(operation) == [Done()]
    assert len(stage.asked("DELETE", "/share")) == 2


async def test_what_cannot_be_read_back_is_unknown_and_never_repeated(stage: Stage) -> None:
    """A mail may have gone out: it is said by name and not sent again."""
    queued = await stage.queued(ActionKey.MFA_RESET, seed.MFA_USER)
    stage.fault(Kind.DROP_AFTER, "mfa_reset", "POST")
    operation = await stage.run(queued)
    assert await stage.outcomes(operation) == [Unknown("no_answer")]
    assert operation.state is State.PARTLY_DONE
    assert len(stage.asked("POST", "mfa_reset")) == 1


async def test_one_refused_person_does_not_spoil_the_others(stage: Stage) -> None:
    """The call for two is refused; asked for one by one, each gets his own outcome."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    stage.fault(Kind.NULL_ERRORS, "/share$", "DELETE", count=2)
    operation = await stage.run(queued)
    first, second = await stage.outcomes(operation)
    assert (type(first), second, operation.state) == (Failed, Done(), State.PARTLY_DONE)


async def test_who_changed_since_the_plan_is_skipped_with_the_difference(stage: Stage) -> None:
    """Somebody got another role after the seal: he is left alone, the other is removed."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO, seed.UPPER)
    state = stage.contentstack.state
    share = next(one for one in state.organizations[seed.ORG_UID].shares.values() if one.email == seed.PLUS)
    share.org_roles = [seed.SECURITY_ROLE]
    operation = await stage.run(queued)
    first, *others = await stage.outcomes(operation)
    assert isinstance(first, Skipped)
    assert first.reason.startswith("drift: organization roles: ")
    assert first.reason.endswith(" → Security Manager")
    assert others == [Done(), Done()]


async def test_a_refused_credential_holds_the_operation_and_resume_goes_on(stage: Stage) -> None:
    """The token was revoked: nothing is sent, everything stays pending; with the token back it goes on."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    sessions = stage.contentstack.state.sessions
    token = sessions.pop(seed.BOT_AUTHTOKEN)
    held = await stage.run(queued)
    assert (held.state, held.held_reason) == (State.HELD, "credential_refused")
    assert await stage.outcomes(held) == []
    sessions[seed.BOT_AUTHTOKEN] = token
    resumed = await resume(stage.house, held.id, "U0GRACE")
    assert resumed == await stage.load(held.id)
    operation = await stage.run(await stage.load(held.id))
    assert (operation.state, operation.run) == (State.DONE, 2)


async def test_a_requester_who_lost_his_right_runs_nothing(stage: Stage) -> None:
    """Ada was an admin when she confirmed and is none when her turn comes: dismissed."""
    queued = await stage.queued(ActionKey.REMOVE, *TWO)
    state = stage.contentstack.state
    share = next(one for one in state.organizations[seed.ORG_UID].shares.values() if one.email == seed.ADA)
    share.org_roles = [seed.MEMBER_ROLE]
    operation = await stage.run(queued)
    assert operation.state is State.DISMISSED
    assert stage.asked("DELETE", "/share") == []


async def test_a_right_missing_in_one_stack_concerns_that_stack_alone(stage: Stage) -> None:
    """Rollcall's account may read the Marketing site and change nobody there; the Help center goes on."""
    state = stage.contentstack.state
    bot = state.account(seed.BOT)
    assert bot is not None
    state.stacks[seed.MARKETING].users[bot.uid] = [seed.stack_role(seed.MARKETING, "Translator")]
    chosen = {
        state.stacks[key].uid: (seed.stack_role(key, "Developer"),) for key in (seed.HELP, seed.MARKETING)
    }
    operation = await stage.run(await stage.queued(ActionKey.STACK_ACCESS, seed.GUS, stacks=chosen))
    refused = "Marketing site: You don't have the permission to do this operation."
    assert (operation.state, await stage.outcomes(operation)) == (State.PARTLY_DONE, [Partial(refused)])
    gus = state.account(seed.GUS)
    assert gus is not None
    assert state.stacks[seed.HELP].users[gus.uid] == [seed.stack_role(seed.HELP, "Developer")]


async def test_in_which_stack_an_answer_was_lost_is_said(stage: Stage) -> None:
    """An invitation to one of two stacks mails, so it is not repeated; the other one shows."""
    state = stage.contentstack.state
    chosen = {
        state.stacks[key].uid: (seed.stack_role(key, "Developer"),) for key in (seed.HELP, seed.INTRANET)
    }
    stage.fault(Kind.DROP_BEFORE, "/stacks/share", "POST")
    operation = await stage.run(await stage.queued(ActionKey.STACK_ACCESS, seed.GUS, stacks=chosen))
    assert await stage.outcomes(operation) == [Unknown("no_answer: Intranet")]
    assert reasons.told("no_answer: Intranet").endswith("so it may have happened (Intranet)")


async def test_whom_the_answer_names_as_failed_has_failed(stage: Stage) -> None:
    """Contentstack says yes to the call, and no to one of its people, with a reason of its own."""
    [paul] = await stage.house.contentstack.members([seed.PLUS])
    results = [{"user_uid": paul.user_uid, "status": "failed", "reason": "is being moved"}]
    stage.fault(Kind.ANSWER, "unlock", "POST", count=1, status=200, body={"results": results})
    operation = await stage.run(await stage.queued(ActionKey.UNLOCK, seed.PLUS, seed.TIMED_LOCK))
    expected = [Failed("is being moved", retryable=False), Accepted()]
    assert (operation.state, await stage.outcomes(operation)) == (State.PARTLY_DONE, expected)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (CredentialRefused(), "credential_refused"),
        (NotPermitted(), "not_permitted"),
        (EndpointMissing(), "endpoint_missing"),
        (RateLimited(), "rate_limited"),
        (Unavailable(), "contentstack_down"),
    ],
)
def test_what_holds_an_operation_has_its_word(error: ContentstackError, word: str) -> None:
    """And the word has its sentence, with a way out."""
    assert held_because(error) == word
    assert reasons.held(word) != word
