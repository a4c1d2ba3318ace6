"""When which message is edited: one budget for all operations of a workspace (design §6).

chat.update allows 50 edits a minute and workspace (SL §6, tier 3); we take 45. Progress takes at most 40 of
them and never more than 6 in 8 seconds, so that an end always finds room at once. What has ended goes first,
then round robin. Changes of one message that come while it waits melt into one edit.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import assert_never

from bot.ports.clock import Clock

_LOG = logging.getLogger(__name__)

Key = tuple[str, str]
"""Operation id and part of its messages."""

PER_MINUTE = 45
PROGRESS_PER_MINUTE = 40
_BURST = 6
_BURST_SECONDS = 8.0
_SAME_MESSAGE = 1.0
"""Seconds between two edits of one message (SL §6: once a second at most)."""
_FIRST_REST = 2.0
_LONGEST_REST = 120.0
_TINY = 0.001
"""Seconds for which nobody waits: sums of floating numbers never come out even."""


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit was sent, and whether it worked or not there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing to edit: no edit was spent."""


@dataclass(frozen=True, slots=True)
class Later:
    """There is more to do; ``seconds`` is how long to leave this one alone, None to back off.

    ``spent`` says whether an edit was sent meanwhile.
    """

    seconds: float | None = None
    spent: bool = True


@dataclass(frozen=True, slots=True)
class Slower:
    """Slack asked for a pause of all edits (429 with Retry-After)."""

    seconds: float


Result = Edited | Nothing | Later | Slower
Refresh = Callable[[Key], Awaitable[Result]]
Ended = Callable[[Collection[Key]], Awaitable[frozenset[Key]]]


class Budget:
    """How many edits the last minute and the last seconds have seen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spent: deque[float] = deque(maxlen=PER_MINUTE)

    def wait(self, *, ended: bool) -> float:
        """Seconds until the next edit may be made."""
        waits = [self._window(PER_MINUTE, 60.0)]
        if not ended:
            waits += [self._window(PROGRESS_PER_MINUTE, 60.0), self._window(_BURST, _BURST_SECONDS)]
        return max(waits)

    def spend(self) -> None:
        """Count an edit that is about to be made."""
        self._spent.append(self._clock.monotonic())

    def give_back(self) -> None:
        """The edit that was counted last was not needed."""
        self._spent.pop()

    def _window(self, most: int, seconds: float) -> float:
        if len(self._spent) < most:
            return 0.0
        left = self._spent[-most] + seconds - self._clock.monotonic()
        return left if left > _TINY else 0.0


class Updater:
    """Keeps what has changed, and refreshes one message at a time."""

    def __init__(self, refresh: Refresh, ended: Ended, clock: Clock) -> None:
        """``refresh`` brings one message up to date; ``ended`` tells which of some have come to their end."""
        self._refresh = refresh
        self._ended = ended
        self._clock = clock
        self._budget = Budget(clock)
        self._waiting: dict[Key, None] = {}
        self._resting: dict[Key, float] = {}
        self._failures: dict[Key, int] = {}
        self._paused_until = 0.0
        self._awake = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()

    def mark(self, key: Key) -> None:
        """This message is out of date. Never blocks, never fails; a message is never twice in the line."""
        self._waiting.setdefault(key)
        self._quiet.clear()
        self._awake.set()

    async def quiet(self) -> None:
        """Wait until every message is as it should be."""
        await self._quiet.wait()

    async def run(self) -> None:
        """Refresh for ever; ends by cancellation."""
        while True:
            pause = await self._step()
            if pause is None:
                await self._awake.wait()
            elif pause:
                await self._sleep(pause)

    async def _sleep(self, seconds: float) -> None:
        """Wait, but not past the next change: it may be an end, which goes first."""
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        waking = asyncio.ensure_future(self._awake.wait())
        try:
            await asyncio.wait({sleeping, waking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sleeping, waking):
                task.cancel()
            await asyncio.gather(sleeping, waking, return_exceptions=True)

    async def _step(self) -> float | None:
        """Refresh at most one message; seconds until the next look, None where nothing waits."""
        self._awake.clear()
        if not self._waiting:
            self._quiet.set()
            return None
        now = self._clock.monotonic()
        if now + _TINY < self._paused_until:
            return self._paused_until - now
        ready = [key for key in self._waiting if self._resting.get(key, 0.0) <= now + _TINY]
        if not ready:
            return min(self._resting[key] for key in self._waiting) - now
        ended = await self._ended(ready)
        key = next((one for one in ready if one in ended), ready[0])
        wait = self._budget.wait(ended=key in ended)
        if not wait:
            await self._do(key)
        return wait

    async def _do(self, key: Key) -> None:
        del self._waiting[key]
        self._budget.spend()
        try:
            result = await self._refresh(key)
        except Exception:  # noqa: BLE001  one message that cannot be built must not silence all others
            _LOG.exception("message %s of operation %s cannot be refreshed", key[1], key[0])
            result = Later()
        self._settle(key, result)

    def _settle(self, key: Key, result: Result) -> None:
        now = self._clock.monotonic()
        match result:
            case Edited():
                self._failures.pop(key, None)
                self._resting = {one: until for one, until in self._resting.items() if until > now}
                self._resting[key] = now + _SAME_MESSAGE
            case Nothing():
                self._failures.pop(key, None)
                self._budget.give_back()
            case Later(seconds=seconds, spent=spent):
                if not spent:
                    self._budget.give_back()
                self._resting[key] = now + (self._back_off(key) if seconds is None else seconds)
                self._waiting.setdefault(key)
            case Slower(seconds=seconds):
                self._paused_until = now + seconds
                self._waiting.setdefault(key)
            case _:
                assert_never(result)

    def _back_off(self, key: Key) -> float:
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        return float(min(_LONGEST_REST, _FIRST_REST * 2**failures))
