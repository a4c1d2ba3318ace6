"""Everything that a journey happens in: both simulated systems over real sockets, and the bot beside them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from bot.domain.audit import EventKind, Head, Row, verify
from bot.domain.operation import Operation
from bot.domain.outcome import Outcome
from bot.manifest import read_manifest
from bot.ports.store import Post, Transaction
from bot.sandbox.contentstack import invitations, membership, seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.model import Account, Share
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.contentstack.world import Switches
from bot.sandbox.demo.supervisor import settings
from bot.sandbox.workspace.client import SlackUser, WorkspaceClient
from bot.sandbox.workspace.core import PATIENT
from bot.sandbox.workspace.seed import TEAM
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.sandbox.workspace.state import Channel, Person
from bot.service.house import binding_key
from bot.store.database import open_beside
from bot.token_file import KeptToken, write_token
from tests.journey.process import App

T = TypeVar("T")

ORG_ADMINS = "C0ORGADMINS"
APPROVALS = "C0APPROVALS"
PATIENCE = 60.0
"""Seconds that anything may take; on a machine with nothing else to do it is there in one or two."""
BINDING = binding_key(TEAM, seed.ORG_UID)


@dataclass
class Town:
    """One workspace, one organization, one bot."""

    contentstack: ContentstackSandbox
    slack: WorkspaceSandbox
    workspace: WorkspaceClient
    app: App
    directory: Path
    crowd: list[str]
    _numbers: count[int] = field(default_factory=lambda: count(1))

    # people ---------------------------------------------------------------------------------------

    def user(self, handle: str) -> SlackUser:
        return self.workspace.user(handle)

    def hire(self, *, role: str | None = seed.ADMIN_ROLE, **kind: Any) -> SlackUser:
        """Somebody new in Slack, in both private channels, and a member with this role at Contentstack.

        Everybody who asks or agrees is somebody new, so that no test sees what another did to a person.
        """
        number = next(self._numbers)
        handle = f"hand{number}"
        about = {"id": f"U0HAND{number}", "handle": handle, "name": f"Hand {number}", "team_id": TEAM}
        person = Person(**{**about, "email": f"{handle}@example.com", **kind})
        self.slack.core.workspace.people[person.id] = person
        for channel in self.slack.core.workspace.channels.values():
            if channel.id in {ORG_ADMINS, APPROVALS, "C0GENERAL", "C0PARTNERS"}:
                channel.members.append(person.id)
        if role is not None:
            enrol(self.contentstack, person.email, role)
        return self.user(handle)

    def targets(self, number: int) -> list[str]:
        """Addresses of plain members whom nobody has touched yet; the bot has known them from its start."""
        return [self.crowd.pop() for _ in range(number)]

    def share(self, email: str) -> Share | None:
        """Somebody's membership as Contentstack has it, or None."""
        return self.contentstack.state.organizations[seed.ORG_UID].by_email.get(email.casefold())

    def member(self, email: str) -> Share:
        found = self.share(email)
        assert found is not None, email
        return found

    def remove(self, email: str) -> None:
        """Somebody else takes this person out of the organization."""
        world, organization = self.contentstack.state, self.contentstack.state.organizations[seed.ORG_UID]
        membership.remove_share(world, organization, self.member(email))

    def set_roles(self, email: str, *roles: str) -> None:
        """As an admin would in Contentstack's own screen."""
        world, organization = self.contentstack.state, self.contentstack.state.organizations[seed.ORG_UID]
        membership.set_roles(world, organization, self.member(email), list(roles))

    async def as_two_members(self, share: Share) -> None:
        """From now on Contentstack answers a search for this address with two rows.

        The simulated one keeps addresses unique, so its own row is played back twice.
        """
        url = f"{self.app.settings['CONTENTSTACK_API_URL']}/v3/organizations/{seed.ORG_UID}/share/search"
        headers, asked = {"authtoken": seed.OWNER_AUTHTOKEN}, {"emails": [share.email]}
        async with self.workspace.session.post(url, headers=headers, json=asked) as answer:
            [row] = (await answer.json())["shares"]
        twice = {"shares": [row, {**row, "uid": self.contentstack.state.uids.blt()}], "count": 2}
        self.fault(Kind.ANSWER, "/share/search$", "POST", status=200, body=twice)

    # the outside world ----------------------------------------------------------------------------

    def fault(self, kind: Kind, path: str = "", method: str = "", **rest: Any) -> Fault:
        """Something goes wrong at Contentstack."""
        return self.contentstack.faults.add(Fault(0, kind, method, path, **rest))

    def gate(self, path: str, method: str = "") -> Callable[[], None]:
        """Contentstack does what it is asked for, and answers only once the gate is opened, by calling it."""
        return partial(self.contentstack.faults.remove, self.fault(Kind.GATE, path, method, count=None).uid)

    def mend(self) -> None:
        """Everything works again, there and in Slack."""
        self.contentstack.faults.clear()
        self.slack.core.faults.clear()

    def asked(self, method: str, path: str, about: str = "") -> list[Any]:
        """Bodies of the requests that Contentstack got, in order, that mention this person."""
        return [
            entry.body
            for entry in self.contentstack.journal.entries
            if entry.method == method and path in entry.path and about in str(entry.body)
        ]

    def channel(self, **about: Any) -> Channel:
        """A new channel with everybody and the bot in it; private unless said otherwise."""
        number = next(self._numbers)
        everybody = list(self.slack.core.workspace.people)
        made = Channel(
            **{
                "id": f"C0ROOM{number}",
                "name": f"room-{number}",
                "members": everybody,
                "is_private": True,
                **about,
            }
        )
        self.slack.core.workspace.channels[made.id] = made
        return made

    # the store, read beside the running bot ---------------------------------------------------------

    async def look(self, look: Callable[[Transaction], T]) -> T:
        store = await open_beside(self.directory / "data")
        try:
            return await store.read(look)
        finally:
            await store.close()

    async def operation(self, requester: SlackUser) -> Operation:
        """The newest operation that this person asked for."""
        slack_user = self.slack.core.workspace.person(requester.handle).id

        def find(tx: Transaction) -> Operation | None:
            ids = tx.operations(BINDING, slack_user=slack_user, limit=1)
            return tx.operation(ids[0]) if ids else None

        found = await self.look(find)
        assert found is not None
        return found

    async def outcomes(self, operation: Operation) -> Mapping[int, Outcome]:
        return await self.look(lambda tx: tx.outcomes(operation.id))

    async def posts(self, operation: Operation) -> Mapping[str, Post]:
        return await self.look(lambda tx: tx.posts(operation.id))

    async def audit(self, operation: Operation | None = None) -> list[Row]:
        """Audit rows of one operation, or all of them, in order."""
        return await self.look(lambda tx: list(tx.rows(operation=operation.id if operation else None)))

    async def refusals(self, person: SlackUser) -> list[str]:
        """Why this person was refused, a word for each audit row."""
        slack_user = self.slack.core.workspace.person(person.handle).id

        def look(tx: Transaction) -> list[str]:
            events = [row.event for row in tx.rows(kinds=[EventKind.REFUSED])]
            who = tx.accounts({one.actor for one in events})
            return [str(one.data["why"]) for one in events if who.get(one.actor) == slack_user]

        return await self.look(look)

    async def holds(self, head: Head) -> bool:
        """Whether the chain is whole and goes through this head."""
        return isinstance(verify(await self.audit(), [head]), Head)

    # the bot --------------------------------------------------------------------------------------

    async def ready(self) -> None:
        """Until the bot answers Slack and has read the directory."""
        await self.listening()
        await until(self._has_read)

    async def listening(self) -> None:
        """Until Slack reaches the bot."""
        if "ROLLCALL_LISTEN" in self.app.settings:
            await until(self._answers)
        else:
            await self.workspace.wait_connected(PATIENCE)

    async def _answers(self) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            return (await self.health())[0] == HTTPStatus.OK
        return False

    async def health(self) -> tuple[int, Any]:
        """What `/health` says in HTTP mode."""
        address = f"http://{self.app.settings['ROLLCALL_LISTEN']}/health"
        async with self.workspace.session.get(address) as answer:
            return answer.status, await answer.json()

    async def _has_read(self) -> bool:
        if not (self.directory / "data" / "rollcall.db").exists():
            return False
        return await self.look(lambda tx: tx.snapshot(BINDING) is not None)

    def log_in(self, token: str) -> None:
        """Keep a token as `login` does."""
        data = self.directory / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        write_token(data, KeptToken(self.app.settings["CONTENTSTACK_API_URL"], token))

    async def restart(self) -> None:
        """Start a bot that has ended, and wait until it works."""
        await self.app.start()
        await self.listening()


