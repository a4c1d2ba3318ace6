from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.clock import ManualClock
from bot.sandbox.contentstack.server import ContentstackSandbox


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sandbox(clock: ManualClock) -> ContentstackSandbox:
    """A sandbox whose clock stands still, so that its one-second windows would never end: limits off."""
    made = ContentstackSandbox(clock=clock)
    made.state.switches.rate_limits = False
    return made


@pytest.fixture
async def url(sandbox: ContentstackSandbox) -> AsyncIterator[str]:
    async with sandbox.serve() as address:
        yield address


@pytest.fixture
async def bot(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the bot's authtoken."""
    headers = {"authtoken": seed.BOT_AUTHTOKEN}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
async def nobody(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client without any credential."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False) as client:
        yield client
