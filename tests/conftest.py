"""The order in which files are taken, and what tests in a browser share: one Chromium for a worker.

The Chromium is started when the first of them asks for it.
"""

import gc
import os
from collections.abc import AsyncIterator, Generator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, expect

from tests.page.windows import PATIENCE_MS, Shelf
from tools.browser import MISSING, browsing, chromium

LONGEST_FIRST = (
    "tests/crash/",
    "tests/browser/",
    "tests/journey/",
    "tests/service/test_every_stop.py",
    "tests/engine/",
    "tests/page/",
    "tests/test_cli.py",
    "tests/service/",
    "tests/slack/",
)
"""A file that takes a minute must not be the last that a worker begins (Makefile: --no-loadscope-reorder)."""


RARELY = 20_000
"""New objects between two searches for garbage; Python's 700 cost a tenth of the time of all tests."""

_OWN = ("SLACK_", "CONTENTSTACK_", "ROLLCALL_")


# How long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure() -> None:
    """Settings and proxies of whoever runs the tests are no part of them; hypothesis has patience."""
    settings.load_profile("patient")
    for name in list(os.environ):
        if name.startswith(_OWN) or name.lower().endswith("_proxy"):
            del os.environ[name]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """No search for garbage meanwhile: what is imported stays, and the searches took a sixth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by how long files take, and leave the order within each as it is."""
    items.sort(key=lambda item: _rank(item.nodeid))


def pytest_collection_finish() -> None:
    """Whatever is there by now stays to the end: no search for garbage has to walk through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(RARELY)


def _rank(test: str) -> int:
    return next((at for at, start in enumerate(LONGEST_FIRST) if test.startswith(start)), len(LONGEST_FIRST))


def chromium_path() -> str:
    """The system's Chromium.

    Without one the test is skipped, unless REQUIRE_BROWSER=1: then it fails.
    """
    found = chromium()
    if found:
        return found
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with browsing(chromium_path()) as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shelf(browser: Browser) -> Shelf:
    """The windows of this worker."""
    return Shelf(browser)
