"""The real entrypoint between the two simulated systems, over real sockets, on a real store."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from bot.clock import SystemClock, TimeSortedIds
from bot.contentstack.adapter import ContentstackApi
from bot.contentstack.capabilities import Capabilities
from bot.contentstack.client import Client, Credential
from bot.contentstack.endpoints import read_endpoints
from bot.contentstack.pacing import Pacing
from bot.manifest import read_manifest
from bot.ports.runs import Worker
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.workspace.client import SlackUser, WorkspaceClient
from bot.sandbox.workspace.core import PATIENT
from bot.sandbox.workspace.seed import TEAM
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.service.house import Binding, House, Linking
from bot.service.sparing import Sparing
from bot.slack.app import build_app, identify
from bot.slack.client import build_client, open_session
from bot.slack.desk import Desk, open_desk
from bot.slack.notifier import SlackNotifier
from bot.slack.people import WorkspacePeople
from bot.slack.serve import run_socket_mode
from bot.store.database import SqliteStore
from tests.clocks import BriskClock, ShortWaits
from tests.stores import open_new

SIM = "/__sim__/organizations/{organization_uid}/users/actions/"
UNLOCK = {
    "method": "POST",
    "path": f"{SIM}unlock",
    "batch": 10,
    "body": {"user_uids": "{user_uids}"},
    "results": {"list": "results", "key": "user_uid"},
}


@dataclass
class IdleRuns:
    """An engine that never gets to anything, so that confirmed operations stay where they are."""

    woken: int = 0
    lives: bool = True

    async def start(self, worker: Worker) -> None:
        """Nothing to recover."""

    def expect(self) -> None:
        """Nobody waits for it."""

    def wake(self) -> None:
        """Count."""
        self.woken += 1

    def alive(self) -> bool:
        """As the test says."""
        return self.lives

    async def stop(self) -> None:
        """Nothing to stop."""


@dataclass
class Office:
    """Everything that a test may touch."""

    workspace: WorkspaceClient
    slack: WorkspaceSandbox
    contentstack: ContentstackSandbox
    house: House
    desk: Desk
    store: SqliteStore
    runs: IdleRuns
    uninstalled: list[str] = field(default_factory=list)

    def user(self, handle: str) -> SlackUser:
        return self.workspace.user(handle)

    def gate(self, path: str = "", method: str = "") -> Callable[[], None]:
        """Contentstack does what it is asked for, and answers only once the gate is opened, by calling it."""
        order = self.contentstack.faults.add(Fault(0, Kind.GATE, method, path, count=None))
        return partial(self.contentstack.faults.remove, order.uid)


@pytest.fixture
def members() -> int:
    """How many people there are: who has a name in the seed, and some more; one page of Contentstack's."""
    return 60


@pytest.fixture
async def contentstack(members: int) -> AsyncIterator[tuple[ContentstackSandbox, str]]:
    sandbox = ContentstackSandbox(members=members)
    sandbox.state.organizations[seed.ORG_UID].features.update({"getLimit": 1000, "limit": 1000})
    async with sandbox.serve() as url:
        yield sandbox, url


@pytest.fixture
async def slack() -> AsyncIterator[WorkspaceSandbox]:
    sandbox = WorkspaceSandbox(read_manifest(), timing=PATIENT, rate_scale=None)
    async with sandbox.serve():
        yield sandbox


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await open_new(tmp_path / "data", clock=SystemClock(), entropy=secrets.token_bytes)
    yield opened
    await opened.close()


@pytest.fixture
async def api(contentstack: tuple[ContentstackSandbox, str]) -> AsyncIterator[ContentstackApi]:
    clock = ShortWaits()
    client = Client(
        contentstack[1],
        seed.ORG_UID,
        Credential("authtoken", seed.BOT_AUTHTOKEN),
        clock=clock,
        chance=lambda: 0.01,
        pacing=Pacing(BriskClock(), share=1.0),
    )
    capabilities = Capabilities(read_endpoints({"unlock": UNLOCK}, "127.0.0.1"), on_change=lambda *_: None)
    made = ContentstackApi(client, capabilities, SystemClock())
    yield made
    await made.close()


@pytest.fixture
def linking() -> Linking | None:
    """Accounts cannot be linked; a module whose tests need it says otherwise."""
    return None


@pytest.fixture
async def office(
    api: ContentstackApi,
    contentstack: tuple[ContentstackSandbox, str],
    slack: WorkspaceSandbox,
    store: SqliteStore,
    linking: Linking | None,
) -> AsyncIterator[Office]:
    clock, runs = SystemClock(), IdleRuns()
    await api.start()
    await api.directory(max_age=60)
    channels = ("C0ORGADMINS", "C0APPROVALS")
    binding = Binding(TEAM, TEAM, seed.ORG_UID, "na", *channels, connect=linking is not None)
    async with open_session() as session, WorkspaceClient(slack.url) as workspace:
        client = build_client(slack.bot_token, slack.api_url, session)
        notifier = SlackNotifier(client, store, binding, BriskClock())
        house = House(
            binding=binding,
            contentstack=api,
            store=store,
            people=WorkspacePeople(client, TEAM),
            notifier=notifier,
            runs=runs,
            clock=clock,
            ids=TimeSortedIds(),
            sparing=Sparing(),
            linking=linking,
        )
        desk = open_desk(house, client)
        notifier.watch(desk.home.changed)
        made = Office(workspace, slack, contentstack[0], house, desk, store, runs)

        async def uninstalled(event: str) -> None:
            made.uninstalled.append(event)

        app = build_app(desk, await identify(client), uninstalled=uninstalled)
        stop, ready = asyncio.Event(), asyncio.Event()
        await notifier.start()
        serving = asyncio.create_task(run_socket_mode(app, desk, slack.app_token, stop, ready))
        await asyncio.wait_for(ready.wait(), 60)
        yield made
        stop.set()
        await serving
        await notifier.stop()
