"""Typeahead over 50,000 members, and the memory that they cost."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import hands
from bench.children import BOT, running
from bench.figures import Figure, at_most, median, p99, told
from bench.place import Place, served, until_read
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.user_api import interactions

PART = "typeahead"
MANY = 50_000
GOAL_MS = 30.0
GOAL_MEGABYTES = 60.0
TYPER = Path(__file__).with_name("typeahead_child.py")
KEYS = ("a", "an", "ann", "mia", "e", "@example", "li", "sch", "example.com", "j k")


@dataclass(frozen=True, slots=True)
class Resident:
    """What one real bot process holds in MB, and how long its option requests waited in ms."""

    megabytes: float
    acknowledged: list[float]


async def measure(*, quick: bool) -> list[Figure]:
    """The handler's times, then memory beside a bot with an ordinary organization."""
    members = 5_000 if quick else MANY
    async with served(members=members) as place:
        typed = await _child(place, "typing")
        traced = await _child(place, "tracing", "--memory")
        large = await _resident(place)
    async with served() as place:
        small = await _resident(place)
    times = typed["milliseconds"]
    added = large.megabytes - small.megabytes
    return [
        at_most(
            PART,
            f"p99 in the handler, {typed['members']} members, {len(times)} keys",
            p99(times),
            GOAL_MS,
            " ms",
        ),
        told(
            PART,
            "median, slowest in the handler",
            f"{median(times):.2f} ms, {max(times):.1f} ms ({typed['slowest']!r})",
        ),
        told(
            PART,
            f"p99 over Socket Mode ({len(large.acknowledged)} keys)",
            f"{p99(large.acknowledged):.1f} ms",
        ),
        at_most(PART, "directory and index hold (tracemalloc)", traced["held"], GOAL_MEGABYTES, " MB"),
        at_most(PART, f"process grows over {seed.MEMBERS} members (RSS)", added, GOAL_MEGABYTES, " MB"),
        told(
            PART,
            f"process in all, {seed.MEMBERS} and {typed['members']} members (RSS)",
            f"{small.megabytes:.0f} MB, {large.megabytes:.0f} MB",
        ),
    ]


async def _child(place: Place, name: str, *arguments: str) -> dict[str, Any]:
    async with running(TYPER, place.directory / f"home-{name}", place.settings(name), *arguments) as child:
        found: dict[str, Any] = json.loads(await child.result(120.0))
    return found


async def _resident(place: Place) -> Resident:
    """Start a real bot, let it read everybody, type a little, and look at its memory."""
    core, person = place.core, place.core.workspace.person("ada")
    async with running(BOT, place.directory / "home-bot", place.settings()) as bot:
        await until_read(place, bot, 120.0)
        view = await hands.form(core, person, "")
        since = core.journal.seq
        for query in KEYS * 10:
            wanted = {"view_id": view.id, "block_id": "people", "action_id": "people", "query": query}
            answer = await interactions.options(core, person, wanted)
            if not answer["ok"]:
                raise LookupError(f"no options for {query!r}: {answer['message']}")
        await asyncio.sleep(1)
        return Resident(bot.resident, hands.acknowledged(core, since))
