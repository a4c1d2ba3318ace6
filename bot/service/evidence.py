"""What the audit chain says of an operation has to be what the store says: otherwise nothing is done.

Whoever changes a plan in the database can change its digest, its approvals or what the policy asks with it.
Their rows in the chain are left, and the heads in Slack vouch for those.
"""

from __future__ import annotations

from bot.domain.audit import EventKind, Row, holds
from bot.domain.operation import Approval, Operation
from bot.domain.plan import UnknownSchemaError
from bot.ports.store import PlanTampered, Transaction
from bot.service.house import House
from bot.service.moves import hold_unread
from bot.service.seal import proposed

_KINDS = (EventKind.PROPOSED, EventKind.DECIDED)


async def load(house: House, operation_id: str) -> Operation | None:
    """One operation of this binding, as the chain has it; None where there is none.

    What cannot be trusted is held if it still could run. Raises UnknownSchemaError, PlanTampered.
    """
    try:
        operation = await house.store.read(lambda tx: vouched(tx, operation_id))
    except UnknownSchemaError:
        await _hold(house, operation_id, "unknown_schema")
        raise
    except PlanTampered:
        await _hold(house, operation_id, "tampered")
        raise
    return operation if operation and operation.binding == house.binding.key else None


def vouched(tx: Transaction, operation_id: str) -> Operation | None:
    """The operation, if its rows tell of this very plan and of every agreement; raises as :func:`load`."""
    operation = tx.operation(operation_id)
    if operation is None:
        return None
    rows = [row for row in tx.rows(operation=operation_id, kinds=_KINDS) if holds(row)]
    agreed = [one for one in operation.approvals if one.approved]
    if not (_asked(operation, rows) and all(_decided(operation, one, rows) for one in agreed)):
        raise PlanTampered(operation_id)
    return operation


def _asked(operation: Operation, rows: list[Row]) -> bool:
    """Whether it was proposed exactly so; what only one of two versions of this program tells is no news."""
    asked = proposed(operation)
    return any(
        row.event.kind is asked.kind
        and row.event.actor == asked.actor
        and all(asked.data.get(key, value) == value for key, value in row.event.data.items())
        for row in rows
    )


def _decided(operation: Operation, approval: Approval, rows: list[Row]) -> bool:
    said = {"approved": 1, "digest": operation.digest}
    return any(
        row.event.kind is EventKind.DECIDED
        and row.event.actor == approval.actor.person
        and said.items() <= row.event.data.items()
        for row in rows
    )


async def _hold(house: House, operation_id: str, why: str) -> None:
    now, binding = house.clock.now(), house.binding.key
    if await house.store.write(lambda tx: hold_unread(tx, binding, operation_id, now, why)):
        house.notifier.changed(operation_id)
