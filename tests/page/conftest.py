"""The sandbox workspace with a kitchen-sink app in it, and windows of its page, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.core import PATIENT, Timing
from bot.sandbox.workspace.server import WorkspaceSandbox
from tests.page.kitchen import MANIFEST, Kitchen
from tests.page.supervisor import Supervisor
from tests.page.windows import Windows, windows


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
def supervised() -> bool:
    """Whether the demo's supervisor answers; a test overrides it by a parameter of this name."""
    return True


@pytest.fixture
def timing() -> Timing:
    """How long the workspace waits for the app; a test overrides it likewise."""
    return PATIENT


@pytest_asyncio.fixture(loop_scope="session")
async def stage(supervised: bool, timing: Timing) -> AsyncIterator[Stage]:
    supervisor = Supervisor()
    demo = supervisor.application() if supervised else None
    sandbox = WorkspaceSandbox(MANIFEST, timing=timing, rate_scale=None, demo=demo)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(sandbox.serve())
        kitchen = Kitchen(sandbox)
        handler = AsyncSocketModeHandler(kitchen.app, sandbox.app_token, ping_interval=1)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt has no annotation here
        stack.push_async_callback(handler.close_async)
        client = await stack.enter_async_context(WorkspaceClient(url))
        await client.wait_connected()
        yield Stage(sandbox, kitchen, supervisor, client, handler)


Open = Windows


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, stage: Stage) -> AsyncIterator[Open]:
    """Opens a window as somebody; at the end no window may have complained in its console."""
    async with windows(browser, stage.url) as opened:
        yield opened


async def say(page: Page, text: str, channel: str = "Message #general") -> None:
    """Types into the composer and sends."""
    composer = page.get_by_role("textbox", name=channel, exact=True)
    await composer.fill(text)
    await composer.press("Enter")
