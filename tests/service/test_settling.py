"""How long a call of which only the intent is known may still show, before its effect counts as missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.clock import SystemClock
from bot.domain.actions import ActionKey
from bot.domain.operation import Operation
from bot.domain.outcome import Done
from bot.ports.contentstack import Contentstack
from bot.sandbox.contentstack import seed
from bot.service.house import House
from bot.service.run.settle import SETTLING
from bot.service.run.worker import Runner
from tests.service.stage import Stage, staged

A_PART = SETTLING / 4
BUSY = SETTLING / 2
"""Seconds that a busy machine may take from the opening to the look."""


class Killed(BaseException):
    """The process is gone: nothing in it may catch this."""


class NothingArrives:
    """Contentstack as a process sees it that is killed while it sends."""

    def __init__(self, real: object) -> None:
        self._real = real

    async def send(self, *_given: object, **_named: object) -> None:
        raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class Later(SystemClock):
    """Some seconds on by both of its clocks; pauses pass at once and are noted."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.pauses: list[float] = []

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return super().monotonic() + self._seconds

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


async def killed_in_a_call(stage: Stage) -> Operation:
    """A removal under way: its intent is written, and nothing was sent."""
    queued = await stage.queued(ActionKey.REMOVE, seed.PLUS)
    dying = cast("Contentstack", NothingArrives(stage.house.contentstack))
    with pytest.raises(Killed):
        await stage.run(queued, Runner(replace(stage.house, contentstack=dying)))
    return await stage.load(queued.id)


async def first_pause(stage: Stage, operation: Operation, house: House) -> float:
    """Run it to its end; how long the effect of the call in doubt was waited for."""
    clock = cast("Later", house.clock)
    ended = await stage.run(operation, Runner(house))
    assert await stage.outcomes(ended) == [Done()]
    return clock.pauses[0] if clock.pauses else 0.0


async def test_a_process_that_ended_long_ago_is_not_waited_for(stage: Stage) -> None:
    """It sent nothing after its end: what does not show by now is missing, and is made."""
    operation = await killed_in_a_call(stage)
    house = replace(stage.house, clock=Later(SETTLING), opened=stage.house.clock.monotonic())
    assert await first_pause(stage, operation, house) == 0.0


async def test_a_process_that_ended_just_now_is_given_the_rest(stage: Stage) -> None:
    """All of it, less what the start has taken since nobody else could send."""
    operation = await killed_in_a_call(stage)
    house = replace(stage.house, clock=Later(A_PART), opened=stage.house.clock.monotonic())
    pause = await first_pause(stage, operation, house)
    assert SETTLING - A_PART - BUSY < pause < SETTLING - A_PART


async def test_a_call_of_this_process_is_given_all_of_it(stage: Stage) -> None:
    """How long ago it was sent is not known: it may have waited for its turn since the intent."""
    opened = stage.house.clock.monotonic()
    operation = await killed_in_a_call(stage)
    house = replace(stage.house, clock=Later(0.0), opened=opened)
    assert await first_pause(stage, operation, house) == SETTLING


async def test_where_nobody_noted_the_opening_all_of_it_is_given(stage: Stage) -> None:
    """Not known is not long ago."""
    operation = await killed_in_a_call(stage)
    assert await first_pause(stage, operation, replace(stage.house, clock=Later(5.0))) == SETTLING