async def until(probe: Callable[[], Awaitable[T | None]], seconds: float = PATIENCE) -> T:
    """Ask again until there is an answer, for what no event of the workspace tells."""
    async with asyncio.timeout(seconds):
        while True:
            found = await probe()
            if found:
                return found
            await asyncio.sleep(0.05)


def quick(contentstack: ContentstackSandbox) -> None:
    """A plan with high rates: what is tested here is not how long an organization's own limits take."""
    features = contentstack.state.organizations[seed.ORG_UID].features
    features.update({"getLimit": 2000, "limit": 2000})


def enrol(contentstack: ContentstackSandbox, email: str, *roles: str) -> None:
    """A new accepted member of the organization."""
    world, organization = contentstack.state, contentstack.state.organizations[seed.ORG_UID]
    now = world.now()
    account = world.add_account(Account(world.uids.blt(), email, email, email, "", now, now))
    share = invitations.new_share(world, organization, email, list(roles), None)
    membership.accept(world, organization, share, account)


def plain_members(contentstack: ContentstackSandbox) -> list[str]:
    """Generated people with the one role Member."""
    shares = contentstack.state.organizations[seed.ORG_UID].shares.values()
    plain = [one.email for one in shares if one.org_roles == [seed.MEMBER_ROLE] and one.status == "accepted"]
    return plain[-150:]


