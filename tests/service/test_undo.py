"""Undo where the world went on: stacks gone or closed, lines that were done in part."""

from __future__ import annotations

from bot.domain.actions import ActionKey
from bot.domain.operation import Operation
from bot.domain.outcome import Done, Partial
from bot.domain.plan import Why, blocked
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
