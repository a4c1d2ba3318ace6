"""Work that goes on after the acknowledgement, tracked so that a stop can wait for it (SL §1.1, §1.6).

An exception is logged by its type and place, never by its text: that may hold names and addresses.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine

log = logging.getLogger(__name__)

Told = Callable[[Exception], Coroutine[None, None, None]]
"""Tells the person who waits that it went wrong."""

LULL = 0.004
"""Seconds without a further request after which work begins: whoever came meanwhile is acknowledged first."""
LONGEST = 0.1
"""Seconds after which it begins even if requests never cease."""


class _Lull:
    """Lets work wait, in the order in which it came, until no more requests come."""

    def __init__(self, seconds: float, longest: float) -> None:
        self._seconds, self._longest = seconds, longest
        self._over: asyncio.Event | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._latest = 0.0

    def after(self) -> asyncio.Event:
        """A request came; the event is set when it is time for its work."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._over is None:
            self._over, self._latest = asyncio.Event(), now + self._longest
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(min(now + self._seconds, self._latest), self._begin, self._over)
        return self._over

    def _begin(self, over: asyncio.Event) -> None:
        over.set()
        self._over = self._timer = None


class Tasks:
    """Background tasks; none is lost, none fails in silence."""

    def __init__(self, *, lull: float = LULL, longest: float = LONGEST) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._idle: set[asyncio.Task[None]] = set()
        self._lull = _Lull(lull, longest)

    @property
    def running(self) -> int:
        """How many are under way."""
        return len(self._running)

    def start(self, work: Coroutine[None, None, object], what: str, told: Told | None = None) -> None:
        """Begin some work once all requests of this moment are acknowledged; ``what`` names it in the log."""
        later = _guarded(_when(self._lull.after(), work), what, told)
        _keep(asyncio.create_task(later, name=what), self._running)

    def start_idle(self, work: Coroutine[None, None, object], what: str) -> None:
        """Begin some work that a stop does not wait for."""
        _keep(asyncio.create_task(_guarded(work, what, None), name=what), self._idle)

    async def settle(self, seconds: float) -> bool:
        """Wait until nothing runs; False if that takes longer."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        return not self._running

    async def close(self, seconds: float) -> None:
        """Wait for what runs, then cancel what still does."""
        await self.settle(seconds)
        for task in self._running:
            log.warning("%s was not finished within %s s and is cut off", task.get_name(), seconds)
        late = [*self._running, *self._idle]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _keep(task: asyncio.Task[None], among: set[asyncio.Task[None]]) -> None:
    among.add(task)
    task.add_done_callback(among.discard)


async def _when(begun: asyncio.Event, work: Coroutine[None, None, object]) -> None:
    try:
        await begun.wait()
    except asyncio.CancelledError:
        work.close()
        raise
    await work


async def _guarded(work: Coroutine[None, None, object], what: str, told: Told | None) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001  the last net: whatever it was, the person is told
        log.error("%s failed: %s", what, where(error))  # noqa: TRY400  a traceback would show texts
        if told is not None:
            await _tell(told, error, what)


async def _tell(told: Told, error: Exception, what: str) -> None:
    try:
        await told(error)
    except Exception as second:  # noqa: BLE001  nothing more can be done than to log it
        log.error("%s: nobody could be told: %s", what, where(second))  # noqa: TRY400


def where(error: BaseException) -> str:
    """Type and place of an error, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-3:]]
    return f"{type(error).__name__} at {' > '.join(places) or '?'}"
