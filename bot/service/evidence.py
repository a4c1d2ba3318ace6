"""What the audit chain says of an operation has to be what the store says: otherwise nothing is done.

Whoever changes a plan in the database can change its digest, its approvals or what the policy asks with it.
Their rows in the chain are left, and the heads in Slack vouch for those.
"""

from __future__ import annotations

from bot.domain.audit import Event, EventKind, Row, holds
from bot.domain.operation import Approval, BrokenGlass, Operation
from bot.domain.plan import UnknownSchemaError
from bot.ports.store import PlanTampered, Transaction
from bot.service.house import House
from bot.service.moves import hold_unread
from bot.service.seal import proposed

_KINDS = (EventKind.PROPOSED, EventKind.DECIDED, EventKind.BROKE_GLASS)


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
    claimed = [decided(operation, one) for one in operation.approvals if one.approved]
    claimed += [broken(operation, operation.glass)] if operation.glass else []
    if not (_asked(operation, rows) and all(_told(event, rows) for event in claimed)):
        raise PlanTampered(operation_id)
    return operation


def decided(operation: Operation, approval: Approval) -> Event:
    """The row of a decision: what it counted for, and in whose place."""
    weight = approval.weight
    data = {
        "approved": int(approval.approved),
        "digest": operation.digest,
        "commented": int(bool(approval.comment)),
        "stage": weight.stage + 1,
        "circles": sorted(weight.circles),
        "second": sorted(weight.second),
        "escalated": int(weight.escalated),
        "stands_in_for": approval.stands_in_for.person if approval.stands_in_for else "",
    }
    return Event(EventKind.DECIDED, operation.binding, operation.id, approval.actor.person, data)


def broken(operation: Operation, glass: BrokenGlass) -> Event:
    """The row of a broken glass: which plan goes on, and when it may begin."""
    data = {"digest": operation.digest, "until": glass.until.isoformat()}
    return Event(EventKind.BROKE_GLASS, operation.binding, operation.id, glass.by.person, data)


def _asked(operation: Operation, rows: list[Row]) -> bool:
    """Whether it was proposed exactly so; what only one of two versions of this program tells is no news."""
    asked = proposed(operation)
    return any(
        row.event.kind is asked.kind
        and row.event.actor == asked.actor
        and all(asked.data.get(key, value) == value for key, value in row.event.data.items())
        for row in rows
    )


def _told(claimed: Event, rows: list[Row]) -> bool:
    """Whether a row says so of this plan; what a row of an older version does not tell is no news."""
    return any(
        row.event.kind is claimed.kind
        and row.event.actor == claimed.actor
        and row.event.data.get("digest") == claimed.data["digest"]
        and row.event.data.get("approved") == claimed.data.get("approved")
        and all(row.event.data.get(key, value) == value for key, value in claimed.data.items())
        for row in rows
    )


async def _hold(house: House, operation_id: str, why: str) -> None:
    now, binding = house.clock.now(), house.binding.key
    if await house.store.write(lambda tx: hold_unread(tx, binding, operation_id, now, why)):
        house.notifier.changed(operation_id)
