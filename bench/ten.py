"""A run over ten people beside the sum of the API's own delays.

Every answer of the simulated Contentstack takes 200 ms, and no limit is near. The API's own delay is the time
during which at least one request was under way (requests side by side count once), between the moment in
which the run is due (queued) and its end; the rest of that time is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench import operations
from bench.children import BOT, Child, running
from bench.figures import Figure, at_most, busy, told
from bench.operations import Watch, watching
from bench.place import Place, served, until_read
from bot.domain.operation import State
from bot.sandbox.contentstack.journal import Entry

PART = "ten"
PEOPLE = 10
DELAY_MS = 200
GOAL_PERCENT = 10.0
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of one run, and the requests that it made."""

    whole: float
    api: float
    before: float
    """Until its first request."""
    requests: int

    @property
    def overhead(self) -> float:
        """Our own time in percent of the API's."""
        return (self.whole / self.api - 1) * 100


async def measure(*, quick: bool) -> list[Figure]:
    """Removals, which are verified by re-reading, and ended sessions, which cannot be."""
    rounds = 1 if quick else 3
    figures = []
    async with served() as place, running(BOT, place.directory / "home", place.settings()) as bot:
        await until_read(place, bot)
        people = [share.email for share in place.plain_members()]
        async with watching(place, place.directory / "bot" / "data") as watch:
            for action in ("kill_sessions", "remove"):
                runs = []
                for _ in range(rounds):
                    chosen = [people.pop() for _ in range(PEOPLE)]
                    runs.append(await _run(place, watch, bot, f"{action} {', '.join(chosen)}"))
                figures += _figures(action, runs)
    return figures


def _figures(action: str, runs: Sequence[Run]) -> list[Figure]:
    middle = sorted(runs, key=lambda run: run.overhead)[len(runs) // 2]
    return [
        at_most(PART, f"{action}: own time beside the API's", middle.overhead, GOAL_PERCENT, " %"),
        told(
            PART,
            f"{action}: run, API, before the first request",
            f"{middle.whole:.2f} s, {middle.api:.2f} s, {middle.before:.2f} s; {middle.requests} requests",
        ),
    ]


async def _run(place: Place, watch: Watch, bot: Child, text: str) -> Run:
    ada, grace = place.core.workspace.person("ada"), place.core.workspace.person("grace")
    before = len(await watch.operations())
    await operations.confirm(place, ada, text)
    place.latency(DELAY_MS)
    if text.startswith("remove"):
        await operations.agree(place, grace)
    newest = (await watch.ended(before + 1, PATIENCE, bot))[0]
    place.contentstack.faults.clear()
    state = await watch.state(newest)
    if state is not State.DONE:
        raise LookupError(f"the run ended as {state}")
    begin, end = await watch.moved(newest, State.QUEUED), await watch.moved(newest, State.DONE)
    found = operations.asked(place, begin, end)
    spans = [_span(one) for one in found]
    return Run(end - begin, busy(spans), spans[0][0] - begin, len(found))


def _span(entry: Entry) -> tuple[float, float]:
    return entry.at, entry.at + (entry.ms or 0.0) / 1000
