"""axe-core finds nothing serious, in both colour schemes, on every surface."""

import importlib.util
import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.page.conftest import Open, say

pytestmark = pytest.mark.asyncio(loop_scope="module")
SERIOUS = ("serious", "critical")


def axe_source() -> str:
    """axe-core as the package axe-playwright-python carries it."""
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is not None and spec.origin is not None:
        return (Path(spec.origin).parent / "axe.min.js").read_text()
    missing = "axe-core is not installed: the package axe-playwright-python carries it."
    if os.environ.get("ROLLCALL_REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


async def findings(page: Page) -> list[tuple[str, str]]:
    result = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (found["id"], node["html"])
        for found in result["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_on_any_surface(open_page: Open, scheme: str) -> None:
    """Every block, thread, person menu, drawer, modal with errors and an open list, confirm, Home."""
    source = axe_source()
    page = await open_page("ada", "channel=general", color_scheme=scheme)
    await page.evaluate(source)
    for command in ("/menu", "/whisper", "/attach"):
        await say(page, command)
    await page.get_by_text("58 bytes").wait_for()
    await page.get_by_role("button", name="Behind the scenes", exact=True).click()
    await page.get_by_role("article").first.get_by_role("button", name="Reply in thread").click()
    assert await findings(page) == []
    await page.get_by_role("button", name="Close thread").click()
    await page.get_by_role("button", name="Switch person").click()
    assert await findings(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Deny", exact=True).click()
    assert await findings(page) == []
    await page.keyboard.press("Escape")
    await say(page, "/kitchen")
    dialog = page.get_by_role("dialog", name="Kitchen sink")
    await dialog.get_by_role("button", name="Send").click()
    await dialog.get_by_text("required").wait_for()
    await dialog.get_by_role("combobox", name="Fruits").click()
    await dialog.get_by_role("option", name="Apple").click()
    assert await findings(page) == []
    await dialog.get_by_role("button", name="Close window").click()
    await page.get_by_role("link", name="Kitchen").click()
    await page.get_by_role("heading", name="Your desk").wait_for()
    assert await findings(page) == []
