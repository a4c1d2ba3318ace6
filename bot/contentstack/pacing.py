"""How fast one organization may be asked (design §5, CS §5.1).

The budget is per organization and shared with every other integration, so only a share of it is taken,
evenly spaced. Reads (GET) and writes (everything else) have one budget each, as at Contentstack.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from enum import IntEnum

from bot.ports.clock import Clock

DEFAULT_LIMIT = 10
"""Requests per second that every plan has, per kind (CS §5.1)."""

FIRST_WRITES = 2.0
"""Writes per second to begin with: user management may count as a slower class (CS §5.1)."""

_BURST = 2
_IN_A_ROW = 3
_STEP = 0.25
_FLOOR = 0.25
_COOLING = 1.0
_BACKGROUND_SHARE = 0.2
_RUN_LINGERS = 10.0
_NEARLY = 1e-9


class Priority(IntEnum):
    """Who goes first when several wait."""

    INTERACTIVE = 0
    RUN = 1
    BACKGROUND = 2


class Bucket:
    """GCRA in its token form: ``rate`` permits per second, evenly spaced, at most ``burst`` at once.

    Any second holds at most ``burst - 1 + ceil(rate)`` permits, whatever the rate does below its maximum.
    """

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self._tokens = float(burst)
        self._at = now

    def tune(self, rate: float, burst: int, now: float) -> None:
        """Go on at another rate; what was spared so far counts, up to the new burst."""
        self._refill(now)
        self.rate, self.burst = rate, burst
        self._tokens = min(self._tokens, float(burst))

    def wait(self, now: float) -> float:
        """Seconds until the next permit; 0 when it is there."""
        self._refill(now)
        missing = 1.0 - self._tokens
        return missing / self.rate if missing > _NEARLY else 0.0

    def take(self, now: float) -> None:
        """Use the permit that ``wait`` said is there."""
        self._refill(now)
        self._tokens -= 1.0

    def _refill(self, now: float) -> None:
        self._tokens = min(float(self.burst), self._tokens + (now - self._at) * self.rate)
        self._at = now


class Lane:
    """A queue in front of a bucket; the more important goes first, equals in their order.

    So that nobody is starved by somebody who asks without a pause, one who waits behind the more important
    comes after three of those.
    """

    def __init__(self, clock: Clock, bucket: Bucket) -> None:
        self.bucket = bucket
        self._clock = clock
        self._waiting: dict[Priority, deque[asyncio.Future[None]]] = {one: deque() for one in Priority}
        self._in_a_row = 0
        self._server: asyncio.Task[None] | None = None

    async def turn(self, priority: Priority) -> None:
        """Wait until it is this caller's turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[priority].append(turn)
        if self._server is None or self._server.done():
            self._server = asyncio.create_task(self._serve())
        await turn

    async def _serve(self) -> None:
        while any(self._waiting.values()):
            wait = self.bucket.wait(self._clock.monotonic())
            if wait > 0:
                await self._clock.sleep(wait)
                continue
            turn = self._next()
            if not turn.done():  # its caller may have been cancelled while waiting
                self.bucket.take(self._clock.monotonic())
                turn.set_result(None)

    def _next(self) -> asyncio.Future[None]:
        """Whose turn it is: of two ranks that wait, the lower one once in four."""
        first, *lower = (queue for _, queue in sorted(self._waiting.items()) if queue)
        if lower and self._in_a_row >= _IN_A_ROW:
            self._in_a_row = 0
            return lower[0].popleft()
        self._in_a_row = self._in_a_row + 1 if lower else 0
        return first.popleft()

    async def close(self) -> None:
        """Stop serving; whoever still waits is cancelled."""
        for queue in self._waiting.values():
            for turn in queue:
                turn.cancel()
            queue.clear()
        if self._server is not None:
            self._server.cancel()
            await asyncio.gather(self._server, return_exceptions=True)


class Pace:
    """One kind of request: its lane, and a rate that rises while all is well and halves on 429 (AIMD)."""

    def __init__(self, clock: Clock, *, share: float, first: float = math.inf) -> None:
        self._clock = clock
        self._share = share
        self._cut_at = -math.inf
        self._limit = DEFAULT_LIMIT
        self.lane = Lane(clock, Bucket(min(first, self.ceiling), self._burst, clock.monotonic()))

    @property
    def ceiling(self) -> float:
        """Requests per second that are never exceeded."""
        return max(self._limit * self._share, _FLOOR)

    @property
    def rate(self) -> float:
        """Requests per second at present."""
        return self.lane.bucket.rate

    def limit(self, per_second: int) -> None:
        """Learn the plan's limit; a rate that stood at the old ceiling follows to the new one."""
        at_ceiling = self.rate >= self.ceiling
        self._limit = per_second
        self._set(self.ceiling if at_ceiling else self.rate)

    def well(self) -> None:
        """A request was answered: a little faster."""
        if self.rate < self.ceiling:
            self._set(self.rate + _STEP)

    def limited(self) -> None:
        """A 429 came: half as fast. Several within a second are one sign, not several."""
        now = self._clock.monotonic()
        if now - self._cut_at >= _COOLING:
            self._cut_at = now
            self._set(max(self.rate / 2, _FLOOR))

    @property
    def _burst(self) -> int:
        # Two at once only where a full second at the ceiling leaves room for the extra one.
        return max(1, min(_BURST, self._limit - math.ceil(self.ceiling) + 1))

    def _set(self, rate: float) -> None:
        self.lane.bucket.tune(min(rate, self.ceiling), self._burst, self._clock.monotonic())


class Pacing:
    """The budget of one organization. A run is taken to be on until 10 s after its last request."""

    def __init__(self, clock: Clock, *, share: float = 0.5, first_writes: float = FIRST_WRITES) -> None:
        """Begin with the default limits, of which ``share`` is used, and ``first_writes`` per second."""
        self._clock = clock
        self.reads = Pace(clock, share=share)
        self.writes = Pace(clock, share=share, first=first_writes)
        self._background = Lane(clock, Bucket(self.reads.ceiling, 1, clock.monotonic()))
        self._run_until = -math.inf

    def limits(self, *, reads: int, writes: int) -> None:
        """Learn the plan's own ``getLimit`` and ``limit``, in requests per second (CS §3.1.2)."""
        self.reads.limit(reads)
        self.writes.limit(writes)

    async def turn(self, *, write: bool, priority: Priority) -> None:
        """Wait for a permit. While a run is on, background reads get at most a fifth of the budget."""
        now = self._clock.monotonic()
        if priority is Priority.RUN:
            self._run_until = now + _RUN_LINGERS
        if priority is Priority.BACKGROUND and now < self._run_until:
            self._background.bucket.tune(self.reads.rate * _BACKGROUND_SHARE, 1, now)
            await self._background.turn(priority)
        await self.of(write=write).lane.turn(priority)

    def of(self, *, write: bool) -> Pace:
        """The pace of one kind of request."""
        return self.writes if write else self.reads

    async def close(self) -> None:
        """Stop all queues."""
        for lane in (self.reads.lane, self.writes.lane, self._background):
            await lane.close()
