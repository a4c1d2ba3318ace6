"""What waits too long ends by itself, and is told apart from a denial."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.actions import ActionKey
from bot.domain.audit import EventKind
from bot.domain.circles import Stage as Asking
from bot.domain.operation import Operation, Origin, State
from bot.domain.outcome import Done, NotRun
from bot.domain.problems import Problem, Trouble
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.service.decide import approve, confirm, resume
from bot.service.expiry import expire
from bot.service.propose import propose
from bot.service.retry import already_retried
from bot.service.run.worker import Runner
from bot.service.seal import Proposal
from tests.service.approvers import ahead, asked, policy
from tests.service.stage import ADA, GRACE, Stage
from tests.service.test_again import agreed
from tests.service.test_resumed import DEAD, TWO

HOUR = timedelta(hours=1)


async def moves(stage: Stage, operation: Operation) -> list[tuple[object, object, object]]:
    """Every step of an operation, with why."""

    def look(tx: Transaction) -> list[tuple[object, object, object]]:
        rows = [row.event.data for row in tx.rows(operation=operation.id, kinds=[EventKind.MOVED])]
        return [(data["from"], data["to"], data["why"]) for data in rows]

    return await stage.house.store.read(look)


async def queued(stage: Stage, **more: Any) -> Operation:
    """A removal that nobody has to agree to, with an hour to run in."""
    policy(stage, execution_expiry=HOUR)
    proposal = await stage.propose(ActionKey.REMOVE, *TWO, **more)
    return await agreed(stage, proposal)


async def test_an_agreement_after_its_time_counts_for_nothing(stage: Stage) -> None:
    """Also in the second before the clock is looked at."""
    clock = ahead(stage)
    policy(stage, Asking(1), approval_expiry=timedelta(hours=8))
    operation = await asked(stage)
    clock.ahead = timedelta(hours=8, seconds=1)
    late = await approve(stage.house, operation.id, operation.digest, GRACE)
    assert late == Problem(Trouble.ALREADY_MOVED)
    assert (await stage.load(operation.id)).approvals == ()


async def test_a_request_that_nobody_agrees_to_expires_which_is_no_denial(stage: Stage) -> None:
    """Not a moment early, the requester is told, and an approval that comes later is too late."""
    policy(stage, Asking(1), approval_expiry=HOUR)
    clock = ahead(stage)
    waiting = await asked(stage)
    assert waiting.expires_at == waiting.changed_at + HOUR
    clock.ahead = HOUR - timedelta(seconds=30)
    assert await expire(stage.house) == []
    clock.ahead = HOUR + timedelta(seconds=1)
    assert await expire(stage.house) == [waiting.id]
    expired = await stage.load(waiting.id)
    assert (expired.state, expired.held_reason, expired.approvals) == (
        State.EXPIRED,
        "not_agreed_in_time",
        (),
    )
    assert (await moves(stage, expired))[-1] == ("awaiting_approval", "expired", "not_agreed_in_time")
    assert f"{ADA}:expired:{waiting.id}" in stage.told.changes
    late = await approve(stage.house, waiting.id, waiting.digest, GRACE)
    assert late == Problem(Trouble.ALREADY_MOVED)
    assert await expire(stage.house) == []


async def test_what_did_not_begin_in_time_expires(stage: Stage) -> None:
    """It waited in the queue, as while Rollcall was down; nobody was touched."""
    clock = ahead(stage)
    waiting = await queued(stage)
    clock.ahead = HOUR + timedelta(seconds=1)
    assert await expire(stage.house) == [waiting.id]
    expired = await stage.load(waiting.id)
    assert (expired.state, expired.held_reason) == (State.EXPIRED, "not_run_in_time")
    assert await stage.outcomes(expired) == [NotRun("expired"), NotRun("expired")]
    assert f"{ADA}:too_late:{waiting.id}" in stage.told.changes


async def test_a_run_that_begins_too_late_expires_instead(stage: Stage) -> None:
    """Also where the engine is quicker than the clock that looks for it."""
    clock = ahead(stage)
    waiting = await queued(stage)
    clock.ahead = HOUR + timedelta(seconds=1)
    expired = await stage.run(waiting, Runner(stage.house))
    assert expired.state is State.EXPIRED
    assert stage.asked("DELETE", "/share") == []


async def test_the_time_to_run_in_begins_with_the_date(stage: Stage) -> None:
    """It is the later of approval and schedule."""
    policy(stage, execution_expiry=HOUR)
    clock = ahead(stage)
    draft = await stage.draft(ActionKey.PASSWORD_RESET, seed.PLUS)
    due = stage.house.clock.now() + timedelta(hours=3)
    proposal = await propose(stage.house, await stage.admitted(), replace(draft, due_at=due))
    assert isinstance(proposal, Proposal)
    scheduled = await agreed(stage, proposal)
    assert (scheduled.state, scheduled.expires_at) == (State.SCHEDULED, due + HOUR)
    clock.ahead = timedelta(hours=2)
    assert await expire(stage.house) == []


async def test_what_was_begun_before_a_hold_has_its_outcome_when_it_expires(stage: Stage) -> None:
    """The removal was sent, no answer came: it is looked for, and found. Resume says that it is too late."""
    clock = ahead(stage)
    waiting, runner = await queued(stage), Runner(stage.house)
    assert await runner.begin(waiting.id, waiting.run)
    stage.fault(Kind.DROP_AFTER, "/share$", "DELETE")
    stage.fault(Kind.ANSWER, "/share/search", "POST", after=1, **DEAD)
    assert not await runner.batch(waiting.id, waiting.run, 0)
    assert (await stage.load(waiting.id)).state is State.HELD
    clock.ahead = HOUR + timedelta(seconds=1)
    assert await resume(stage.house, waiting.id, GRACE) == Problem(Trouble.TOO_LATE)
    assert await expire(stage.house) == [waiting.id]
    expired = await stage.load(waiting.id)
    assert expired.state is State.EXPIRED
    assert await stage.outcomes(expired) == [Done(), Done()]


async def test_a_retry_that_expired_unasked_takes_nobody(stage: Stage) -> None:
    """Whoever is in it can be tried again from the first operation."""
    policy(stage, Asking(1), approval_expiry=HOUR)
    clock = ahead(stage)
    first = await asked(stage)
    draft = await stage.draft(ActionKey.PASSWORD_RESET, seed.PLUS)
    found = await propose(stage.house, await stage.admitted(), draft, origin=Origin.RETRY, parent=first.id)
    assert isinstance(found, Proposal)
    second = await confirm(stage.house, found.operation.id, found.operation.digest, ADA)
    assert isinstance(second, Operation)
    assert await stage.house.store.read(lambda tx: len(already_retried(tx, first.id))) == 1
    clock.ahead = HOUR + timedelta(seconds=1)
    assert set(await expire(stage.house)) == {first.id, second.id}
    assert await stage.house.store.read(lambda tx: already_retried(tx, first.id)) == frozenset()
