"""A start on a restored copy: more may have happened since, so nothing goes on unasked (design §7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.audit import Event, EventKind, Head
from bot.domain.operation import State
from bot.ports.clock import Clock
from bot.ports.store import Store, Transaction

RESTORED, BEHIND = "restored", "store_behind"

_BECOMES: Mapping[State, State] = {
    State.PROPOSED: State.DISCARDED,
    State.AWAITING_APPROVAL: State.HELD,
    State.SCHEDULED: State.HELD,
    State.QUEUED: State.HELD,
    State.RUNNING: State.HELD,
}
"""What is being cancelled goes on to its end: it makes no call any more."""


async def hold_if_restored(store: Store, clock: Clock) -> int:
    """Hold everything that is not over if this is a copy, in one transaction; how many operations."""

    def hold(tx: Transaction) -> int:
        held = _hold(tx, clock.now(), RESTORED)
        tx.settled()
        return held

    if not await store.read(lambda tx: tx.restored()):
        return 0
    return await store.write(hold)


async def hold_if_behind(store: Store, clock: Clock, binding: str, posted: Head, at: datetime) -> int:
    """Hold what is not over if the chain does not have a head that was posted ``at`` that time.

    That is so where an older database was put in place without its mark. What changed after the head was
    posted is no concern: it was decided with this database. How many operations.
    """
    if await store.read(lambda tx: _has(tx, posted)):
        return 0
    return await store.write(lambda tx: _hold(tx, clock.now(), BEHIND, binding, at))


def _has(tx: Transaction, posted: Head) -> bool:
    return any(Head(row.seq, row.hash) == posted for row in tx.rows(after=posted.seq - 1, limit=1))


def _hold(
    tx: Transaction, now: datetime, why: str, binding: str | None = None, before: datetime | None = None
) -> int:
    held = 0
    for source, target in _BECOMES.items():
        for operation_id, whose in tx.everywhere(source, binding=binding, before=before):
            tx.move(operation_id, source, target, now, held_reason=why if target is State.HELD else "")
            data = {"from": source.value, "to": target.value, "why": why}
            tx.append(Event(EventKind.MOVED, whose, operation_id, data=data), now)
            held += target is State.HELD
    return held
