"""How often the queue is looked at: often while a run is expected, else seldom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.engine.attention import Attention


class Queue:
    """Remembers how often it shall be looked at."""

    def __init__(self) -> None:
        self.set: list[float] = []
        self.full = False

    async def look_every(self, seconds: float) -> None:
        if self.full:
            raise OSError("no room")
        self.set.append(seconds)


@asynccontextmanager
async def attentive(queue: Queue, for_seconds: float = 60.0) -> AsyncIterator[Attention]:
    attention = Attention(queue.look_every, often=0.03, seldom=0.15, soon=for_seconds)
    task = asyncio.create_task(attention.run())
    try:
        yield attention
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def settled() -> None:
    """Everything that can go on now has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_run_that_is_expected_is_looked_for_until_it_begins() -> None:
    """Whoever waits before a screen waits for no look; afterwards it costs no more than before."""
    queue = Queue()
    async with attentive(queue) as attention:
        await settled()
        assert queue.set == []
        attention.expect()
        await settled()
        assert queue.set == [0.03]
        attention.over()
        await settled()
        assert queue.set == [0.03, 0.15]


async def test_what_never_comes_is_expected_no_longer_than_so() -> None:
    """A preview that somebody closed."""
    queue = Queue()
    async with attentive(queue, 0.02) as attention:
        attention.expect()
        async with asyncio.timeout(10):
            while queue.set != [0.03, 0.15]:  # noqa: ASYNC110  nothing tells of it
                await asyncio.sleep(0.005)


async def test_a_run_that_began_before_the_look_was_set_leaves_it_as_it_is() -> None:
    """Both words come in one moment: the last one counts."""
    queue = Queue()
    async with attentive(queue) as attention:
        attention.expect()
        attention.over()
        await settled()
        assert queue.set[-1:] in ([], [0.15])
        attention.expect()
        await settled()
        assert queue.set[-1] == 0.03


async def test_a_database_without_room_ends_nothing() -> None:
    """It is looked at as often as before, and the next word counts again."""
    queue = Queue()
    async with attentive(queue) as attention:
        queue.full = True
        attention.expect()
        await settled()
        queue.full = False
        attention.over()
        await settled()
        attention.expect()
        await settled()
        assert queue.set == [0.15, 0.03]
