"""Windows of the page, each as somebody; what one of them complains of in its console is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

PATIENCE_MS = 60_000


class Windows:
    """Opens windows of the page at `url`."""

    def __init__(self, browser: Browser, url: str, patience_ms: float = PATIENCE_MS) -> None:
        self._browser, self._url, self._patience = browser, url, patience_ms
        self._open: list[BrowserContext] = []
        self.complaints: list[str] = []

    async def __call__(self, person: str = "ada", where: str = "channel=general", **context: Any) -> Page:
        """A window as this person, once the page stands."""
        window = await self._browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **context})
        self._open.append(window)
        page = await window.new_page()
        page.set_default_timeout(self._patience)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        await page.goto(f"{self._url}/?user={person}&{where}")
        await page.get_by_role("main").wait_for()
        return page

    def _heard(self, kind: str, text: str) -> None:
        # A supervisor that is not there answers 404, which the browser always mentions.
        if kind == "error" and "404" not in text:
            self.complaints.append(text)

    async def close(self) -> None:
        for window in self._open:
            await window.close()


@asynccontextmanager
async def windows(browser: Browser, url: str, patience_ms: float = PATIENCE_MS) -> AsyncIterator[Windows]:
    """Windows until the context ends; none of them may have complained."""
    opened = Windows(browser, url, patience_ms)
    try:
        yield opened
    finally:
        await opened.close()
    assert opened.complaints == []
