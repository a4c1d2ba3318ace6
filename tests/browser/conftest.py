"""The demo as `make demo` runs it (both simulated systems, the bot as a process), and windows of its page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.manifest import read_manifest
from bot.sandbox.contentstack import seed
from bot.sandbox.demo.supervisor import Demo, running
from bot.sandbox.workspace.client import WorkspaceClient
from tests.browser.house import House
from tests.page.windows import KEPT, Shelf, Windows, windows

ENTRY = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture(scope="module")
def members() -> int:
    """How many people the organization has; a module overrides it by a fixture of this name."""
    return seed.MEMBERS


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(browser: Browser, members: int) -> AsyncIterator[Demo]:
    """One bot for a module; without a browser it is not even started."""
    async with running(ENTRY, read_manifest(), members=members, kept=KEPT) as demo:
        yield demo


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(demo: Demo) -> AsyncIterator[House]:
    async with WorkspaceClient(demo.url) as workspace:
        house = House(demo, workspace)
        house.quick()
        await workspace.wait_connected()
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(shelf: Shelf, house: House) -> AsyncIterator[Windows]:
    """Opens a window as somebody; at the end no window may have complained, and nothing stays on a screen."""
    async with windows(shelf, house.demo.url) as opened:
        yield opened
    await house.tidy()
