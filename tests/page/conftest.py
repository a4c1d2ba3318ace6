"""The sandbox workspace with a kitchen-sink app in it, and windows of its page, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Page
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.core import PATIENT, Timing
from bot.sandbox.workspace.server import WorkspaceSandbox
from tests.page.kitchen import MANIFEST, Kitchen
from tests.page.supervisor import Supervisor
from tests.page.windows import KEPT, Shelf, Windows, windows


@dataclass
class Place:
    """The workspace, served, and the drawer's supervisor."""

    sandbox: WorkspaceSandbox
    supervisor: Supervisor


@dataclass
class Stage:
    """The workspace at `url`, its app, the drawer's supervisor, and a client that acts beside the browser."""

    sandbox: WorkspaceSandbox
    kitchen: Kitchen
    supervisor: Supervisor
    workspace: WorkspaceClient
    handler: AsyncSocketModeHandler

    async def kill_app(self) -> None:
        """The app goes without a word."""
        await self.handler.close_async()  # type: ignore[no-untyped-call]  # slack_bolt has no annotation here

    @property
    def url(self) -> str:
        return self.sandbox.url


@pytest.fixture
def timing() -> Timing:
    """How long the workspace waits for the app; a test overrides it by a parameter of this name."""
    return PATIENT


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place() -> AsyncIterator[Place]:
    """One for all tests of a worker, so that windows stay at one address."""
    supervisor = Supervisor()
    sandbox = WorkspaceSandbox(MANIFEST, rate_scale=None, demo=supervisor.application(), kept=KEPT)
    async with sandbox.serve():
        yield Place(sandbox, supervisor)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(place: Place, timing: Timing) -> AsyncIterator[Stage]:
    """The place as it was at first, with an app of its own."""
    place.sandbox.core.reset()
    place.sandbox.core.timing = timing
    place.supervisor.reset()
    async with cooking(place) as stage:
        yield stage


@asynccontextmanager
async def cooking(place: Place) -> AsyncIterator[Stage]:
    """The app works until the context ends."""
    sandbox = place.sandbox
    async with AsyncExitStack() as stack:
        kitchen = Kitchen(sandbox)
        handler = AsyncSocketModeHandler(kitchen.app, sandbox.app_token, ping_interval=1)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt has no annotation here
        stack.push_async_callback(handler.close_async)
        client = await stack.enter_async_context(WorkspaceClient(sandbox.url))
        await client.wait_connected()
        yield Stage(sandbox, kitchen, place.supervisor, client, handler)


Open = Windows


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(shelf: Shelf, stage: Stage) -> AsyncIterator[Open]:
    """Opens a window as somebody; at the end no window may have complained in its console."""
    async with windows(shelf, stage.url) as opened:
        yield opened


async def say(page: Page, text: str, channel: str = "Message #general") -> None:
    """Types into the composer and sends."""
    composer = page.get_by_role("textbox", name=channel, exact=True)
    await composer.fill(text)
    await composer.press("Enter")
