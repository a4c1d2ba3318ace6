"""From nothing to the first acknowledged command: the process, its imports, its files, its connection."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench import hands
from bench.children import BOT, running
from bench.figures import Figure, at_most, median, told
from bench.place import Place, served

PART = "start"
GOAL_SECONDS = 2.0
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class _Start:
    """What one start took to the first acknowledgement: seconds by the clock, and of processor time.

    A busy machine changes the second figure far less than the first.
    """

    seconds: float
    processor: float


async def measure(*, quick: bool) -> list[Figure]:
    """Starts into an empty data directory, and starts that find what an earlier one kept."""
    rounds = 2 if quick else 7
    async with served() as place:
        await _start(place, "warm-up")
        first = [await _start(place, f"first-{number}") for number in range(rounds)]
        await _start(place, "again")
        again = [await _start(place, "again") for _ in range(rounds)]
    return [
        *_figures("cold start to first ack, empty directory", first),
        *_figures("start to first ack, with kept data", again),
        told(PART, "the slowest of all", f"{max(one.seconds for one in (*first, *again)):.2f} s"),
    ]


def _figures(what: str, starts: list[_Start]) -> list[Figure]:
    seconds = median([one.seconds for one in starts])
    processor = median([one.processor for one in starts])
    return [
        at_most(PART, f"{what} (median of {len(starts)})", seconds, GOAL_SECONDS, " s"),
        told(PART, "  processor time of it (median)", f"{processor:.2f} s"),
    ]


async def _start(place: Place, name: str) -> _Start:
    """Start a bot and type a command until it is acknowledged."""
    person = place.core.workspace.person("ada")
    hands.put_away(place.core, person)
    began = time.perf_counter()
    async with running(BOT, place.directory / f"home-{name}", place.settings(name)) as bot:
        await hands.first_answer(place.core, person, PATIENCE)
        return _Start(time.perf_counter() - began, bot.processor)
