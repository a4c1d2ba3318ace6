"""Carries the outbox over to the engine: at the start, when woken, and every second (design §4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from bot.ports.clock import Clock
from bot.ports.store import OutboxRow, Store

TICK_SECONDS = 1.0

_log = logging.getLogger(__name__)

Deliver = Callable[[OutboxRow], Awaitable[None]]


class Dispatcher:
    """Delivers every row at least once, the oldest first, and marks it afterwards.

    ``deliver`` must be idempotent by the row's key: a crash between the two repeats it.
    """

    def __init__(self, store: Store, clock: Clock, deliver: Deliver, *, tick: float = TICK_SECONDS) -> None:
        self._store = store
        self._clock = clock
        self._deliver = deliver
        self._tick = tick
        self._awake = asyncio.Event()
        self._told: set[str] = set()

    def wake(self) -> None:
        """Look now instead of at the next tick."""
        self._awake.set()

    async def run(self) -> None:
        """Go on until cancelled, whatever single deliveries come to."""
        while True:
            self._awake.clear()
            await self._attempt("outbox", self.drain)
            try:
                async with asyncio.timeout(self._tick):
                    await self._awake.wait()
            except TimeoutError:
                continue

    async def drain(self) -> None:
        """Deliver all that waits now; a row that fails keeps none of the others from being delivered."""
        for row in await self._store.read(lambda tx: tx.outbox()):
            await self._attempt(row.key, partial(self._carry, row))

    async def _carry(self, row: OutboxRow) -> None:
        await self._deliver(row)
        await self._store.write(lambda tx: tx.delivered(row.key, self._clock.now()))

    async def _attempt(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        """Try; a failure is logged once until it is over, and tried again at the next tick."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001  a full disk or a bug in one row must not end all deliveries
            if key not in self._told:
                self._told.add(key)
                _log.error("cannot deliver %s yet: %s", key, type(error).__name__)
        else:
            self._told.discard(key)
