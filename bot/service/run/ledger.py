"""What was written of an operation's calls and outcomes, always together with its audit row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain import outcome as outcomes
from bot.domain.audit import Event, EventKind
from bot.domain.calls import Call, PlannedCall, Reply
from bot.domain.operation import Operation, State
from bot.domain.outcome import NotRun, Outcome, Result, ResultKind
from bot.ports.store import Transaction
from bot.service.house import House

_NOT_SENT = ResultKind.NOT_SENT


class Stopped(Exception):
    """The operation is no longer running under this run: no further call may be made."""


async def intend(house: House, operation: Operation, batch: int, planned: PlannedCall) -> Call:
    """Record that a call is about to be made; raises Stopped where the run must not go on."""
    now = house.clock.now()
    call = Call(
        id=house.ids.new("call"),
        operation=operation.id,
        batch=batch,
        name=planned.name,
        lines=planned.lines,
        repeatable=planned.repeatable,
        intent_at=now,
    )

    def write(tx: Transaction) -> bool:
        if tx.standing(operation.id) != (State.RUNNING, operation.run):
            return False
        tx.add_intent(call)
        data = {"call": call.id, "name": call.name, "batch": batch, "lines": list(call.lines)}
        tx.append(_event(EventKind.INTENT, operation, data), now)
        return True

    if not await house.store.write(write):
        raise Stopped
    return call


Replies = Sequence[tuple[Call, Reply]]


async def record(
    house: House, operation: Operation, replies: Replies, found: Mapping[int, Outcome] | None = None
) -> None:
    """Record what came of calls, and with it the outcomes that it makes: all of it or nothing.

    Lines that have an outcome keep it.
    """
    if not replies and not found:
        return
    now = house.clock.now()

    def write(tx: Transaction) -> None:
        for call, answer in replies:
            tx.add_reply(call.id, answer, now)
            tx.append(_event(EventKind.RESULT, operation, _told(call, answer)), now)
        write_outcomes(house, tx, operation, found or {})

    await house.store.write(write)


def _told(call: Call, answer: Reply) -> Mapping[str, object]:
    return {
        "call": call.id,
        "status": answer.status,
        "request_id": answer.request_id,
        "results": {str(line): result.kind.value for line, result in answer.results.items()},
    }


async def conclude(house: House, operation: Operation, found: Mapping[int, Outcome]) -> None:
    """Record outcomes of lines that have none yet; those that have one keep it."""
    await record(house, operation, (), found)


def write_outcomes(house: House, tx: Transaction, operation: Operation, found: Mapping[int, Outcome]) -> None:
    """Outcomes, inside an open transaction. The audit keeps the kind alone: a reason may name people."""
    now = house.clock.now()
    for line, outcome in sorted(found.items()):
        if tx.set_outcome(operation.id, line, outcome, now):
            data = {"line": line, "kind": outcomes.kind(outcome)}
            tx.append(_event(EventKind.OUTCOME, operation, data), now)


def write_rest(house: House, tx: Transaction, operation: Operation, why: str) -> Mapping[int, Outcome]:
    """Record that whoever has no outcome was not run, inside an open transaction; all outcomes then."""
    found = tx.outcomes(operation.id)
    rest: dict[int, Outcome] = {
        line.number: NotRun(why) for line in operation.plan.to_run if line.number not in found
    }
    write_outcomes(house, tx, operation, rest)
    return {**found, **rest} if rest else found


def touched(calls: Iterable[Call]) -> frozenset[int]:
    """Lines that a call did something to, or may have; where nothing was sent they are as they were."""
    return frozenset(
        number
        for call in calls
        for number in call.lines
        if call.results is None or number not in call.results or call.results[number].kind is not _NOT_SENT
    )


def results_by_name(calls: Sequence[Call]) -> dict[str, dict[int, Result]]:
    """Call name -> line -> its newest result; lines for which nothing was sent are left out."""
    found: dict[str, dict[int, Result]] = {}
    for call in calls:
        for line, result in (call.results or {}).items():
            lines = found.setdefault(call.name, {})
            if result.kind is _NOT_SENT:
                lines.pop(line, None)
            else:
                lines[line] = result
    return found


def _event(kind: EventKind, operation: Operation, data: Mapping[str, object]) -> Event:
    return Event(kind, operation.binding, operation.id, data=data)
