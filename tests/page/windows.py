"""Windows of the page, each as somebody; what one of them complains of in its console is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Error, Page, ViewportSize

Scheme = Literal["light", "dark"]
PATIENCE_MS = 60_000
WIDE: ViewportSize = {"width": 1280, "height": 860}
NARROW: ViewportSize = {"width": 390, "height": 844}
KEPT = 3600
"""Seconds for which a window keeps the page's fifty files: half of what it is to open the page again."""
_BLANK = "css/base.css"
"""A document of the page's own origin that runs nothing: leading a window there keeps its process."""


class Shelf:
    """Windows that nobody looks through just now.

    To open one is half of what a small test costs, so the next test takes one from here. Nothing is left in
    it of the test before.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[Page] = []

    async def take(self) -> Page:
        """One from before, else a new one."""
        if self._free:
            return self._free.pop()
        return await (await self._browser.new_context(viewport=WIDE)).new_page()

    async def put_back(self, page: Page, url: str) -> None:
        """Leave the page at `url` and forget what it kept."""
        for other in page.context.pages:
            if other is not page:
                await other.close()
        await page.context.unroute_all()
        await page.context.clear_cookies()
        await page.evaluate("localStorage.clear()")
        await page.mouse.move(0, 0)
        await page.goto(f"{url}/{_BLANK}")
        self._free.insert(0, page)


class Windows:
    """Opens windows of the page at `url`."""

    def __init__(self, shelf: Shelf, url: str) -> None:
        self._shelf, self._url = shelf, url
        self._open: list[Page] = []
        self.complaints: list[str] = []

    async def __call__(
        self,
        person: str = "ada",
        where: str = "channel=general",
        *,
        viewport: ViewportSize = WIDE,
        color_scheme: Scheme = "light",
    ) -> Page:
        """A window as this person, once the page stands."""
        page = await self._shelf.take()
        self._open.append(page)
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", self._failed)
        page.on("console", self._heard)
        await page.set_viewport_size(viewport)
        await page.emulate_media(color_scheme=color_scheme)
        await page.goto(f"{self._url}/?user={person}&{where}")
        await page.get_by_role("main").wait_for()
        return page

    def _failed(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _heard(self, said: ConsoleMessage) -> None:
        # A supervisor that is not there answers 404, which the browser always mentions.
        if said.type == "error" and "404" not in said.text:
            self.complaints.append(said.text)

    async def close(self) -> None:
        """Everybody looks away."""
        for page in reversed(self._open):
            page.remove_listener("pageerror", self._failed)
            page.remove_listener("console", self._heard)
            await self._shelf.put_back(page, self._url)


@asynccontextmanager
async def windows(shelf: Shelf, url: str) -> AsyncIterator[Windows]:
    """Windows until the context ends; none of them may have complained."""
    opened = Windows(shelf, url)
    try:
        yield opened
    finally:
        await opened.close()
    assert opened.complaints == []
