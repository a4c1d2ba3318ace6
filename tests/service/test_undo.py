"""Undo where the world went on: stacks gone or closed, lines done in part, what cannot come back."""

from __future__ import annotations

import pytest

from bot.domain.actions import ActionKey
from bot.domain.operation import Operation
from bot.domain.outcome import Accepted, Done, Failed, Partial
from bot.domain.plan import RUN, Flag, Why, blocked, skip
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.service.seal import Proposal
from bot.service.undo import undo
from tests.service.stage import Stage
from tests.service.test_again import agreed


async def granted(stage: Stage, *stacks: str) -> tuple[Operation, str, dict[str, tuple[str, ...]]]:
    """Somebody who was in none of these stacks gets Developer in each: the operation, who, the stacks."""
    uids: dict[str, tuple[str, ...]] = {
        stage.contentstack.state.stacks[one].uid: (seed.stack_role(one, "Developer"),) for one in stacks
    }
    directory = await stage.house.contentstack.directory(max_age=3600)
    found = await stage.house.contentstack.stacks(list(uids))
    who = next(
        one.email
        for one in directory.members
        if one.user_uid and not one.is_owner and one.email != seed.BOT and "@example.com" in one.email
        if all(stack.held_by(one.user_uid) == () and stack.owner_uid != one.user_uid for stack in found)
    )
    return await stage.run(await stage.queued(ActionKey.STACK_ACCESS, who, stacks=uids)), who, uids


async def test_an_undo_leaves_out_a_stack_that_is_gone(stage: Stage) -> None:
    """Of two stacks one was deleted since: the other one goes back, and the preview says what does not."""
    done, who, uids = await granted(stage, seed.SHOP, seed.HELP)
    gone = stage.contentstack.state.stacks.pop(seed.HELP)
    del stage.contentstack.state.organizations[seed.ORG_UID].stacks[seed.HELP]
    await stage.house.contentstack.directory(max_age=0)
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    assert gone.uid not in proposal.operation.plan.parameters.stacks
    undone = await stage.run(await agreed(stage, proposal))
    assert await stage.outcomes(undone) == [Done()]
    [left] = await stage.house.contentstack.stacks(list(uids))
    [member] = await stage.house.contentstack.members([who])
    assert left.held_by(member.user_uid) == ()


async def test_an_undo_touches_no_stack_that_cannot_be_read(stage: Stage) -> None:
    """Not knowing what somebody has there, nothing is taken or given."""
    done, _, _ = await granted(stage, seed.SHOP)
    stage.fault(Kind.ANSWER, "/v3/roles", "GET", count=None, status=403, body={"error_message": "no"})
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    [line] = proposal.operation.plan.lines
    assert line.verdict == blocked(Why.STACK_UNREADABLE)


async def test_what_was_partly_done_is_undone(stage: Stage) -> None:
    """One of two stacks was refused: the other one goes back."""
    stage.fault(Kind.ANSWER, "/stacks/share", "POST", status=403, body={"error_message": "no"})
    done, who, uids = await granted(stage, seed.SHOP, seed.HELP)
    assert [type(one) for one in await stage.outcomes(done)] == [Partial]
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    undone = await stage.run(await agreed(stage, proposal))
    assert await stage.outcomes(undone) == [Done()]
    [member] = await stage.house.contentstack.members([who])
    found = await stage.house.contentstack.stacks(list(uids))
    assert [stack.held_by(member.user_uid) for stack in found] == [(), ()]


async def invited(stage: Stage, *stacks: str) -> Operation:
    """Somebody who has not accepted the organization's invitation is invited to these stacks."""
    found = stage.contentstack.state.stacks
    roles = {found[one].uid: (seed.stack_role(one, "Developer"),) for one in stacks}
    return await stage.run(await stage.queued(ActionKey.STACK_ACCESS, seed.PENDING, stacks=roles))


def pending(stage: Stage) -> list[str]:
    """The stacks that somebody will be in as soon as he accepts."""
    return list(stage.contentstack.state.organizations[seed.ORG_UID].by_email[seed.PENDING].pending_stacks)


async def undone(stage: Stage, done: Operation) -> tuple[Operation, Proposal]:
    """The undo of an operation, run to its end."""
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    return await stage.run(await agreed(stage, proposal)), proposal


