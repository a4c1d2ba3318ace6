"""The one way an operation changes its state: compare-and-set, audit row and outbox row together."""

from __future__ import annotations

from datetime import datetime

from bot.domain.audit import Event, EventKind
from bot.domain.operation import Operation, State
from bot.ports.runs import workflow_id
from bot.ports.store import OutboxRow, Transaction


def move(
    tx: Transaction,
    operation: Operation,
    source: State,
    target: State,
    at: datetime,
    *,
    actor: str = "",
    why: str = "",
    stopped_by: str = "",
) -> bool:
    """Take one step inside the caller's transaction; False (and nothing written) if it was too late.

    Going to QUEUED asks the engine for a new run; ``actor`` is a pseudonym, ``why`` a word.
    """
    queued = target is State.QUEUED
    held = why if target is State.HELD else ""
    if not tx.move(operation.id, source, target, at, held_reason=held, stopped_by=stopped_by, new_run=queued):
        return False
    data = {"from": source.value, "to": target.value, "why": why}
    tx.append(Event(EventKind.MOVED, operation.binding, operation.id, actor, data), at)
    if queued:
        moved = tx.operation(operation.id)
        run = moved.run if moved else operation.run + 1
        tx.put_outbox(OutboxRow(workflow_id(operation.id, run), operation.id, operation.binding), at)
    return True
