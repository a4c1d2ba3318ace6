from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contentstack.pacing import Bucket, Pace, Pacing, Priority
from tests.contentstack.support import LeapClock

NEARLY_A_SECOND = 1.0 - 1e-6


def most_in_a_second(times: list[float]) -> int:
    return max(
        (sum(1 for other in times if 0 <= other - begin < NEARLY_A_SECOND) for begin in times), default=0
    )


@given(
    limit=st.integers(1, 40),
    share=st.floats(0.05, 1.0),
    steps=st.lists(
        st.tuples(st.floats(0, 1.5), st.sampled_from(["ask", "ask", "ask", "well", "limited"])),
        min_size=1,
        max_size=120,
    ),
)
@settings(max_examples=60)
def test_no_second_ever_holds_more_than_the_limit(
    limit: int, share: float, steps: list[tuple[float, str]]
) -> None:
    """Whatever comes when, and however the rate moved, the plan's limit per second is kept."""
    clock = LeapClock()
    pace = Pace(clock, share=share)
    pace.limit(limit)
    clock.seconds += 10
    bucket, times = pace.lane.bucket, []
    for pause, what in steps:
        clock.seconds += pause / 10
        if what == "well":
            pace.well()
        elif what == "limited":
            pace.limited()
        else:
            clock.seconds += bucket.wait(clock.seconds)
            bucket.take(clock.seconds)
            times.append(clock.seconds)
    assert most_in_a_second(times) <= limit


@given(rate=st.floats(0.3, 50), wishes=st.integers(1, 80))
@settings(max_examples=60)
def test_permits_are_evenly_spaced_with_at_most_two_at_once(rate: float, wishes: int) -> None:
    """Under pressure: two at once, then one every 1/rate seconds."""
    bucket, now, times = Bucket(rate, 2, 0.0), 0.0, []
    for _ in range(wishes):
        now += bucket.wait(now)
        bucket.take(now)
        times.append(now)
    assert times == pytest.approx([max(0, number - 1) / rate for number in range(wishes)])


async def test_the_more_important_goes_first() -> None:
    """Interactive before run before background, equals in their order."""
    clock = LeapClock()
    pacing = Pacing(clock)
    order: list[str] = []

    async def ask(name: str, priority: Priority) -> None:
        await pacing.turn(write=False, priority=priority)
        order.append(name)

    wishes = [
        ("background", Priority.BACKGROUND),
        ("run", Priority.RUN),
        ("first click", Priority.INTERACTIVE),
        ("second click", Priority.INTERACTIVE),
    ]
    await asyncio.gather(*(ask(name, priority) for name, priority in wishes))
    assert order == ["first click", "second click", "run", "background"]
    await pacing.close()


async def test_nobody_is_starved_by_clicks_without_a_pause() -> None:
    """Eight clicks wait before the run does: it comes after three of them, and again after three more."""
    pacing = Pacing(LeapClock())
    order: list[str] = []

    async def ask(name: str, priority: Priority) -> None:
        await pacing.turn(write=False, priority=priority)
        order.append(name)

    clicks = [ask("click", Priority.INTERACTIVE) for _ in range(8)]
    await asyncio.gather(*clicks, *(ask("run", Priority.RUN) for _ in range(2)))
    assert order == [*["click"] * 3, "run", *["click"] * 3, "run", *["click"] * 2]
    await pacing.close()


async def test_background_reads_get_a_fifth_while_a_run_is_on() -> None:
    """Five permits per second alone; one per second after a request of a run, until ten seconds later."""
    clock = LeapClock()
    pacing = Pacing(clock)

    async def seconds_for(turns: int) -> float:
        began = clock.seconds
        for _ in range(turns):
            await pacing.turn(write=False, priority=Priority.BACKGROUND)
        return clock.seconds - began

    clock.seconds = 100.0
    alone = await seconds_for(10)
    await pacing.turn(write=True, priority=Priority.RUN)
    beside_a_run = await seconds_for(5)
    clock.seconds += 20
    after = await seconds_for(10)
    assert [alone, beside_a_run, after] == pytest.approx([1.6, 4.0, 1.6])
    await pacing.close()


async def test_writes_begin_at_two_per_second_and_reads_at_half_the_limit() -> None:
    """Design §5: the plan's own limits, one half of them, writes from 2 per second up."""
    pacing = Pacing(LeapClock())
    pacing.limits(reads=100, writes=60)
    assert (pacing.reads.rate, pacing.reads.ceiling, pacing.writes.rate, pacing.writes.ceiling) == (
        50,
        50,
        2,
        30,
    )


async def test_the_rate_rises_while_all_is_well_and_halves_on_429() -> None:
    """AIMD between a floor and the ceiling; several 429 within a second are one sign."""
    clock = LeapClock()
    pace = Pacing(clock).writes
    seen = [pace.rate]
    for _ in range(20):
        pace.well()
    seen.append(pace.rate)
    pace.limited()
    pace.limited()
    seen.append(pace.rate)
    for _ in range(9):
        clock.seconds += 1
        pace.limited()
    seen.append(pace.rate)
    assert seen == [2.0, 5.0, 2.5, 0.25]


async def test_somebody_who_left_the_queue_uses_no_permit() -> None:
    """A cancelled caller is passed over."""
    clock = LeapClock()
    pacing = Pacing(clock)
    leaving = asyncio.create_task(pacing.turn(write=True, priority=Priority.RUN))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    for _ in range(2):
        await pacing.turn(write=True, priority=Priority.RUN)
    assert clock.seconds == 0.0
    await pacing.close()


async def test_closing_cancels_those_who_wait() -> None:
    """Nobody hangs in a queue that is no longer served."""
    pacing = Pacing(LeapClock())
    waiting = asyncio.create_task(pacing.turn(write=True, priority=Priority.RUN))
    await asyncio.sleep(0)
    await pacing.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
