"""What time does: what has a date goes to the queue when it has come, what waited too long expires."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.domain.operation import State
from bot.ports.store import Transaction
from bot.service.expiry import expire
from bot.service.house import House
from bot.service.moves import move_unread, queue_due
from bot.service.run.terms import OUTSIDE_HOURS

TICK = 1.0
"""Seconds between two looks."""

_log = logging.getLogger(__name__)


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


async def go_on_within_hours(house: House) -> Sequence[str]:
    """Queue what was held outside of the hours of its verdict, once they have come; the ids of it."""
    now, key = house.clock.now(), house.binding.key

    def fit(tx: Transaction) -> list[str]:
        held = tx.held_because(key, OUTSIDE_HOURS)
        return [one for one, verdict in held if all(hours.hold(now) for hours in verdict.hours)]

    def queue(tx: Transaction) -> list[str]:
        return [
            one for one in fit(tx) if move_unread(tx, key, one, State.HELD, State.QUEUED, now, "within_hours")
        ]

    queued = await house.store.write(queue) if await house.store.read(fit) else []
    for operation_id in queued:
        house.notifier.changed(operation_id)
    if queued:
        house.runs.wake()
    return queued


async def keep_time(house: House) -> None:
    """Look every second, until cancelled; a store that is full or busy now may not be at the next look.

    What goes wrong is logged once until it is over.
    """
    told = False
    while True:
        try:
            await expire(house)
            await release_due(house)
            await go_on_within_hours(house)
        except Exception as error:  # noqa: BLE001  whatever it is, what is due later must not be forgotten
            if not told:
                _log.error("cannot look for what is due yet: %s", type(error).__name__)
            told = True
        else:
            told = False
        await house.clock.sleep(TICK)
