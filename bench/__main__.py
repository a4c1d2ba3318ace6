"""``python -m bench [--only PART] [--quick]`` prints one table; exit code 1 if a part was not measured."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
import traceback
from collections.abc import Awaitable, Mapping
from typing import Protocol

import click

from bench import acknowledge, page, plain, scale, side_by_side, start, ten, typeahead, under_load
from bench.figures import Figure, table, told


class Part(Protocol):
    """A part of the bench."""

    def __call__(self, *, quick: bool) -> Awaitable[list[Figure]]:
        """Measure, within a bounded time."""


PARTS: Mapping[str, Part] = {
    "ack": acknowledge.measure,
    "typeahead": typeahead.measure,
    "start": start.measure,
    "ten": ten.measure,
    "ordinary": scale.ordinary,
    "scale": scale.fast,
    "own-cost": scale.unpaced,
    "under-load": under_load.measure,
    "side-by-side": side_by_side.measure,
    "plain": plain.measure,
    "page": page.measure,
}

LONGEST = 420.0
"""Seconds after which a part counts as not measured."""


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="Run this part; may be repeated.")
@click.option("--quick", is_flag=True, help="Fewer rounds: a look, not a measurement.")
def main(*, only: tuple[str, ...], quick: bool) -> None:
    """Measure how fast Rollcall is, against itself and others, on loopback.

    All of it takes about a quarter of an hour on two idle processors, and no part more than seven minutes.
    """
    logging.basicConfig(level=logging.ERROR)
    chosen = [name for name in PARTS if not only or name in only]
    before = os.getloadavg()[0]
    figures, whole = asyncio.run(_measure(chosen, quick=quick))
    busy = f"{before:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
    figures.append(told("machine", f"load of {os.cpu_count()} processors, this bench's own included", busy))
    click.echo(table(figures))
    sys.exit(0 if whole else 1)


async def _measure(names: list[str], *, quick: bool) -> tuple[list[Figure], bool]:
    figures: list[Figure] = []
    whole = True
    for name in names:
        began = time.monotonic()
        click.echo(f"measuring {name} ...", err=True, nl=False)
        try:
            async with asyncio.timeout(LONGEST):
                found = await PARTS[name](quick=quick)
        except Exception as error:  # noqa: BLE001  whatever it was: the other parts are measured all the same
            traceback.print_exc()
            found = [Figure(name, "could not be measured", type(error).__name__, "", met=False)]
            whole = False
        figures += found
        click.echo(f" {time.monotonic() - began:.0f} s\n{table(found)}", err=True)
    return figures, whole


if __name__ == "__main__":
    main()
