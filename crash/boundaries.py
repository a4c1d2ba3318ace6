"""Where a bot is killed: around every commit, around every step, with a request on its way, and anywhere."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.sandbox.contentstack import faults as contentstack
from bot.sandbox.workspace import faults as slack
from crash.process import Child
from crash.site import Site
from crash.trap import STEPS, STORE_POINTS

LOOK_SECONDS = 0.002
_OFTEN = frozenset({"intent", "result", "outcome"})
"""Points that one life passes several times, so that it need not end at the first."""

REACHED_WITHIN = 20.0
"""Seconds that a bot has to come to its boundary; then it is killed wherever it is."""

_WRITES = (("DELETE", "/share$"), ("PATCH", "/share/"), ("POST", r"(/share$|/stacks/|/actions/)"))


@dataclass(frozen=True, slots=True)
class Boundary:
    """One place to die. Exactly one of the four is set; ``anywhere`` is a time in seconds."""

    name: str
    trap: str = ""
    call: contentstack.Kind | None = None
    message: tuple[str, slack.FaultKind] | None = None
    anywhere: float = 0.0


def exact() -> list[Boundary]:
    """Every boundary that has a name."""
    store = [
        Boundary(f"{when} {point}", trap=f"{when} {point}")
        for point in STORE_POINTS
        for when in ("before", "after")
    ]
    steps = [Boundary(f"checkpoint of {step}", trap=f"checkpoint of {step}") for step in STEPS]
    entries = [Boundary(f"before {step}", trap=f"before {step}") for step in STEPS]
    return [
        *store,
        *steps,
        *entries,
        Boundary("call sent, not arrived", call=contentstack.Kind.HANG_BEFORE),
        Boundary("call done, answer lost", call=contentstack.Kind.HANG_AFTER),
        Boundary("post sent, not arrived", message=("chat.postMessage", "drop")),
        Boundary("post under way", message=("chat.postMessage", "latency")),
        Boundary("post stands, answer lost", message=("chat.postMessage", "drop_after")),
        Boundary("edit done, answer lost", message=("chat.update", "drop_after")),
    ]


def anywhere(rng: random.Random) -> Boundary:
    """Some instant between the start of the process and well into its work."""
    return Boundary("any instant", anywhere=rng.uniform(0.05, 5.0))


async def die(child: Child, boundary: Boundary, sites: Sequence[Site], rng: random.Random) -> bool:
    """Start the bot and see it dead at the boundary; False where it did not get there in time."""
    nth = rng.choice((1, 1, 2, 3)) if boundary.trap.split(" ", 1)[-1] in _OFTEN else 1
    await child.start(f"{nth}:{boundary.trap}" if boundary.trap else "")
    if boundary.trap:
        reached = await child.ended(REACHED_WITHIN) is not None
    elif boundary.anywhere:
        reached = await child.ended(boundary.anywhere) is None
    else:
        reached = await _until(_armed(boundary, sites), child)
    await child.kill()
    return reached


async def _until(sprung: Callable[[], bool], child: Child) -> bool:
    """Wait for the request that is the boundary, at most so long."""
    waited = 0.0
    while waited < REACHED_WITHIN and child.lives:
        if sprung():
            return True
        await asyncio.sleep(LOOK_SECONDS)
        waited += LOOK_SECONDS
    return False


def _armed(boundary: Boundary, sites: Sequence[Site]) -> Callable[[], bool]:
    """Order the fault everywhere; the answer is whether it struck anywhere."""
    if boundary.call is not None:
        orders = [
            one.contentstack.faults.add(contentstack.Fault(0, boundary.call, method, path))
            for one in sites
            for method, path in _WRITES
        ]
        return lambda: any(order.hits for order in orders)
    method, kind = boundary.message or ("", "drop")
    waiting = [
        (one.workspace.core.faults, slack.Fault(f"crash-{method}", kind, method, seconds=0.3))
        for one in sites
    ]
    for held, fault in waiting:
        held.waiting.append(fault)
    return lambda: any(fault not in held.waiting for held, fault in waiting)
