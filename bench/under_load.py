"""Acknowledgements while operations run.

Twenty operations of one organization are asked for at once: one of them runs and the others wait for their
turn, which is what the house allows (design §4); Contentstack takes its time, so that they all last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bench import hands, operations
from bench.children import BOT, running
from bench.figures import Figure, at_most, median, p99, told
from bench.operations import Watch, watching
from bench.place import Place, enlist, served, until_read
from bot.domain.operation import State
from bot.sandbox.workspace.state import Person

PART = "under-load"
OPERATIONS = 20
PEOPLE = 10
DELAY_MS = 250
GOAL_MS = 100.0
PATIENCE = 120.0
UNDER_WAY = frozenset({State.QUEUED, State.RUNNING})


async def measure(*, quick: bool) -> list[Figure]:
    """Commands of others, one after another and ten at once, as long as something runs."""
    count = 5 if quick else OPERATIONS
    async with served(members=500) as place:
        people = enlist(place, count + PEOPLE)
        async with running(BOT, place.directory / "home", place.settings()) as bot:
            await until_read(place, bot)
            async with watching(place, place.directory / "bot" / "data") as watch:
                await _queue(place, people[:count])
                times = await _while_running(place, watch, people[count:])
                await watch.ended(count, PATIENCE, bot)
    what = f"p99 while {count} operations run or wait ({len(times)} commands)"
    return [
        at_most(PART, what, p99(times), GOAL_MS, " ms"),
        told(PART, "median, slowest", f"{median(times):.1f} ms, {max(times):.1f} ms"),
    ]


async def _queue(place: Place, people: Sequence[Person]) -> None:
    """Everybody confirms an operation, all at once, while Contentstack is slow to carry them out."""
    place.latency(DELAY_MS)
    emails = [share.email for share in place.plain_members()]
    chosen = [", ".join(emails.pop() for _ in range(PEOPLE)) for _ in people]
    confirmed = (
        operations.confirm(place, person, f"kill_sessions {them}")
        for person, them in zip(people, chosen, strict=True)
    )
    await asyncio.gather(*confirmed)


async def _while_running(place: Place, watch: Watch, people: Sequence[Person]) -> list[float]:
    core = place.core
    since = core.journal.seq
    while await watch.operations(UNDER_WAY):
        for person in people:
            await hands.command(core, person)
        await asyncio.gather(*(hands.command(core, person) for person in people))
        await asyncio.sleep(0.25)
        hands.put_away(core, *people)
    times = hands.acknowledged(core, since, hands.NAME)
    if not times:
        raise LookupError("nothing ran while commands were typed")
    return times
