"""What waited too long expires: for approval, or to begin or go on. It is its own end, and no denial.

Both times are the policy's; `bot.service.moves` writes down when they are over. What an earlier run had begun
before it was held gets its outcomes first, as in a cancel.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.operation import Operation, State
from bot.domain.plan import UnknownSchemaError
from bot.ports.store import PlanTampered, Transaction
from bot.service.house import House
from bot.service.moves import move, move_unread
from bot.service.run.ledger import write_rest
from bot.service.run.turn import wind_up

NOT_AGREED, NOT_RUN = "not_agreed_in_time", "not_run_in_time"


def overdue(house: House, operation: Operation) -> bool:
    """Whether its time is over, if it still waits."""
    return operation.expires_at is not None and operation.expires_at <= house.clock.now()


async def expire(house: House) -> Sequence[str]:
    """End what is past its time; the ids of what was ended. A click that comes first wins."""
    now = house.clock.now()
    found = await house.store.read(lambda tx: tx.expiring(house.binding.key, now))
    return [operation_id for operation_id, state in found if await expire_one(house, operation_id, state)]


async def expire_one(house: House, operation_id: str, state: State) -> bool:
    """End one that is in this state, and tell the requester; False if it went on meanwhile."""
    operation = await _load(house, operation_id)
    if operation is not None:
        await _settle(house, operation)
    if not await house.store.write(lambda tx: _ended(house, tx, operation_id, state, operation)):
        return False
    house.notifier.changed(operation_id)
    if operation is not None:
        notice = "expired" if state is State.AWAITING_APPROVAL else "too_late"
        await house.notifier.tell(operation.requester.slack_user, notice, operation_id)
    return True


async def _load(house: House, operation_id: str) -> Operation | None:
    """The operation; None where its plan cannot be trusted, so that nothing can be said of its lines."""
    try:
        return await house.store.read(lambda tx: tx.operation(operation_id))
    except (PlanTampered, UnknownSchemaError):
        return None


async def _settle(house: House, operation: Operation) -> None:
    """Bring to its outcome what was begun before a hold."""
    calls = await house.store.read(lambda tx: tx.calls(operation.id))
    batches = operation.plan.batches()
    for number in sorted({call.batch for call in calls}):
        await wind_up(house, operation, number, batches[number])


def _ended(
    house: House, tx: Transaction, operation_id: str, state: State, operation: Operation | None
) -> bool:
    now, key = house.clock.now(), house.binding.key
    if (operation_id, state) not in tx.expiring(key, now):  # it went on meanwhile
        return False
    why = NOT_AGREED if state is State.AWAITING_APPROVAL else NOT_RUN
    if operation is None:
        return move_unread(tx, key, operation_id, state, State.EXPIRED, now, why)
    if operation.run:
        write_rest(house, tx, operation, "expired")
    return move(tx, operation, state, State.EXPIRED, now, why=why)
