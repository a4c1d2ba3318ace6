"""Both simulated systems, served on loopback for one part, and the settings that point a bot at them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.children import Child
from bot.manifest import read_manifest
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.model import Organization, Share
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.contentstack.world import Switches
from bot.sandbox.demo.supervisor import settings
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.sandbox.workspace.state import Person

UNLIMITED = 100_000
"""Requests per second that nothing here comes near."""

POLL = 0.005


@dataclass(frozen=True, slots=True)
class Place:
    """What a part runs against."""

    contentstack: ContentstackSandbox
    contentstack_url: str
    workspace: WorkspaceSandbox
    directory: Path

    @property
    def core(self) -> Core:
        """The simulated workspace from inside."""
        return self.workspace.core

    @property
    def organization(self) -> Organization:
        """The organization that the bot administers."""
        return self.contentstack.state.organizations[seed.ORG_UID]

    def settings(self, name: str = "bot", **more: str) -> dict[str, str]:
        """Settings of a bot with a data directory of its own; it may use all of the rate limits."""
        own = settings(self.workspace, self.contentstack_url, self.directory / name)
        return {**own, "ROLLCALL_RATE_SHARE": "1.0", **more}

    def plain_members(self) -> list[Share]:
        """Accepted members who are only that, in the order of their invitation."""
        found = [
            share
            for share in self.organization.shares.values()
            if share.status == "accepted"
            and share.org_roles == [seed.MEMBER_ROLE]
            and share.email.endswith("@example.com")
        ]
        named = {value for name, value in vars(seed).items() if isinstance(value, str) and name.isupper()}
        return [share for share in found if share.email not in named]

    def latency(self, milliseconds: int) -> None:
        """Every answer of the simulated Contentstack comes so much later from now on."""
        self.contentstack.faults.add(Fault(0, Kind.LATENCY, count=None, ms=milliseconds))

    def limits(self, per_second: int) -> None:
        """The plan's rate limits, for reads and for writes."""
        self.organization.features.update({"getLimit": per_second, "limit": per_second})


@asynccontextmanager
async def served(*, members: int = seed.MEMBERS, per_second: int = UNLIMITED) -> AsyncIterator[Place]:
    """Both systems until the context ends; Slack without rate limits, Contentstack with the given ones."""
    contentstack = ContentstackSandbox(members=members, switches=Switches(v4=True, sim=True))
    workspace = WorkspaceSandbox(read_manifest(), rate_scale=None, static=None)
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        async with contentstack.serve() as url, workspace.serve():
            place = Place(contentstack, url, workspace, Path(name))
            place.limits(per_second)
            yield place


@asynccontextmanager
async def another_workspace() -> AsyncIterator[WorkspaceSandbox]:
    """One more workspace like that of a place, for the app that a bot is compared with."""
    workspace = WorkspaceSandbox(read_manifest(), rate_scale=None, static=None)
    async with workspace.serve():
        yield workspace


async def until(condition: Callable[[], bool], what: str, seconds: float, *children: Child) -> None:
    """Wait for a condition; raises TimeoutError that says ``what``, ChildFailed where a child ended."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                for child in children:
                    child.check()
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise TimeoutError(f"{what}: not within {seconds:g} s") from None


async def until_read(place: Place, child: Child, seconds: float = 60.0) -> None:
    """Until the bot has read the whole directory and Contentstack is left in peace."""
    journal = place.contentstack.journal

    def at_rest() -> bool:
        newest = journal.entries[-1] if journal.entries else None
        quiet = newest is not None and place.contentstack.clock.monotonic() - newest.monotonic > 1.0
        return quiet and any(entry.path.endswith("/share") for entry in journal.entries)

    await until(lambda: place.core.connections > 0, "a connection of the bot", seconds, child)
    await until(at_rest, "the first read of the directory", seconds, child)


def enlist(place: Place, count: int) -> list[Person]:
    """Make so many members admins of the organization and people of the workspace."""
    chosen = place.plain_members()[:count]
    people = []
    for number, share in enumerate(chosen):
        share.org_roles = [seed.ADMIN_ROLE]
        person = Person(
            f"U0BENCH{number:03}",
            f"bench{number}",
            f"Person {number}",
            share.email,
            place.core.workspace.team_id,
        )
        place.core.workspace.people[person.id] = person
        for channel in ("org-admins", "approvals"):
            found = place.core.workspace.channel_by_name(channel)
            if found is not None:
                found.members.append(person.id)
        people.append(person)
    return people