async def test_an_invitation_that_nobody_accepted_is_withdrawn(stage: Stage) -> None:
    """It shows nowhere, so he seems to have what he had before; left alone he would get in by accepting."""
    done = await invited(stage, seed.SHOP)
    assert (await stage.outcomes(done), pending(stage)) == ([Accepted()], [seed.SHOP])
    back, proposal = await undone(stage, done)
    [line] = proposal.operation.plan.lines
    assert (line.verdict, Flag.STACK_INVITATION in line.flags) == (RUN, True)
    assert (await stage.outcomes(back), pending(stage)) == ([Accepted()], [])
    assert stage.asked("POST", "/stacks/unshare") == [{"email": seed.PENDING}]
    again = await undo(stage.house, await stage.admitted(), done.id, "twice?")
    assert isinstance(again, Proposal)
    assert [one.verdict for one in again.operation.plan.lines] == [skip(Why.UNDONE)]


async def test_an_invitation_that_never_arrived_is_not_withdrawn(stage: Stage) -> None:
    """Of two stacks one was refused: only the invitation to the other is called back."""
    stage.fault(Kind.ANSWER, "/stacks/share", "POST", status=403, body={"error_message": "no"})
    done = await invited(stage, seed.SHOP, seed.HELP)
    assert [type(one) for one in await stage.outcomes(done)] == [Partial]
    assert len(pending(stage)) == 1
    back, _ = await undone(stage, done)
    assert (await stage.outcomes(back), pending(stage)) == ([Accepted()], [])
    assert len(stage.asked("POST", "/stacks/unshare")) == 1


async def test_an_invitation_that_is_gone_by_itself_is_said(stage: Stage) -> None:
    """Withdrawn by hand between preview and run: Contentstack refuses, and the line says so."""
    done = await invited(stage, seed.SHOP)
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    stage.contentstack.state.organizations[seed.ORG_UID].by_email[seed.PENDING].pending_stacks.clear()
    back = await stage.run(await agreed(stage, proposal))
    [outcome] = await stage.outcomes(back)
    assert isinstance(outcome, Failed)
    assert "The requested object doesn't exist" in outcome.reason


NOT_BACK = {
    Flag.MUST_ACCEPT,
    Flag.STACKS_NOT_BACK,
    Flag.TEAMS_NOT_BACK,
    Flag.OWNERSHIP_NOT_BACK,
    Flag.WITHOUT_SSO_NOT_BACK,
    Flag.USELESS_UNDER_STRICT_SSO,
}
"""What a preview of an undo says of single people. Everybody lost the Archive, which Rollcall cannot read."""
ALWAYS = {Flag.MUST_ACCEPT, Flag.STACKS_NOT_BACK}

LOST = [
    (seed.PLUS, False, ALWAYS),
    (seed.IN_TEAM, False, ALWAYS | {Flag.TEAMS_NOT_BACK}),
    (seed.STACK_OWNER, False, ALWAYS | {Flag.OWNERSHIP_NOT_BACK}),
    (seed.PLUS, True, ALWAYS | {Flag.USELESS_UNDER_STRICT_SSO}),
    (seed.EXTERNAL, True, ALWAYS | {Flag.WITHOUT_SSO_NOT_BACK, Flag.USELESS_UNDER_STRICT_SSO}),
]


@pytest.mark.parametrize(("who", "strict", "expected"), LOST)
async def test_each_line_says_what_cannot_come_back(
    stage: Stage, who: str, strict: bool, expected: set[Flag]
) -> None:
    """Team, ownership, access without SSO, what could not be read, the accepting; all under strict SSO."""
    sso = stage.contentstack.state.organizations[seed.ORG_UID].sso
    sso.enabled = sso.strict = strict
    done = await stage.run(await stage.queued(ActionKey.REMOVE, who))
    assert await stage.outcomes(done) == [Done()]
    proposal = await undo(stage.house, await stage.admitted(), done.id, "a mistake")
    assert isinstance(proposal, Proposal)
    [line] = proposal.operation.plan.lines
    assert NOT_BACK.intersection(line.flags) == expected


async def test_who_was_taken_out_of_a_stack_by_an_undo_has_to_accept_again(stage: Stage) -> None:
    """The undo of the undo invites him anew, and says so."""
    done, _, _ = await granted(stage, seed.SHOP)
    back, _ = await undone(stage, done)
    proposal = await undo(stage.house, await stage.admitted(), back.id, "right after all")
    assert isinstance(proposal, Proposal)
    [line] = proposal.operation.plan.lines
    assert (line.verdict, Flag.MUST_ACCEPT in line.flags) == (RUN, True)
