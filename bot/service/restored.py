"""A start on a restored copy: more may have happened since, so nothing goes on unasked (design §7)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.audit import Event, EventKind
from bot.domain.operation import State
from bot.ports.clock import Clock
from bot.ports.store import Store, Transaction

RESTORED = "restored"

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
    if not await store.read(lambda tx: tx.restored()):
        return 0
    return await store.write(lambda tx: _hold(tx, clock))


def _hold(tx: Transaction, clock: Clock) -> int:
    now, held = clock.now(), 0
    for source, target in _BECOMES.items():
        for operation_id, binding in tx.everywhere(source):
            tx.move(operation_id, source, target, now, held_reason=RESTORED if target is State.HELD else "")
            data = {"from": source.value, "to": target.value, "why": RESTORED}
            tx.append(Event(EventKind.MOVED, binding, operation_id, data=data), now)
            held += target is State.HELD
    tx.settled()
    return held
