"""How often the engine looks at its queue: often while somebody is about to ask for a run, else seldom.

DBOS looks, it is not told (engine.md §3): a run waits for the next look. Each costs some 3 ms of processor
time, so looking all the time as often as a person at the screen wants it would cost a tenth of a processor.
From seldom to often it takes DBOS about a second: it shortens its pause by a tenth with each look.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

SOON_SECONDS = 60.0
"""For so long after somebody saw a preview or clicked on a decision a run is expected."""

_log = logging.getLogger(__name__)

Look = Callable[[float], Awaitable[None]]
"""Sets how many seconds lie between two looks."""


class Attention:
    """``often`` and ``seldom`` are seconds between two looks; the queue begins with ``seldom``.

    ``soon`` is for how many seconds a run is expected.
    """

    def __init__(self, look: Look, *, often: float, seldom: float, soon: float = SOON_SECONDS) -> None:
        self._soon = soon
        self._look = look
        self._often = often
        self._seldom = seldom
        self._expected = asyncio.Event()
        self._over = asyncio.Event()

    def expect(self) -> None:
        """A run may be asked for within the next minute."""
        self._over.clear()
        self._expected.set()

    def over(self) -> None:
        """One has begun: what else is expected will be said again."""
        self._expected.clear()
        self._over.set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await self._expected.wait()
            await self._set(self._often)
            while self._expected.is_set():
                self._expected.clear()
                await self._until_over()
            await self._set(self._seldom)

    async def _set(self, seconds: float) -> None:
        try:
            await self._look(seconds)
        except Exception as error:  # noqa: BLE001  a full disk costs a run some tenths of a second, and no more
            _log.warning("the queue is looked at as often as before: %s", type(error).__name__)

    async def _until_over(self) -> None:
        try:
            async with asyncio.timeout(self._soon):
                await self._over.wait()
        except TimeoutError:
            return
