"""The whole run: life after life, then one that is left alone, then the check."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.domain.audit import EventKind
from bot.domain.operation import ENDS, State
from bot.ports.store import Transaction
from bot.service.story import UNFINISHED
from bot.slack.messages import head
from crash import troubles
from crash.boundaries import Boundary, anywhere, die, exact
from crash.check import Findings, check
from crash.city import City, city

SETTLED_WITHIN = 120.0
_CALM = 0.3
"""Share of lives without faults: in those it is measured how soon a run goes on."""
_CANCELLED = 0.04
"""Share of lives before which something that runs or waits is cancelled."""
_MOVES_ON = frozenset({EventKind.MOVED, EventKind.INTENT, EventKind.RESULT, EventKind.OUTCOME})
_UNDER_WAY = frozenset({State.RUNNING, State.CANCELLING})


@dataclass
class Figures:
    """What a run came to. ``resumed`` are seconds from a start to the first row of work that was going on."""

    kills: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    troubles: int = 0
    resumed: list[float] = field(default_factory=list)
    stopped: float = 0.0
    seconds: float = 0.0
    findings: Findings = field(default_factory=Findings)


async def run(
    programme: Sequence[Boundary],
    organizations: int,
    members: int,
    rng: random.Random,
    say: Callable[[str], None],
) -> Figures:
    """Kill a bot at each boundary of the programme, let it finish, and look."""
    figures, began = Figures(), time.monotonic()
    async with city(organizations, members, rng) as place:
        for number, boundary in enumerate(programme, start=1):
            await _life(place, boundary, rng, figures)
            say(f"{number}/{len(programme)}  {boundary.name}")
        await _finish(place, figures)
        figures.findings = await check(place.sites, place.store)
        figures.findings.violations += _complaints(place)
    figures.seconds = time.monotonic() - began
    return figures


def programme_of(kills: int, rng: random.Random) -> list[Boundary]:
    """Every exact boundary as often as there is room for, one in six anywhere, in a mixed order."""
    named = exact()
    at_random = kills // 6
    programme = [named[number % len(named)] for number in range(kills - at_random)]
    programme += [anywhere(rng) for _ in range(at_random)]
    rng.shuffle(programme)
    return programme


async def _life(place: City, boundary: Boundary, rng: random.Random, figures: Figures) -> None:
    calm = rng.random() < _CALM
    for one, work in zip(place.sites, place.works, strict=True):
        troubles.clear(one)
        await work.supply(2)
        if rng.random() < _CANCELLED:
            await work.stop_one()
        if not calm:
            figures.troubles += troubles.order(one, rng)
    watching = asyncio.create_task(_goes_on(place)) if calm and await _under_way(place) else None
    reached = await die(place.child, boundary, place.sites, rng)
    (figures.kills if reached else figures.missed)[boundary.name] += 1
    if watching is not None:
        watching.cancel()
        [seconds] = await asyncio.gather(watching, return_exceptions=True)
        if isinstance(seconds, float):
            figures.resumed.append(seconds)


async def _under_way(place: City) -> bool:
    """Whether something is running that the next start has to take up."""
    return any([await work.operations(_UNDER_WAY) for work in place.works])


async def _goes_on(place: City) -> float:
    """Seconds from now until a run that was interrupted shows a new row."""
    began = time.monotonic()
    running = {one.id for work in place.works for one in await work.operations(_UNDER_WAY)}
    since = (await place.store.read(lambda tx: tx.head())).seq

    def moved(tx: Transaction) -> bool:
        rows = tx.rows(after=since, limit=200)
        return any(row.event.kind in _MOVES_ON and row.event.operation in running for row in rows)

    while not await place.store.read(moved):  # noqa: ASYNC110  another process writes; nothing tells us
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def _finish(place: City, figures: Figures) -> None:
    """Everything works: what is left comes to its end, with all of its messages."""
    for one in place.sites:
        troubles.clear(one)
    await place.child.start()
    give_up = time.monotonic() + SETTLED_WITHIN
    while time.monotonic() < give_up and not await _settled(place):
        await asyncio.sleep(0.5)
        for work in place.works:
            await work.supply(0)
    figures.stopped = await place.child.stop()


async def _settled(place: City) -> bool:
    """Whether nothing waits or runs, and every operation has its head in its thread."""
    for work in place.works:
        if await work.operations(UNFINISHED):
            return False
        ended = [one.id for one in await work.operations(ENDS - {State.DISCARDED})]
        if not await place.store.read(partial(_have_heads, operations=ended)):
            return False
    return True


def _have_heads(tx: Transaction, operations: Sequence[str]) -> bool:
    posts = (tx.posts(uid).get(head.PART) for uid in operations)
    return all(post is not None and post.ts for post in posts)


def _complaints(place: City) -> list[str]:
    """What the bot's log says of itself: no traceback, nothing that stumbled."""
    lines = place.child.log.read_text("utf-8", "replace").splitlines()
    return [f"log: {line}" for line in lines if "Traceback" in line or "stumbled" in line][:20]


def median(values: list[float]) -> float:
    """The middle one; 0 for none."""
    return statistics.median(values) if values else 0.0
