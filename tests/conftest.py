"""What tests in a browser share: one Chromium for a worker, started when the first of them asks for it."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.page.windows import PATIENCE_MS
from tools.browser import MISSING, browsing, chromium


def chromium_path() -> str:
    """The system's Chromium.

    Without one the test is skipped, unless ROLLCALL_REQUIRE_BROWSER=1: then it fails.
    """
    found = chromium()
    if found:
        return found
    if os.environ.get("ROLLCALL_REQUIRE_BROWSER") == "1":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with browsing(chromium_path()) as browser:
        yield browser
