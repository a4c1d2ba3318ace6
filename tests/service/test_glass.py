"""Break-glass: off by default, for an owner who has just proven who he is, stoppable until the hold ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.circles import Named, Stage
from bot.domain.operation import Operation, State
from bot.domain.problems import Problem, Trouble
from bot.sandbox.contentstack import seed
from bot.service.cancel import cancel
from bot.service.glass import break_glass
from bot.service.reminding import remind
from bot.service.schedule import release_due
from tests.service.approvers import OWNER, Later, ahead, asked, hire, policy, proven, refused
from tests.service.stage import ADA, GRACE
from tests.service.stage import Stage as House
from tests.service.test_deciding import agrees, became

HOLD = timedelta(minutes=2)
REASON = "the account is being abused right now"


async def waiting(stage: House) -> Operation:
    """A request whose rule lets an owner break the glass; Grace is asked."""
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)), break_glass=HOLD)
    return await asked(stage)


async def breaks(stage: House, operation: Operation, who: str = OWNER, reason: str = REASON) -> object:
    return became(await break_glass(stage.house, operation.id, operation.digest, who, reason))


async def test_it_runs_after_the_hold_with_a_badge_for_ever(stage: House) -> None:
    """Not before; who, why and until when stand in the store and in the audit."""
    clock = ahead(stage)
    operation = await waiting(stage)
    await proven(stage, OWNER, seed.OWNER)
    assert await breaks(stage, operation) is State.SCHEDULED
    broken = await stage.load(operation.id)
    assert broken.glass is not None
    assert (broken.glass.by.slack_user, broken.glass.reason) == (OWNER, REASON)
    assert (broken.due_at, broken.starts_at) == (None, broken.glass.at + HOLD)
    assert "broke_glass" in await stage.audit(operation)
    assert await release_due(stage.house) == ()
    clock.ahead = HOLD + timedelta(seconds=1)
    assert await release_due(stage.house) == [operation.id]
    ended = await stage.run(await stage.load(operation.id))
    assert (ended.state, ended.glass) == (State.DONE, broken.glass)


async def test_any_approver_can_stop_it_during_the_hold(stage: House) -> None:
    """And then nothing of it runs, whatever the clock says."""
    clock = ahead(stage)
    operation = await waiting(stage)
    await proven(stage, OWNER, seed.OWNER)
    await breaks(stage, operation)
    stopped = await cancel(stage.house, operation.id, GRACE)
    assert became(stopped) is State.CANCELLED
    clock.ahead = HOLD + timedelta(seconds=1)
    assert await release_due(stage.house) == ()


async def test_without_the_policys_word_there_is_no_such_thing(stage: House) -> None:
    """Off by default."""
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)))
    operation = await asked(stage)
    await proven(stage, OWNER, seed.OWNER)
    assert await breaks(stage, operation) == Problem(Trouble.NO_BREAK_GLASS)
    assert await refused(stage) == [(OWNER, "no_break_glass")]


@pytest.mark.parametrize("minutes", [None, 11])
async def test_an_identity_that_was_not_proven_lately_is_not_enough(
    stage: House, minutes: float | None
) -> None:
    """Known by e-mail alone, or proven eleven minutes ago: one sentence and an audit row."""
    operation = await waiting(stage)
    if minutes is not None:
        await proven(stage, OWNER, seed.OWNER, minutes=minutes)
    assert await breaks(stage, operation) == Problem(Trouble.PROVE_FIRST)
    assert await refused(stage) == [(OWNER, "prove_first")]
    assert (await stage.load(operation.id)).state is State.AWAITING_APPROVAL


async def test_an_admin_is_no_owner(stage: House) -> None:
    """Not even one who asked for it and is linked."""
    operation = await waiting(stage)
    await proven(stage, ADA, seed.ADA)
    assert await breaks(stage, operation, ADA) == Problem(Trouble.OWNER_ONLY)


async def test_it_takes_a_reason_and_the_plan_that_was_shown(stage: House) -> None:
    """A word is none; another digest is another plan."""
    operation = await waiting(stage)
    await proven(stage, OWNER, seed.OWNER)
    assert await breaks(stage, operation, reason="now") == Problem(Trouble.REASON_TOO_SHORT)
    other = await break_glass(stage.house, operation.id, "0" * 64, OWNER, REASON)
    assert other == Problem(Trouble.PLAN_CHANGED)


async def test_broken_twice_at_once_or_agreed_to_at_the_same_time_it_is_one_step(stage: House) -> None:
    """Whichever comes first is what happened."""
    operation = await waiting(stage)
    await proven(stage, OWNER, seed.OWNER)
    agreed = agrees(stage, operation, GRACE)
    came = await asyncio.gather(agreed, breaks(stage, operation), breaks(stage, operation))
    assert came.count(Problem(Trouble.ALREADY_MOVED)) == 2
    assert (await stage.load(operation.id)).state in {State.QUEUED, State.SCHEDULED}


async def test_everybody_who_would_have_decided_is_told_once(stage: House) -> None:
    """Grace, who was asked; not the requester, and nobody else."""
    hire(stage)
    operation = await waiting(stage)
    await proven(stage, OWNER, seed.OWNER)
    await breaks(stage, operation)
    stage.told.changes.clear()
    await remind(stage.house)
    await remind(stage.house)
    assert [one for one in stage.told.changes if ":" in one] == [f"{GRACE}:glass:{operation.id}"]


async def test_the_hold_outlives_a_restart(stage: House) -> None:
    """It stands in the store, so a process that starts later releases it when its time has come."""
    clock = ahead(stage)
    operation = await waiting(stage)
    await proven(stage, OWNER, seed.OWNER)
    await breaks(stage, operation)
    due = await stage.house.store.read(lambda tx: tx.due("test", clock.now() + HOLD))
    assert due == [operation.id]


async def test_who_lost_his_right_during_the_hold_has_broken_nothing(stage: House) -> None:
    """The owner is looked up again before it begins."""
    clock = ahead(stage)
    operation = await waiting(stage)
    await proven(stage, OWNER, seed.OWNER)
    await breaks(stage, operation)
    stage.workspace.core.workspace.people[OWNER].email = "somebody.else@example.com"
    clock.ahead = HOLD + timedelta(seconds=1)
    await release_due(stage.house)
    ended = await stage.run(await stage.load(operation.id))
    assert (ended.state, ended.held_reason) == (State.DISMISSED, "approver_not_admin")


def test_the_clock_of_these_tests_runs(stage: House) -> None:
    """It is the real one, some time ahead."""
    clock = Later(stage.house.clock)
    clock.ahead = HOLD
    assert clock.now() - stage.house.clock.now() > HOLD - timedelta(seconds=5)
