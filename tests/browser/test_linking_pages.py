"""The pages on which accounts are linked, in a real browser, and another site that would press its button."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, expect

from bot.sandbox.contentstack import seed
from bot.slack.serve import listening
from tests.web.browser import opened

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_browser_links_and_no_other_site_can_press_the_button(
    browser: Browser, tmp_path: Path
) -> None:
    """A foreign page with the right token lacks the cookie; the person's own press works, style and all."""
    async with opened(tmp_path) as door, await browser.new_context() as context:
        complaints: list[str] = []
        page = await context.new_page()
        page.on("console", lambda told: complaints.append(told.text))
        await page.goto(await door.begin())
        await page.select_option("select", seed.ADA)
        await page.click("text=Allow")
        await expect(page.get_by_role("heading")).to_have_text("Are both of these yours?")
        colour = await page.eval_on_selector("button.yes", "one => getComputedStyle(one).backgroundColor")
        assert (colour, await page.evaluate("document.cookie")) == ("rgb(11, 93, 59)", "")
        token = await page.get_attribute("input[name=token]", "value") or ""
        async with listening(_foreign(f"{door.address}/oauth/confirm", token), "127.0.0.1", 0) as port:
            stranger = await context.new_page()
            await stranger.goto(f"http://localhost:{port}/")
            await stranger.click("text=Win a prize")
            await expect(stranger.get_by_role("heading")).to_have_text("Nothing was linked")
        assert await door.link() is None
        await page.click("text=Yes, link them")
        await expect(page.get_by_role("heading")).to_have_text("Your accounts are linked")
        assert (await door.link() is not None, [one for one in complaints if "Policy" in one]) == (True, [])


def _foreign(action: str, token: str) -> web.Application:
    """Another site, whose form posts to our address."""

    async def show(_: web.Request) -> web.Response:
        fields = f'<input name="token" value="{escape(token)}"><button name="choice" value="link">Win a prize'
        html = f'<form method="post" action="{escape(action)}">{fields}</button></form>'
        return web.Response(text=html, content_type="text/html")

    served = web.Application()
    served.add_routes([web.get("/", show)])
    return served
