"""A browser, and the sandbox workspace with a kitchen-sink app in it: everything over real sockets."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.core import Timing
from bot.sandbox.workspace.server import WorkspaceSandbox
from tests.page.kitchen import MANIFEST, Kitchen
from tests.page.supervisor import Supervisor

CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def chromium_path() -> str:
    """The system's Chromium.

    Without one the test is skipped, unless ROLLCALL_REQUIRE_BROWSER=1: then it fails.
    """
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    found = found or shutil.which("google-chrome")
    if found:
        return found
    missing = "No Chromium on this machine: apt-get install chromium, or set CHROMIUM to its path."
    if os.environ.get("ROLLCALL_REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


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


@pytest_asyncio.fixture(loop_scope="module")
async def stage(supervised: bool) -> AsyncIterator[Stage]:
    supervisor = Supervisor()
    demo = supervisor.application() if supervised else None
    sandbox = WorkspaceSandbox(MANIFEST, timing=Timing(answer=1.0), rate_scale=None, demo=demo)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(sandbox.serve())
        kitchen = Kitchen(sandbox)
        handler = AsyncSocketModeHandler(kitchen.app, sandbox.app_token, ping_interval=1)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt has no annotation here
        stack.push_async_callback(handler.close_async)
        client = await stack.enter_async_context(WorkspaceClient(url))
        await client.wait_connected()
        yield Stage(sandbox, kitchen, supervisor, client, handler)


Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser: Browser, stage: Stage) -> AsyncIterator[Open]:
    """Opens a window as somebody; at the end no window may have complained in its console."""
    complaints: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_as(person: str = "ada", where: str = "channel=general", **context: Any) -> Page:
            window = await browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **context})
            stack.push_async_callback(window.close)
            page = await window.new_page()
            page.set_default_timeout(5000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            await page.goto(f"{stage.url}/?user={person}&{where}")
            await page.get_by_role("main").wait_for()
            return page

        yield open_as
    # A supervisor that is not there answers 404, which the browser always mentions.
    assert [each for each in complaints if "404" not in each] == []


async def say(page: Page, text: str, channel: str = "Message #general") -> None:
    """Types into the composer and sends."""
    composer = page.get_by_role("textbox", name=channel, exact=True)
    await composer.fill(text)
    await composer.press("Enter")
