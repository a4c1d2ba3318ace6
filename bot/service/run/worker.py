"""What the engine drives: begin, one batch after another, finish (ports.runs.Worker)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain.admission import NotAdmitted
from bot.domain.approval import all_agreed
from bot.domain.operation import Actor, Operation, State, final_state
from bot.domain.plan import Line, UnknownSchemaError, Why
from bot.ports.contentstack import ContentstackError
from bot.ports.store import PlanTampered, Transaction
from bot.service import evidence
from bot.service.admission import still_admin
from bot.service.expiry import expire_one, overdue
from bot.service.house import House
from bot.service.moves import move
from bot.service.run.calling import Hold, held_because
from bot.service.run.drift import too_many_drifted
from bot.service.run.ledger import Stopped, write_rest
from bot.service.run.settle import Look
from bot.service.run.terms import OUTSIDE_HOURS, forbids, outside, terms
from bot.service.run.turn import take, wind_up

PATIENCE = (2.0, 5.0, 10.0)
"""Seconds between tries while Contentstack cannot be reached; then the operation is held."""

_UNDER_WAY = frozenset({State.RUNNING, State.CANCELLING})

_CANNOT_TELL: Mapping[NotAdmitted, str] = {
    NotAdmitted.CONTENTSTACK_DOWN: "contentstack_down",
    NotAdmitted.CREDENTIAL_REFUSED: "credential_refused",
    NotAdmitted.SLACK_DOWN: "slack_down",
    NotAdmitted.MISSING_SCOPE: "slack_down",
}
"""Refusals that say nothing of the person: the operation waits instead of being dismissed."""


def _behind(operation: Operation) -> Iterator[Actor]:
    """Everybody who agreed, in whose place somebody did, and who went on without agreement."""
    for one in operation.approvals:
        if one.approved:
            yield one.actor
            yield from [one.stands_in_for] if one.stands_in_for else []
    if operation.glass is not None:
        yield operation.glass.by


@dataclass(frozen=True, slots=True)
class _UnderWay:
    operation: Operation
    batches: tuple[tuple[Line, ...], ...]


class Runner:
    """Runs the operations of one binding. Each method may be called again after a crash."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._under_way: dict[str, _UnderWay] = {}
        self._ahead: dict[str, Look] = {}

    async def begin(self, operation_id: str, run: int) -> int:
        """Check rights and drift on fresh data, then go from queued to running."""
        self._forget(operation_id)
        operation = await self._load(operation_id)
        if operation is None or operation.run != run:
            return 0
        if operation.state is State.QUEUED:
            await self._start(operation)
        standing = await self._house.store.read(lambda tx: tx.standing(operation_id))
        goes_on = standing is not None and standing[0] in _UNDER_WAY and standing[1] == run
        return len(operation.plan.batches()) if goes_on else 0

    async def batch(self, operation_id: str, run: int, number: int) -> bool:
        """Do one batch, or only settle what was begun of it after a cancel; False where it is held."""
        known = await self._as_it_stands(operation_id)
        if known is None or known.operation.run != run or known.operation.state not in _UNDER_WAY:
            return False
        operation = known.operation
        try:
            await self._patiently(lambda: self._turn(known, number))
        except Stopped:
            return await self.batch(operation_id, run, number)
        except Hold as held:
            if await self._hold(operation, State.RUNNING, held.why):
                return False
            return await self.batch(operation_id, run, number)  # cancelled meanwhile: to be wound up
        self._house.notifier.changed(operation_id)
        return True

    async def _turn(self, known: _UnderWay, number: int) -> None:
        operation, lines = known.operation, known.batches[number]
        ahead = self._ahead.pop(operation.id, None)
        if operation.state is State.CANCELLING:
            return await wind_up(self._house, operation, number, lines)
        otherwise = self._carried_out_otherwise(operation)
        if otherwise:
            raise Hold(otherwise)
        following = known.batches[number + 1] if number + 1 < len(known.batches) else ()
        look = await take(self._house, operation, number, lines, following=following, ahead=ahead)
        if look is not None and following:
            self._ahead[operation.id] = look
        return None

    async def finish(self, operation_id: str, run: int) -> None:
        """End the run, unless it is held: whoever has no outcome by now was not run."""
        self._forget(operation_id)
        operation = await self._load(operation_id)
        if operation is None or operation.run != run:
            return
        await self._house.store.write(lambda tx: self._finished(tx, operation))
        self._house.notifier.changed(operation_id)

    def _finished(self, tx: Transaction, operation: Operation) -> None:
        standing = tx.standing(operation.id)
        if standing is None or standing[0] not in _UNDER_WAY:
            return
        state, now = standing[0], self._house.clock.now()
        cancelled = state is State.CANCELLING
        outcomes = write_rest(self._house, tx, operation, "cancelled" if cancelled else "stopped")
        target = State.CANCELLED if cancelled else final_state(outcomes)
        move(tx, operation, state, target, now)

    def _forget(self, operation_id: str) -> None:
        self._under_way.pop(operation_id, None)
        self._ahead.pop(operation_id, None)

    async def _as_it_stands(self, operation_id: str) -> _UnderWay | None:
        """The operation with the state of this moment; its plan is read and verified once a run.

        A long plan that is read at every batch costs more than the batch (docs/speed.md). What is kept is
        what was verified, so what runs is still exactly what was sealed, whatever becomes of the file.
        """
        known = self._under_way.get(operation_id)
        if known is None:
            operation = await self._load(operation_id)
            if operation is None:
                return None
            known = self._under_way[operation_id] = _UnderWay(operation, operation.plan.batches())
        standing = await self._house.store.read(lambda tx: tx.standing(operation_id))
        if standing is None:
            return None
        return replace(known, operation=replace(known.operation, state=standing[0], run=standing[1]))

    async def _load(self, operation_id: str) -> Operation | None:
        """The operation; one whose plan cannot be trusted is held and never run."""
        with suppress(UnknownSchemaError, PlanTampered):
            return await evidence.load(self._house, operation_id)
        return None

    async def _start(self, operation: Operation) -> None:
        """Let it run, or hold or dismiss it, unless its time is over; a cancel may come first."""
        if overdue(self._house, operation) and await expire_one(self._house, operation.id, State.QUEUED):
            return
        if not await self._house.notifier.announce(operation.id):
            await self._hold(operation, State.QUEUED, "no_message")
            return
        try:
            dismissed = (
                self._carried_out_otherwise(operation)
                or await self._no_longer_allowed(operation)
                or await self._on_what_terms(operation)
            )
        except Hold as held:
            await self._hold(operation, State.QUEUED, held.why)
            return
        if dismissed:
            await self._dismiss(operation, dismissed)
        else:
            now = self._house.clock.now()
            await self._house.store.write(
                lambda tx: move(tx, operation, State.QUEUED, State.RUNNING, now),
            )
        self._house.notifier.changed(operation.id)

    async def _dismiss(self, operation: Operation, why: str) -> None:
        """End it before it runs; what an earlier run began, before it was held, gets its outcome first."""
        calls = await self._house.store.read(lambda tx: tx.calls(operation.id))
        batches = operation.plan.batches()
        for number in sorted({call.batch for call in calls}):
            await wind_up(self._house, operation, number, batches[number])
        now = self._house.clock.now()

        def dismiss(tx: Transaction) -> None:
            if move(tx, operation, State.QUEUED, State.DISMISSED, now, why=why):
                write_rest(self._house, tx, operation, "dismissed" if why == Why.DRIFT.value else why)

        await self._house.store.write(dismiss)

    def _carried_out_otherwise(self, operation: Operation) -> str:
        """Whether the settings now make something else of the action than what was agreed to."""
        via = self._house.contentstack.capability(operation.plan.action).via
        return "" if via == operation.plan.via else "endpoint_changed"

    async def _no_longer_allowed(self, operation: Operation) -> str:
        """Why requester or approvers may not be behind this any more; empty while they may."""
        if operation.glass is None and not all_agreed(operation.verdict, operation.approvals):
            return "not_agreed"
        people = [(operation.requester, "not_admin")]
        people += [(one, "approver_not_admin") for one in _behind(operation)]
        for actor, why in people:
            refused = await still_admin(self._house, actor)
            if refused is None:
                continue
            if refused in _CANNOT_TELL:
                raise Hold(_CANNOT_TELL[refused])
            return why
        return ""

    async def _on_what_terms(self, operation: Operation) -> str:
        """Why the policy of now forbids it, or too much changed for it; empty where it may run."""
        if outside(operation.verdict.hours, self._house):
            raise Hold(OUTSIDE_HOURS)
        now = await terms(self._house, operation)
        forbidden = await forbids(self._house, operation, now)
        if not forbidden and outside(now.hours, self._house):
            raise Hold(OUTSIDE_HOURS)
        return forbidden or await self._drifted(operation, now.drift_share)

    async def _drifted(self, operation: Operation, share: float) -> str:
        """Whether so much changed since the plan was sealed that it is no longer the plan that was shown."""
        try:
            return Why.DRIFT.value if await too_many_drifted(self._house, operation, share) else ""
        except ContentstackError as error:
            raise Hold(held_because(error)) from error

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        """Try again while Contentstack cannot be read; every call in between is on record."""
        for pause in (*PATIENCE, None):
            try:
                return await work()
            except ContentstackError as error:
                why = held_because(error)
                if pause is None or why not in {"contentstack_down", "rate_limited"}:
                    raise Hold(why) from error
                await self._house.clock.sleep(pause)
        return None

    async def _hold(self, operation: Operation, source: State, why: str) -> bool:
        """Hold the operation; False if it had gone on meanwhile."""
        now = self._house.clock.now()
        held = await self._house.store.write(lambda tx: move(tx, operation, source, State.HELD, now, why=why))
        self._house.notifier.changed(operation.id)
        return held
