"""How long a command and a submission wait for their acknowledgement, beside a bare Bolt app.

Both apps are processes of their own, each in a workspace of its own of the same kind, and take turns: one
envelope here, one there; fifty here, fifty there. What a turn leaves to do is waited for, unmeasured, so that
it does not disturb the other's turn. Within fifty at once nothing is waited for: the work that follows the
first acknowledgements competes with the last of them, as it would in life.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import hands
from bench.children import BOT, Child, running
from bench.figures import Figure, at_most, median, p99, told
from bench.place import Place, another_workspace, enlist, served, until, until_read
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.sandbox.workspace.state import Person, View

PART = "ack"
CROWD = 50
ALLOWED = 1.15
WORST_MS = 100.0
BARE = Path(__file__).with_name("bare_app.py")


@dataclass(slots=True)
class Times:
    """Milliseconds of both apps under one load."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both apps, each connected to its workspace, and the people who use them."""

    place: Place
    other: Core
    people: Sequence[Person]
    bot: Child


async def measure(*, quick: bool) -> list[Figure]:
    """All four loads."""
    singles, bursts = (30, 2) if quick else (200, 10)
    async with _pair() as pair:
        await _warm(pair)
        commands = [
            await _commands(pair, 1, singles, 0.0),
            await _commands(pair, CROWD, bursts, 2.0),
        ]
        submissions = [
            await _submissions(pair, 1, singles // 2),
            await _submissions(pair, CROWD, max(2, bursts // 2)),
        ]
    figures = []
    for what, (alone, crowd) in (("command", commands), ("submission", submissions)):
        figures += _figures(f"{what}, 1 at a time", alone)
        figures += _figures(f"{what}, {CROWD} at a time", crowd)
    return figures


def _figures(what: str, times: Times) -> list[Figure]:
    ours, bare = median(times.ours), median(times.bare)
    return [
        told(
            PART,
            f"{what}: medians",
            f"{ours:.2f} ms, bare {bare:.2f} ms, {len(times.ours)} each",
        ),
        at_most(PART, f"{what}: median against bare", ours / bare, ALLOWED, " x"),
        at_most(PART, f"{what}: p99 (bare {p99(times.bare):.1f} ms)", p99(times.ours), WORST_MS, " ms"),
    ]


@asynccontextmanager
async def _pair() -> AsyncIterator[Pair]:
    async with served() as place, another_workspace() as other:
        people = enlist(place, CROWD)
        ours = running(BOT, place.directory / "bot-home", place.settings())
        bare = running(BARE, place.directory / "bare-home", _tokens(other))
        async with ours as bot, bare as child:
            await until_read(place, bot)
            await until(lambda: other.core.connections > 0, "a connection of the bare app", 20.0, child)
            yield Pair(place, other.core, people, bot)


def _tokens(workspace: WorkspaceSandbox) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
    }


async def _warm(pair: Pair) -> None:
    """Every person once: both programs are past their first times, the bot's pace is past its slow start."""
    for person in pair.people:
        await hands.form(pair.place.core, person, "")
        await hands.command(pair.other, person)
    hands.put_away(pair.place.core, *pair.people)


async def _commands(pair: Pair, at_once: int, turns: int, rest: float) -> Times:
    core, times = pair.place.core, Times()
    for turn in range(turns):
        people = [pair.people[(turn + number) % len(pair.people)] for number in range(at_once)]
        times.ours += await _timed(core, [hands.command(core, one) for one in people])
        for person in people:
            await hands.opened(core, person, "choose")
        hands.put_away(core, *people)
        await asyncio.sleep(rest / 10)
        times.bare += await _timed(pair.other, [hands.command(pair.other, one) for one in people])
    return times


async def _submissions(pair: Pair, at_once: int, turns: int) -> Times:
    core, times = pair.place.core, Times()
    emails = [share.email for share in pair.place.plain_members()]
    for turn in range(turns):
        people = [pair.people[(turn + number) % len(pair.people)] for number in range(at_once)]
        sent = []
        for number, person in enumerate(people):
            view = await _filled(core, person, emails[(turn + number) % len(emails)])
            sent.append(hands.submission(core, person, view))
        times.ours += await _timed(core, [hands.send(core, one) for one in sent])
        for person in people:
            await hands.opened(core, person, "preview")
        hands.put_away(core, *people)
        times.bare += await _timed(pair.other, [hands.send(pair.other, one) for one in sent])
    return times


async def _filled(core: Core, person: Person, email: str) -> View:
    view = await hands.form(core, person, f"kill_sessions {email}")
    await hands.fill(core, person, view, "reason", "a test of speed")
    return view


async def _timed(core: Core, acts: Sequence[Awaitable[None]]) -> list[float]:
    """Do all of these at once; how long each waited for its acknowledgement."""
    since = core.journal.seq
    await asyncio.gather(*acts)
    return hands.acknowledged(core, since)
