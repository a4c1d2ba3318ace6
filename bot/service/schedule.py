"""Operations with a date: released to the queue when their time has come."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from bot.ports.store import StoreFull, Transaction
from bot.service.house import House
from bot.service.moves import queue_due

TICK = 1.0
"""Seconds between two looks."""


async def release_due(house: House) -> Sequence[str]:
    """Queue what is due; the ids of what was queued."""
    now = house.clock.now()

    def release(tx: Transaction) -> list[str]:
        due = tx.due(house.binding.key, now)
        return [one for one in due if queue_due(tx, house.binding.key, one, now)]

    if not await house.store.read(lambda tx: tx.due(house.binding.key, now)):
        return ()
    released = await house.store.write(release)
    for operation_id in released:
        house.notifier.changed(operation_id)
    if released:
        house.runs.wake()
    return released


async def keep_time(house: House) -> None:
    """Look every second, until cancelled; a store that is full now may have room at the next look."""
    while True:
        with suppress(StoreFull):
            await release_due(house)
        await house.clock.sleep(TICK)