@asynccontextmanager
async def town(
    directory: Path,
    *,
    prepare: Callable[[ContentstackSandbox], None] = quick,
    http: bool = False,
    **more: str,
) -> AsyncIterator[Town]:
    """Serve both systems, and run the bot between them over Socket Mode or signed HTTP.

    The bot's token is where `login` keeps it, and not in the settings; ``more`` are settings on top, of which
    an empty one takes away what would stand there.
    """
    contentstack = ContentstackSandbox(switches=Switches(v4=True, sim=True))
    quick(contentstack)
    crowd = plain_members(contentstack)
    prepare(contentstack)
    listen = f"127.0.0.1:{free_port()}"
    request_url = f"http://{listen}/slack/events" if http else None
    slack = WorkspaceSandbox(
        read_manifest(), timing=PATIENT, rate_scale=None, static=None, request_url=request_url
    )
    async with contentstack.serve() as contentstack_url, slack.serve() as url, WorkspaceClient(url) as client:
        chosen = settings(slack, contentstack_url, directory) | {"ROLLCALL_RATE_SHARE": "1"}
        if http:
            del chosen["SLACK_APP_TOKEN"]
            chosen |= {"SLACK_SIGNING_SECRET": slack.signing_secret, "ROLLCALL_LISTEN": listen}
        chosen |= {"CONTENTSTACK_AUTHTOKEN": "", **more}
        app = App({name: value for name, value in chosen.items() if value}, directory)
        made = Town(contentstack, slack, client, app, directory, crowd)
        made.log_in(seed.BOT_AUTHTOKEN)
        await made.app.start()
        try:
            await made.ready()
            yield made
        finally:
            await made.app.stop()


def free_port() -> int:
    """A port of this machine that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
