"""From nothing to the first acknowledged command: the process, its imports, its files, its connection."""

from __future__ import annotations

import time

from bench import hands
from bench.children import BOT, running
from bench.figures import Figure, at_most, median, told
from bench.place import Place, served

PART = "start"
GOAL_SECONDS = 2.0
PATIENCE = 30.0


async def measure(*, quick: bool) -> list[Figure]:
    """Starts into an empty data directory, and starts that find what an earlier one kept."""
    rounds = 2 if quick else 7
    async with served() as place:
        await _start(place, "warm-up")
        first = [await _start(place, f"first-{number}") for number in range(rounds)]
        await _start(place, "again")
        again = [await _start(place, "again") for _ in range(rounds)]
    return [
        at_most(
            PART,
            f"cold start to first ack, empty directory (median of {rounds})",
            median(first),
            GOAL_SECONDS,
            " s",
        ),
        at_most(
            PART,
            f"start to first ack, with kept data (median of {rounds})",
            median(again),
            GOAL_SECONDS,
            " s",
        ),
        told(PART, "the slowest of all", f"{max(*first, *again):.2f} s"),
    ]


async def _start(place: Place, name: str) -> float:
    """Seconds from the start of the process to the acknowledgement of a command."""
    person = place.core.workspace.person("ada")
    hands.put_away(place.core, person)
    began = time.perf_counter()
    async with running(BOT, place.directory / f"home-{name}", place.settings(name)):
        await hands.first_answer(place.core, person, PATIENCE)
        return time.perf_counter() - began
