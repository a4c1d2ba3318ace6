"""What serves for some seconds: read once, renewed early, never older than asked for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.clock import SystemClock
from bot.contentstack.kept import Kept
from bot.ports.contentstack import Unavailable


class Hand(SystemClock):
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 100.0

    def monotonic(self) -> float:
        return self.at


@dataclass
class Well:
    """Gives one number after the other, and says nothing once it is dry."""

    clock: Hand = field(default_factory=Hand)
    drawn: int = 0
    dry: bool = False

    async def draw(self) -> int:
        await asyncio.sleep(0)
        if self.dry:
            raise Unavailable
        self.drawn += 1
        return self.drawn

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


async def test_it_is_read_once_for_all_who_ask_in_its_time() -> None:
    """Three at once, and one later."""
    well = Well()
    kept = Kept(well.clock, well.draw)
    assert await asyncio.gather(*(kept.get(10) for _ in range(3))) == [1, 1, 1]
    well.clock.at += 5
    assert await kept.get(10) == 1


async def test_it_is_renewed_before_its_time_is_over_and_nobody_waits() -> None:
    """Who asks in the seventh second gets the old value at once; who asks in the twelfth has the new one."""
    well = Well()
    kept = Kept(well.clock, well.draw)
    await kept.get(10)
    well.clock.at += 7
    assert await kept.get(10) == 1
    await well.settle()
    well.clock.at += 5
    well.dry = True
    assert await kept.get(10) == 2


async def test_a_renewal_that_fails_is_no_news_as_long_as_the_value_serves() -> None:
    """The old one serves until its time is over; then whoever asks is told."""
    well = Well()
    kept = Kept(well.clock, well.draw)
    await kept.get(10)
    well.dry = True
    well.clock.at += 7
    assert await kept.get(10) == 1
    await well.settle()
    assert await kept.get(10) == 1
    well.clock.at += 4
    failed = (await asyncio.gather(kept.get(10), return_exceptions=True))[0]
    assert isinstance(failed, Unavailable)


async def test_fresh_means_a_reading_that_begins_now() -> None:
    """Zero seconds old is nothing that anybody else asked for before."""
    well = Well()
    kept = Kept(well.clock, well.draw)
    assert await kept.get(0) == 1
    well.clock.at += 0.1
    assert await kept.get(0) == 2


async def test_what_was_dropped_while_it_was_read_is_not_kept() -> None:
    """The credential was replaced while its account was asked for."""
    well = Well()
    kept = Kept(well.clock, well.draw)
    asked = asyncio.create_task(kept.get(10))
    await asyncio.sleep(0)
    kept.drop()
    assert await asked == 1
    assert await kept.get(10) == 2
    await kept.close()
