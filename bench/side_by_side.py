"""Acknowledgements while twenty operations run at the same moment, each in an organization of its own.

One organization runs one operation at a time (design §4), so twenty that really run need twenty bindings: as
many workspaces and organizations, and one bot for all of them. Each has three operations with one date, so
that all begin together and the next begins where one ends; what counts is the time until one has none left.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from bench import hands
from bench.children import BOT, Child, running
from bench.figures import Figure, at_most, median, p99, told
from bench.place import Place, enlist, served, until_read
from bot.domain.operation import State
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.workspace.state import Person
from bot.store.database import ReadingStore, open_beside

PART = "side-by-side"
ORGANIZATIONS = 20
QUICK = 4
EACH = 3
"""Operations of one organization."""
PEOPLE = 10
DELAY_MS = 300
AHEAD = 40.0
"""Seconds until the date of all operations, in which they are asked for and confirmed."""
GOAL_MS = 100.0
PATIENCE = 120.0
PAUSE = 0.25

UNDER_WAY = (State.SCHEDULED, State.QUEUED, State.RUNNING)
_PROCESS = frozenset({"ROLLCALL_DATA_DIR"})
"""Settings that bindings share."""


async def measure(*, quick: bool) -> list[Figure]:
    """Commands in every organization, one after another and all at once, as long as all of them have work."""
    count = QUICK if quick else ORGANIZATIONS
    async with AsyncExitStack() as stack:
        places = [await stack.enter_async_context(served(members=150)) for _ in range(count)]
        for number, place in enumerate(places):
            _rename(place, number)
        people = [enlist(place, EACH + 1) for place in places]
        home = places[0].directory
        bot = await stack.enter_async_context(running(BOT, home / "home", _settings(places, home)))
        for place in places:
            await until_read(place, bot)
        store = await open_beside(home / "data")
        stack.push_async_callback(store.close)
        await _ask(places, people)
        times, at_once = await _while_all_run(places, [crew[-1] for crew in people], store, bot)
    what = f"p99 while {count} operations run, each in its own organization ({len(times)} commands)"
    seen = f"{median(times):.1f} ms, {max(times):.1f} ms; {median(at_once):.0f} of {count} at once"
    return [
        at_most(PART, what, p99(times), GOAL_MS, " ms"),
        told(PART, "median, slowest; operations running (median of looks)", seen),
    ]


def _rename(place: Place, number: int) -> None:
    """A workspace id of its own: every simulated one has the same, and bindings are told apart by it."""
    workspace = place.core.workspace
    old, workspace.team_id = workspace.team_id, f"{workspace.team_id}{number}"
    for person in workspace.people.values():
        if person.team_id == old:
            person.team_id = workspace.team_id


def _settings(places: Sequence[Place], home: Path) -> dict[str, str]:
    """One process, one data directory, and a table for each binding."""
    bindings = home / "bindings.toml"
    bindings.write_text("\n".join(_table(place) for place in places), encoding="utf-8")
    return {"ROLLCALL_BINDINGS": str(bindings), "ROLLCALL_DATA_DIR": str(home / "data")}


def _table(place: Place) -> str:
    own = {key.lower(): value for key, value in place.settings().items() if key not in _PROCESS}
    share = own.pop("rollcall_rate_share")
    texts = [f'{key} = "{value}"' for key, value in own.items()]
    return "\n".join(["[[binding]]", *texts, f"rollcall_rate_share = {share}", ""])


async def _ask(places: Sequence[Place], people: Sequence[Sequence[Person]]) -> None:
    """Everybody's operations, all with one date; afterwards the calls that carry them out take their time."""
    due = int(time.time() + AHEAD)
    await asyncio.gather(*(_ask_one(place, crew, due) for place, crew in zip(places, people, strict=True)))
    late = time.time() - due
    if late >= 0:
        raise TimeoutError(f"asking took {late:.0f} s longer than there was")


async def _ask_one(place: Place, crew: Sequence[Person], due: int) -> None:
    emails = [share.email for share in place.plain_members()]
    for person in crew[:EACH]:
        chosen = [emails.pop() for _ in range(PEOPLE)]
        await _confirm(place, person, f"role {', '.join(chosen)}", due)
    place.contentstack.faults.add(Fault(0, Kind.LATENCY, "PATCH", count=None, ms=DELAY_MS))


async def _confirm(place: Place, person: Person, text: str, due: int) -> None:
    core = place.core
    view = await hands.form(core, person, text)
    fields = {"org_roles": [seed.OPERATIONS_ROLE], "when": due, "reason": "a test of speed"}
    for field, value in fields.items():
        await hands.fill(core, person, view, field, value)
    await hands.submit(core, person, view)
    await hands.submit(core, person, await hands.opened(core, person, "preview"))
    await hands.opened(core, person, "message")
    hands.put_away(core, person)


async def _while_all_run(
    places: Sequence[Place], typing: Sequence[Person], store: ReadingStore, bot: Child
) -> tuple[list[float], list[float]]:
    """Milliseconds of every acknowledgement, and how many operations ran at each look."""
    pairs = list(zip(places, typing, strict=True))
    await _until_running(len(places), store, bot)
    since = [place.core.journal.seq for place in places]
    at_once: list[float] = []
    while (found := await _under_way(store))[0] == len(places):
        at_once.append(found[1])
        for place, person in pairs:
            await hands.command(place.core, person)
        await asyncio.gather(*(hands.command(place.core, person) for place, person in pairs))
        await asyncio.sleep(PAUSE)
        for place, person in pairs:
            hands.put_away(place.core, person)
    if not at_once:
        raise LookupError("not all of them ran at the same time")
    times = [
        one
        for place, seen in zip(places, since, strict=True)
        for one in hands.acknowledged(place.core, seen, hands.NAME)
    ]
    return times, at_once


async def _until_running(count: int, store: ReadingStore, bot: Child) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await _under_way(store))[1] < count:
            bot.check()
            await asyncio.sleep(0.05)


async def _under_way(store: ReadingStore) -> tuple[int, int]:
    """How many organizations have something left to do, and how many operations run."""
    found = await store.read(lambda tx: {state: tx.everywhere(state) for state in UNDER_WAY})
    with_work = {binding for pairs in found.values() for _, binding in pairs}
    return len(with_work), len(found[State.RUNNING])
