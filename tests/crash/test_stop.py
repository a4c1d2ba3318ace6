"""SIGTERM in the middle of a run, and the start after it; real processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from bot.domain.actions import ActionKey
from bot.domain.operation import Operation, State
from bot.ports.store import Transaction
from bot.sandbox.contentstack.faults import Fault, Kind
from crash.check import check
from crash.city import City
from crash.work import ACTIONS

T = TypeVar("T")

NOBODY_WAITS_LONGER = 180.0


async def until(true: Callable[[], Awaitable[T]], seconds: float = NOBODY_WAITS_LONGER) -> T:
    """What it gives as soon as that is something; other processes do not tell us by themselves."""
    async with asyncio.timeout(seconds):
        while not (found := await true()):  # noqa: ASYNC110  likewise
            await asyncio.sleep(0.05)
    return found


async def until_state(place: City, *states: State) -> Operation:
    return (await until(lambda: place.works[0].operations(states)))[0]


async def until_asked(place: City, method: str, times: int = 1) -> None:
    async def enough() -> bool:
        return asked(place, method) >= times

    await until(enough)


async def until_head(place: City, operation: Operation) -> None:
    def has_head(tx: Transaction) -> bool:
        post = tx.posts(operation.id).get("head")
        return bool(post and post.ts)

    await until(lambda: place.store.read(has_head))


async def until_told(place: City) -> str:
    """What was said of the data directory, in a channel or in private."""
    channels = place.sites[0].workspace.core.workspace.channels

    async def told() -> str:
        texts = [message.text for channel in channels.values() for message in channel.messages.values()]
        return next((text for text in texts if "data directory" in text), "")

    return await until(told)


async def running(place: City, action: ActionKey, people: int, *, impatient: bool = False) -> Operation:
    """One operation of this action, and the bot that has begun it (``impatient``: `crash.process.Child`)."""
    [work] = place.works
    work.pools = {one: work.pools[one] if one is action else [] for one in ACTIONS}
    await work.ask(people)
    await work.supply(0)  # another admin agrees where the policy wants that
    await place.child.start(impatient=impatient)
    return await until_state(place, State.RUNNING)


def asked(place: City, method: str) -> int:
    entries = place.sites[0].contentstack.journal.entries
    return sum(one.method == method and "/search" not in one.path for one in entries)


async def doubts(place: City, operation: Operation) -> int:
    def look(tx: Transaction) -> int:
        return sum(call.in_doubt for call in tx.calls(operation.id))

    return await place.store.read(look)


async def test_a_stop_settles_the_call_under_way_and_the_next_start_goes_on(place: City) -> None:
    """Calls of a second each: at most the one under way is in doubt, and the next start settles it."""
    [site] = place.sites
    site.contentstack.faults.add(Fault(0, Kind.LATENCY, "PATCH", "/v4/", count=None, ms=1000))
    operation = await running(place, ActionKey.ORG_ROLE, 12)
    await until_asked(place, "PATCH")
    seconds = await place.child.stop()
    doubtful = await doubts(place, operation)
    assert (seconds < 10, place.child.exit_code, doubtful <= 1) == (True, 0, True)
    site.contentstack.faults.clear()
    before = asked(place, "PATCH")
    await place.child.start()
    await until_asked(place, "PATCH", before + 1)
    ended = await until_state(place, State.DONE)
    assert ended.id == operation.id
    await place.child.stop()
    assert asked(place, "PATCH") <= len(operation.plan.to_run) + doubtful


async def test_a_stop_does_not_wait_for_an_answer_that_never_comes(place: City) -> None:
    """The call stays in doubt, the process is gone in ten seconds, and the next one settles it by name."""
    [site] = place.sites
    site.contentstack.faults.add(Fault(0, Kind.HANG_AFTER, "POST", "/actions/"))
    operation = await running(place, ActionKey.PASSWORD_RESET, 1)
    await until_asked(place, "POST")
    seconds = await place.child.stop()
    assert (seconds < 10, place.child.exit_code) == (True, 0)
    await place.child.start()
    ended = await until_state(place, State.PARTLY_DONE)
    outcomes = await place.store.read(lambda tx: tx.outcomes(operation.id))
    await until_head(place, ended)
    await place.child.stop()
    findings = await check(place.sites, place.store)
    assert [type(one).__name__ for one in outcomes.values()] == ["Unknown"]
    assert (asked(place, "POST"), findings.violations) == (1, [])


@pytest.mark.parametrize("lifted", ["before a stop", "while it runs"])
async def test_a_full_disk_loses_nothing(place: City, lifted: str) -> None:
    """Nothing can be written in the middle of a run: that is said; with room again all have an outcome."""
    operation = await running(place, ActionKey.ORG_ROLE, 12, impatient=True)
    await until_asked(place, "PATCH", 2)
    place.child.fill_disk()
    calls = asked(place, "PATCH")
    assert "cannot write to its data directory" in await until_told(place)
    assert asked(place, "PATCH") <= calls + 1
    assert place.child.lives
    place.child.make_room()
    if lifted == "before a stop":
        assert await place.child.stop() < 10
        await place.child.start()

    async def ends() -> list[Operation]:
        await place.works[0].supply(0)  # Resume, if it could be held
        return await place.works[0].operations({State.DONE, State.PARTLY_DONE})

    ended = await until(ends)
    await until_head(place, operation)
    await place.child.stop()
    assert [one.id for one in ended] == [operation.id]
    assert (await check(place.sites, place.store)).violations == []
