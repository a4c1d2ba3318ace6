"""People per second against the physical limit, and what is our own when nothing limits us.

Removals, the costliest action: each batch of ten is read again, called for, and verified. The physical limit
is what the paced rate allows for the requests that a run makes: until the first call its reads and its writes
(what is not GET) at their rates, and the same from the first call on; of two lanes side by side the busier
one counts. Without any limit, our own cost is the time in which no request is under way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.children import running
from bench.figures import Figure, at_least, at_most, busy, told
from bench.operations import asked
from bench.place import UNLIMITED, Place, served
from bot.sandbox.contentstack.journal import Entry

PART = "scale"
CHILD = Path(__file__).with_name("scale_child.py")
SIZES = (10, 100, 1_000, 10_000)
QUICK = (10, 100, 500)
ORDINARY_SIZES = (10, 100, 500)
ORDINARY = 10
"""Requests per second of each kind that every plan has (CS §5.1)."""
FAST = 40
"""A plan with four times as many, so that 10,000 people fit: physically some two and a half minutes."""
SHARE = 0.5
"""What the bot takes of it, unless it is told otherwise."""
GOAL_SHARE = 0.95
GOAL_MS = 3.0
GOAL_GROWTH = 25.0
"""Megabytes that the process may grow by from the first run to the last."""
PATIENCE = 330.0
"""Seconds for all sizes of a part; one that does not fit is said to have had no time."""

Run = dict[str, Any]


async def ordinary(*, quick: bool) -> list[Figure]:
    """At the rate of an ordinary plan."""
    return await _paced("ordinary", ORDINARY_SIZES[:2] if quick else ORDINARY_SIZES, ORDINARY)


async def fast(*, quick: bool) -> list[Figure]:
    """At four times that rate, and over as many people as anybody has."""
    return await _paced(PART, QUICK if quick else SIZES, FAST)


async def _paced(part: str, sizes: Sequence[int], limit: int) -> list[Figure]:
    figures, rate = [], limit * SHARE
    async with served(members=_enough(sizes), per_second=limit) as place:
        runs = await _runs(place, sizes, share=SHARE)
        for run in runs:
            taken = run["ended"] - run["queued"]
            needed = physical(asked(place, run["queued"], run["ended"]), rate)
            what = f"{run['people']} people: share of the physical limit"
            figures.append(at_least(part, what, needed / taken, GOAL_SHARE))
            found = f"{run['people'] / taken:.1f} a second; {taken:.1f} s, physically {needed:.1f} s"
            figures.append(told(part, f"{run['people']} people at {rate:g} requests a second", found))
    return [*figures, *_memory(part, runs), *_left_out(part, sizes, runs)]


async def unpaced(*, quick: bool) -> list[Figure]:
    """With no limit and an API that answers at once."""
    sizes = QUICK if quick else SIZES
    figures, own = [], []
    async with served(members=_enough(sizes), per_second=UNLIMITED) as place:
        runs = await _runs(place, sizes, "--unpaced")
        for run in runs:
            taken = run["ended"] - run["queued"]
            api = busy(_span(one) for one in asked(place, run["queued"], run["ended"]))
            figures += _own(run, taken, api)
            own.append(taken - api)
    return [*figures, *_further(runs, own), *_left_out("own-cost", sizes, runs)]


def _further(runs: Sequence[Run], own: Sequence[float]) -> list[Figure]:
    """What each person more costs us, without the beginning of a run, which reads the whole organization."""
    if len(runs) == 1:
        return []
    first, last = runs[0]["people"], runs[-1]["people"]
    each = (own[-1] - own[0]) * 1000 / (last - first)
    return [at_most("own-cost", f"each person more, from {first} to {last}", each, GOAL_MS, " ms")]


def _own(run: Run, taken: float, api: float) -> list[Figure]:
    """Our part of a run; of ten people most is the beginning and the end, so they have no goal."""
    people, part = run["people"], "own-cost"
    each = (taken - api) * 1000 / people
    what = f"{people} people, no limit: own time per person"
    few = people <= SIZES[0]
    own = told(part, what, f"{each:.1f} ms") if few else at_most(part, what, each, GOAL_MS, " ms")
    processor = run["cpu"] * 1000 / people
    sealed = run["proposing"]
    detail = f"{taken:.1f} s, API {api:.1f} s, processor {processor:.1f} ms each, sealed in {sealed:.2f} s"
    return [own, told(part, f"{people} people: whole run", detail)]


def _left_out(part: str, sizes: Sequence[int], runs: Sequence[Run]) -> list[Figure]:
    """The sizes for which there was no time on this machine."""
    late = sizes[len(runs) :]
    return [Figure(part, f"{size} people", f"did not fit into {PATIENCE:g} s", met=False) for size in late]


def _enough(sizes: Sequence[int]) -> int:
    """Members of whom so many are plain, accepted people."""
    return int(sum(sizes) * 1.3) + 200


async def _runs(place: Place, sizes: Sequence[int], *arguments: str, share: float = 1.0) -> list[Run]:
    words = [*(str(size) for size in sizes), *arguments]
    settings = place.settings(ROLLCALL_RATE_SHARE=str(share))
    async with running(CHILD, place.directory / "home", settings, *words) as child:
        runs: list[Run] = [json.loads(line) for line in await child.lines(PATIENCE)]
    if not runs:
        raise TimeoutError(f"not even {sizes[0]} people within {PATIENCE:g} s")
    for run in runs:
        if run["state"] != "done":
            raise LookupError(f"the run over {run['people']} people ended as {run['state']}")
    return runs


def _memory(part: str, runs: Sequence[Run]) -> list[Figure]:
    first, last = runs[0], runs[-1]
    held = ", ".join(f"{run['resident']:.0f}" for run in runs)
    growth = last["resident"] - first["resident"]
    what = f"memory from {first['people']} to {last['people']} people: growth"
    return [
        at_most(part, what, growth, GOAL_GROWTH, " MB"),
        told(part, "memory after each run, and the peak (RSS)", f"{held} MB, {last['peak']:.0f} MB"),
    ]


def physical(found: Sequence[Entry], rate: float) -> float:
    """Seconds that the paced rate asks for these requests, in their two phases."""
    first = next((number for number, one in enumerate(found) if one.method == "DELETE"), len(found))
    return sum(_busier(phase) / rate for phase in (found[:first], found[first:]))


def _busier(phase: Sequence[Entry]) -> int:
    reads = sum(one.method == "GET" for one in phase)
    return max(reads, len(phase) - reads)


def _span(entry: Entry) -> tuple[float, float]:
    return entry.at, entry.at + (entry.ms or 0.0) / 1000
