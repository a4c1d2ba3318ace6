"""Which message is edited when: the budget, the order, pauses, and that nothing is lost."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.updater import Edited, Key, Later, Nothing, Result, Slower, Updater

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@dataclass
class VirtualClock:
    """Time that passes only when everybody waits for it."""

    at: float = 0.0
    _sleepers: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        until = (self.at + seconds, asyncio.Event())
        self._sleepers.append(until)
        try:
            await until[1].wait()
        finally:
            self._sleepers.remove(until)

    async def pass_until(self, end: float) -> None:
        """Let time go on, from one waking to the next."""
        while True:
            for _ in range(20):
                await asyncio.sleep(0)
            due = min((until for until, _ in self._sleepers), default=math.inf)
            if due > end:
                self.at = end
                return
            self.at = max(self.at, due)
            for until, event in list(self._sleepers):
                if until <= self.at:
                    event.set()


@dataclass
class Slack:
    """What the updater refreshes: answers as scripted, and remembers when it was asked for what."""

    clock: VirtualClock
    ended: set[str] = field(default_factory=set)
    answers: dict[Key, deque[Result]] = field(default_factory=dict)
    seen: list[tuple[float, str]] = field(default_factory=list)

    async def refresh(self, key: Key) -> Result:
        self.seen.append((self.clock.at, key[0]))
        scripted = self.answers.get(key)
        return scripted.popleft() if scripted else Edited()

    async def which_ended(self, keys: Collection[Key]) -> frozenset[Key]:
        return frozenset(key for key in keys if key[0] in self.ended)

    def script(self, operation: str, answers: Iterable[Result]) -> None:
        self.answers[operation, "main"] = deque(answers)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def slack(clock: VirtualClock) -> Slack:
    return Slack(clock)


@asynccontextmanager
async def updating(slack: Slack) -> AsyncIterator[Updater]:
    updater = Updater(slack.refresh, slack.which_ended, slack.clock)
    task = asyncio.create_task(updater.run())
    try:
        yield updater
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def mark(updater: Updater, *operations: str) -> None:
    for operation in operations:
        updater.mark((operation, "main"))


async def test_changes_that_come_together_are_one_edit(slack: Slack, clock: VirtualClock) -> None:
    """A message that is marked five times before its turn is edited once."""
    async with updating(slack) as updater:
        mark(updater, *["op_1"] * 5)
        await clock.pass_until(10)
    assert slack.seen == [(0, "op_1")]


async def test_what_has_ended_goes_first_then_round_robin(slack: Slack, clock: VirtualClock) -> None:
    """An end overtakes everything that waits; the others keep their order."""
    slack.ended.add("op_3")
    async with updating(slack) as updater:
        mark(updater, "op_1", "op_2", "op_3")
        await clock.pass_until(10)
    assert [operation for _, operation in slack.seen] == ["op_3", "op_1", "op_2"]


async def test_progress_leaves_room_for_an_end(slack: Slack, clock: VirtualClock) -> None:
    """While ten operations report without pause, an end is shown at once, not in its turn."""

    async def report(updater: Updater) -> None:
        while True:
            mark(updater, *(f"op_{n}" for n in range(10)))
            await clock.sleep(0.5)

    async with updating(slack) as updater:
        reporter = asyncio.create_task(report(updater))
        await clock.pass_until(120)
        slack.ended.add("op_end")
        mark(updater, "op_end")
        await clock.pass_until(121)
        reporter.cancel()
        await asyncio.gather(reporter, return_exceptions=True)
    assert [at for at, operation in slack.seen if operation == "op_end"] == [120]


async def test_no_minute_sees_more_than_45_edits(slack: Slack, clock: VirtualClock) -> None:
    """Neither a flood of progress nor sixty ends at once go over the budget, and each end is shown."""
    ends = [f"end_{n}" for n in range(60)]
    async with updating(slack) as updater:
        for second in range(120):
            mark(updater, *(f"op_{n}" for n in range(10)))
            await clock.pass_until(second)
        slack.ended.update(ends)
        mark(updater, *ends)
        await clock.pass_until(400)
    times = [at for at, _ in slack.seen]
    assert max(sum(start <= at < start + 60 for at in times) for start in times) == 45
    assert [operation for _, operation in slack.seen if operation in ends] == ends


async def test_one_message_is_edited_at_most_once_a_second(slack: Slack, clock: VirtualClock) -> None:
    """Ten changes within a second are two edits: the first at once, the last a second later."""
    async with updating(slack) as updater:
        for tenth in range(10):
            mark(updater, "op_1")
            await clock.pass_until(tenth / 10)
        await clock.pass_until(5)
    assert [at for at, _ in slack.seen] == [0, 1]


async def test_retry_after_stops_all_edits_and_loses_none(slack: Slack, clock: VirtualClock) -> None:
    """After a 429 nothing is asked before the time that Slack named, then everything comes."""
    slack.script("op_1", [Slower(30)])
    slack.ended.add("op_1")
    async with updating(slack) as updater:
        mark(updater, "op_1", "op_2")
        await clock.pass_until(60)
    assert slack.seen == [(0, "op_1"), (30, "op_1"), (30, "op_2")]


async def test_trouble_with_one_message_delays_that_one_only(slack: Slack, clock: VirtualClock) -> None:
    """A message that fails backs off in growing steps while others go on; it comes through in the end."""
    slack.script("op_1", [Later(), Later(), Later(5), Edited()])
    async with updating(slack) as updater:
        mark(updater, "op_1", "op_2")
        await clock.pass_until(60)
    assert slack.seen == [(0, "op_1"), (0, "op_2"), (2, "op_1"), (6, "op_1"), (11, "op_1")]


async def test_a_refresh_that_breaks_is_logged_and_tried_again(
    slack: Slack, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours in one message silences neither that message nor the others."""

    async def refresh(key: Key) -> Result:
        slack.seen.append((clock.at, key[0]))
        if key[0] == "op_1" and clock.at == 0:
            raise RuntimeError("cannot be built")
        return Edited()

    updater = Updater(refresh, slack.which_ended, clock)
    task = asyncio.create_task(updater.run())
    mark(updater, "op_1", "op_2")
    await clock.pass_until(10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert slack.seen == [(0, "op_1"), (0, "op_2"), (2, "op_1")]
    assert [record.message for record in caplog.records] == [
        "message main of operation op_1 cannot be refreshed"
    ]


async def test_looking_without_editing_costs_nothing(slack: Slack, clock: VirtualClock) -> None:
    """A hundred looks that found nothing to change happen at once."""
    operations = [f"op_{n}" for n in range(100)]
    for operation in operations:
        slack.script(operation, [Nothing()])
    async with updating(slack) as updater:
        mark(updater, *operations)
        await clock.pass_until(0)
        for _ in range(1_000):
            await asyncio.sleep(0)
    assert slack.seen == [(0, operation) for operation in operations]


async def test_quiet_comes_when_nothing_waits(slack: Slack, clock: VirtualClock) -> None:
    """Waiting for quiet ends after the last message, also one that had to be tried again."""
    slack.script("op_1", [Later(3), Edited()])
    async with updating(slack) as updater:
        await updater.quiet()
        mark(updater, "op_1")
        waiting = asyncio.create_task(updater.quiet())
        await clock.pass_until(2)
        assert not waiting.done()
        await clock.pass_until(4)
        assert waiting.done()
