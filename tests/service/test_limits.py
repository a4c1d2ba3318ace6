"""The organization's rate limit, seen from the other side: in the journal of the simulated Contentstack."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.domain.actions import ActionKey
from bot.domain.operation import State
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.journal import Entry
from tests.clocks import TripleClock
from tests.service.stage import Stage, staged

LIMIT = 10
"""Requests per second and kind, as every plan has (CS §5.1)."""

CLOCK = TripleClock()

PEOPLE = (
    seed.PLUS,
    seed.NON_ASCII,
    seed.UPPER,
    seed.TIMED_LOCK,
    seed.FULL_LOCK,
    seed.NO_SESSION,
    seed.NEVER,
    seed.MFA_USER,
)


async def for_ever(ask: Callable[[], Awaitable[object]]) -> None:
    while True:
        await ask()
        await CLOCK.sleep(0.5)


def most_in_a_second(entries: list[Entry]) -> int:
    """The fullest second that begins with any of the requests."""
    times = [entry.monotonic for entry in entries]
    return max(sum(0 <= other - begin < 1 for other in times) for begin in times)


async def run_beside_reads(stage: Stage) -> State:
    """A run, the whole directory read again and again, and three people who look somebody up all the time."""
    queued = await stage.queued(ActionKey.ORG_ROLE, *PEOPLE, org_roles=(seed.ANALYTICS_ROLE,))
    others = [
        asyncio.create_task(for_ever(lambda: stage.api.directory(max_age=0))),
        *(asyncio.create_task(for_ever(lambda: stage.api.members([seed.MIA]))) for _ in range(3)),
    ]
    try:
        return (await stage.run(queued)).state
    finally:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@pytest.mark.parametrize("trouble", [False, True], ids=["all is well", "after a 429"])
async def test_no_second_sees_more_than_the_limit_whatever_else_runs(tmp_path: Path, trouble: bool) -> None:
    """Reads and writes apart stay within the plan's limit in every second, and nothing is ever refused."""
    async with staged(tmp_path, limit=LIMIT, share=0.5, shared=CLOCK) as stage:
        if trouble:
            stage.contentstack.faults.add(_one_429())
        assert await run_beside_reads(stage) is State.DONE
        entries = list(stage.contentstack.journal.entries)
        fullest = {
            get: most_in_a_second([one for one in entries if (one.method == "GET") is get])
            for get in (True, False)
        }
        refused = [one for one in entries if one.status == 429 and not one.faults]
        assert (fullest[True] <= LIMIT, fullest[False] <= LIMIT, refused) == (True, True, []), fullest


def _one_429() -> Fault:
    return Fault(0, Kind.RATE_LIMIT, "PATCH", "/v4/")
