"""A bot that is asked for operations over more and more people; prints a line of JSON for each.

Run by `bench.scale`, with the settings of a bot and the numbers of people as arguments. The house is the real
one; only the modals are left out. ``--unpaced`` lets every request go at once: what is left then is our own.
``--slowly`` begins at the slow pace that a fresh start begins with.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bot.bootstrap import Seams, running
from bot.contentstack.adapter import ContentstackApi
from bot.domain.actions import ActionKey, Parameters
from bot.domain.audit import EventKind
from bot.domain.draft import Draft
from bot.domain.members import Known, Member, Status
from bot.domain.operation import ENDS, Operation
from bot.service.admission import Admitted, admit
from bot.service.decide import Decided, approve, confirm
from bot.service.house import House
from bot.service.propose import propose
from bot.service.seal import Proposal
from bot.settings import load_settings

ADA, GRACE = "U0ADA", "U0GRACE"
LOOK = 0.02
SETTLED = 1.5
"""Seconds after which DBOS has found its queue, for which it looks once a second: a start is no run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One operation. Times are seconds since 1970, memory megabytes of 2^20."""

    people: int
    state: str
    queued: float
    ended: float
    proposing: float
    """Seconds from the draft to the sealed plan."""
    cpu: float
    """Seconds of processor time that this process used from queued to the end."""
    resident: float
    peak: float


async def measure(sizes: Sequence[int], *, unpaced: bool, slowly: bool) -> None:
    """Run one removal after another, and print what each came to."""
    settings = load_settings().model_copy(update={"rollcall_max_people": max(sizes)})
    async with running([settings], Seams()) as (bot,):
        house = bot.house
        directory = await house.contentstack.directory(max_age=86_400)
        await asyncio.sleep(SETTLED)
        if not slowly:
            _pace(house, unpaced=unpaced)
        people = [one for one in directory.members if _plain(one)]
        if len(people) < sum(sizes):
            raise LookupError(f"{len(people)} people are too few for {list(sizes)}")
        for size in sizes:
            chosen, people = people[:size], people[size:]
            run = await _run(house, settings.rollcall_channel, chosen)
            sys.stdout.write(json.dumps(asdict(run)) + "\n")
            sys.stdout.flush()


def _pace(house: House, *, unpaced: bool) -> None:
    """Begin at the rate that long runs come to, or without any."""
    api = house.contentstack
    if not isinstance(api, ContentstackApi):
        raise TypeError("not the adapter whose pace is known")
    pacing = api._client.pacing  # noqa: SLF001  nothing but a measurement may skip the slow start
    if unpaced:
        pacing.limits(reads=10**6, writes=10**6)
    for pace in (pacing.reads, pacing.writes):
        bucket = pace.lane.bucket
        bucket.tune(pace.ceiling, bucket.burst, time.monotonic())


def _plain(member: Member) -> bool:
    generated = member.status is Status.ACCEPTED and member.admin is Known.NO and len(member.role_uids) == 1
    return generated and member.email.endswith("@example.com") and not member.is_owner


async def _run(house: House, channel: str, people: Sequence[Member]) -> Run:
    began = time.perf_counter()
    operation, digest = await _proposed(house, channel, people)
    proposing = time.perf_counter() - began
    _taken(await confirm(house, operation, digest, ADA))
    spent = time.process_time()
    _taken(await approve(house, operation, digest, GRACE))
    state = ""
    while state not in ENDS:
        await asyncio.sleep(LOOK)
        standing = await house.store.read(lambda tx: tx.standing(operation))
        state = standing[0] if standing else ""
    spent = time.process_time() - spent
    moved = await _moves(house, operation)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return Run(
        len(people), str(state), moved["queued"], moved[str(state)], proposing, spent, _resident(), peak
    )


def _taken(decided: Decided) -> None:
    if not isinstance(decided, Operation):
        raise TypeError(f"the plan was not agreed to: {decided}")


async def _proposed(house: House, channel: str, people: Sequence[Member]) -> tuple[str, str]:
    """Id and digest; the plan itself stays in the store, as when a modal has shown it."""
    admitted = await admit(house, ADA, at="bench")
    if not isinstance(admitted, Admitted):
        raise TypeError(f"not admitted: {admitted}")
    draft = Draft(
        action=ActionKey.REMOVE,
        people=tuple(one.share_uid for one in people),
        parameters=Parameters(),
        reason="a test of speed",
        channel=channel,
    )
    found = await propose(house, admitted, draft)
    if not isinstance(found, Proposal):
        raise TypeError(f"no plan: {found}")
    return found.operation.id, found.operation.digest


async def _moves(house: House, operation: str) -> dict[str, float]:
    """State -> when the operation came to it, by the audit."""
    rows = await house.store.read(lambda tx: list(tx.rows(operation=operation, kinds=[EventKind.MOVED])))
    return {str(row.event.data["to"]): _seconds(row.at) for row in rows}


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    """Read the arguments and measure."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    asyncio.run(measure(sizes, unpaced="--unpaced" in sys.argv, slowly="--slowly" in sys.argv))


if __name__ == "__main__":
    main()
