"""``python -m tests.model.prove [NUMBER [SEED]]``: many sequences on every core, and none may end badly.

No sequence of clicks by any actors, with time passing and roles changing between, leads to a run that lacks
its approvals, includes a forbidden target, or runs twice. A sequence that does is printed as short as it can
be made, and the exit code is 1.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.model.judge import Wrong
from tests.model.play import KINDS, Step, Table, drawn

NUMBER = 100_000
CHUNK = 500
TOLD = 10_000
"""Sequences between two lines that say how far it is."""


class InThisThread(ThreadPoolExecutor):
    """What would go to another thread is done at once: everything happens in one order."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  the future carries whatever it was
            future.set_exception(error)
        return future


@dataclass
class Found:
    """What some sequences came to."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: str = ""
    steps: Sequence[Step] = ()


def sequence(seed: int, number: int, kinds: Sequence[str]) -> list[Step]:
    """The sequence with this number."""
    return drawn(Random(f"{seed}:{number}"), kinds)


async def _trial(table: Table, steps: Sequence[Step]) -> tuple[str, Counter[str]]:
    try:
        return "", Counter(vars(await table.play(steps)))
    except Wrong as wrong:
        return str(wrong), Counter()
    except Exception as error:  # noqa: BLE001  no sequence may break the code either
        return f"{type(error).__name__}: {error}", Counter()


async def search(
    seed: int, first: int, number: int, kinds: Sequence[str] = KINDS, *, shorten: bool = True
) -> Found:
    """Play sequences until one is wrong, and make that one as short as it gets."""
    asyncio.get_running_loop().set_default_executor(InThisThread())
    table, found = Table(), Found()
    for index in range(first, first + number):
        steps = sequence(seed, index, kinds)
        wrong, counts = await _trial(table, steps)
        found.counts += counts + Counter(sequences=1, running=int(counts["ran"] > 0))
        if wrong:
            found.wrong, found.steps = wrong, steps
            if shorten:
                found.wrong, found.steps = await _shortest(table, steps, wrong)
            return found
    return found


async def _shortest(table: Table, steps: Sequence[Step], wrong: str) -> tuple[str, Sequence[Step]]:
    again = True
    while again:
        again = False
        for candidate in _simpler(steps):
            told, _ = await _trial(table, candidate)
            if told:
                wrong, steps, again = told, candidate, True
                break
    return wrong, steps


def _simpler(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """The same with some steps left out, long pieces first, and then with a number made nothing."""
    size = len(steps)
    while size := size // 2:
        for start in range(len(steps) - size + 1):
            yield [*steps[:start], *steps[start + size :]]
    for index, step in enumerate(steps):
        for simpler in (step._replace(a=0), step._replace(b=0), step._replace(c=0)):
            if simpler != step:
                yield [*steps[:index], simpler, *steps[index + 1 :]]


def _chunk(seed: int, first: int, number: int) -> Found:
    return asyncio.run(search(seed, first, number))


def main(number: int = NUMBER, seed: int | None = None) -> int:
    """Play them all; 0 where none was wrong."""
    seed = int(time.time()) if seed is None else seed
    workers, began, counts = os.cpu_count() or 1, time.monotonic(), Counter[str]()
    print(f"{number:,} sequences, seed {seed}, {workers} processes", flush=True)  # noqa: T201
    with ProcessPoolExecutor(workers) as pool:
        chunks = [
            pool.submit(_chunk, seed, first, min(CHUNK, number - first)) for first in range(0, number, CHUNK)
        ]
        for done in as_completed(chunks):
            found = done.result()
            before = counts["sequences"]
            counts += found.counts
            if found.wrong:
                pool.shutdown(wait=False, cancel_futures=True)
                print(_told(found))  # noqa: T201
                return 1
            if counts["sequences"] // TOLD > before // TOLD:
                print(_counted(counts, began), flush=True)  # noqa: T201
    print(f"None was wrong. {_counted(counts, began)}")  # noqa: T201
    return 0


def _counted(counts: Counter[str], began: float) -> str:
    seconds = max(time.monotonic() - began, 0.001)
    return (
        f"{counts['sequences']:,} sequences in {seconds:,.0f} s ({counts['sequences'] / seconds:,.0f}/s): "
        f"{counts['taken']:,} clicks taken, {counts['refused']:,} refused, {counts['ran']:,} runs in "
        f"{counts['running']:,} sequences ({counts['again']:,} of them retry or undo), "
        f"{counts['done']:,} people touched"
    )


def _told(found: Found) -> str:
    steps = "\n".join(f"    {step}" for step in found.steps)
    return f"WRONG: {found.wrong}\n{steps}"


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
