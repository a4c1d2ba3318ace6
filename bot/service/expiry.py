"""What waited too long expires: for approval, or to begin or go on. It is its own end, and no denial."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.operation import Operation, State
from bot.domain.plan import UnknownSchemaError
from bot.ports.store import PlanTampered, Transaction
from bot.service.house import House
from bot.service.moves import move, move_unread
from bot.service.run.ledger import touched, write_rest

WHY = "expired"


async def expire(house: House) -> Sequence[str]:
    """End what is past its time; the ids of what was ended. A click that comes first wins."""
    now, key = house.clock.now(), house.binding.key
    if not await house.store.read(lambda tx: tx.expiring(key, now)):
        return ()

    def end(tx: Transaction) -> list[str]:
        return [one for one, state in tx.expiring(key, now) if _ended(house, tx, one, state)]

    ended = await house.store.write(end)
    for operation_id in ended:
        house.notifier.changed(operation_id)
    if ended:
        house.runs.wake()
    return ended


def _ended(house: House, tx: Transaction, operation_id: str, state: State) -> bool:
    """What was begun before a hold is wound up like a cancelled one: its calls get their results first."""
    now = house.clock.now()
    operation = _read(tx, operation_id)
    if operation is None:
        return move_unread(tx, house.binding.key, operation_id, state, State.EXPIRED, now, WHY)
    begun = touched(tx.calls(operation_id)) - tx.outcomes(operation_id).keys()
    if state is State.HELD and begun:
        return move(tx, operation, state, State.CANCELLING, now, why=WHY)
    write_rest(house, tx, operation, WHY)
    return move(tx, operation, state, State.EXPIRED, now, why=WHY)


def _read(tx: Transaction, operation_id: str) -> Operation | None:
    """The operation; None where its plan cannot be trusted, so that nothing can be said of its lines."""
    try:
        return tx.operation(operation_id)
    except (PlanTampered, UnknownSchemaError):
        return None
