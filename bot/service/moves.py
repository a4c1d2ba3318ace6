"""The one way an operation changes its state: compare-and-set, audit row and outbox row together."""

from __future__ import annotations

from datetime import datetime

from bot.domain.audit import Event, EventKind
from bot.domain.operation import Operation, State
from bot.ports.runs import workflow_id
from bot.ports.store import OutboxRow, Transaction

_COULD_RUN = frozenset({State.AWAITING_APPROVAL, State.SCHEDULED, State.QUEUED, State.RUNNING})
_KEEPS_WHY = frozenset({State.HELD, State.DISMISSED, State.EXPIRED})
"""States whose message has to say why."""


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

    Going to QUEUED, or having what is held wound up, asks the engine for a new run; ``actor`` is a
    pseudonym, ``why`` a word.
    """
    new_run = target is State.QUEUED or (source, target) == (State.HELD, State.CANCELLING)
    held = why if target in _KEEPS_WHY else ""
    expires_at = _expiry(operation, source, target, at)
    moved = tx.move(
        operation.id,
        source,
        target,
        at,
        held_reason=held,
        stopped_by=stopped_by,
        new_run=new_run,
        expires_at=expires_at,
    )
    if not moved:
        return False
    data = {"from": source.value, "to": target.value, "why": why}
    tx.append(Event(EventKind.MOVED, operation.binding, operation.id, actor, data), at)
    if new_run:
        _ask_for_run(tx, operation.binding, operation.id, at)
    return True


def _expiry(operation: Operation, source: State, target: State, at: datetime) -> datetime | None:
    """When it expires from this step on; None where the step changes nothing about that."""
    if (source, target) == (State.PROPOSED, State.AWAITING_APPROVAL):
        return at + operation.verdict.approval_expiry
    if target is State.APPROVED:  # from the later of approval and schedule
        return max(at, operation.starts_at or at) + operation.verdict.execution_expiry
    return None


def hold_unread(tx: Transaction, binding: str, operation_id: str, at: datetime, why: str) -> bool:
    """Hold an operation whose plan this program will not read, if it could still run or runs."""
    standing = tx.standing(operation_id)
    if standing is None or standing[0] not in _COULD_RUN:
        return False
    return move_unread(tx, binding, operation_id, standing[0], State.HELD, at, why)


def queue_due(tx: Transaction, binding: str, operation_id: str, at: datetime) -> bool:
    """Queue a scheduled operation without reading its plan: whether it can be read shows when it begins."""
    return move_unread(tx, binding, operation_id, State.SCHEDULED, State.QUEUED, at, "due")


def move_unread(
    tx: Transaction, binding: str, operation_id: str, source: State, target: State, at: datetime, why: str
) -> bool:
    """The same as :func:`move` for an operation whose plan is not read."""
    held, new_run = why if target in _KEEPS_WHY else "", target is State.QUEUED
    if not tx.move(operation_id, source, target, at, held_reason=held, new_run=new_run):
        return False
    data = {"from": source.value, "to": target.value, "why": why}
    tx.append(Event(EventKind.MOVED, binding, operation_id, data=data), at)
    if new_run:
        _ask_for_run(tx, binding, operation_id, at)
    return True


def _ask_for_run(tx: Transaction, binding: str, operation_id: str, at: datetime) -> None:
    standing = tx.standing(operation_id)
    if standing is not None:
        _, run = standing
        tx.put_outbox(OutboxRow(workflow_id(operation_id, run), operation_id, binding), at)
