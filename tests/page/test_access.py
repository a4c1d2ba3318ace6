"""axe-core finds nothing serious, in both colour schemes, on every surface."""

import pytest

from tests.page.axe import axe_source, findings
from tests.page.conftest import Open, say
from tests.page.windows import Scheme

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_on_any_surface(open_page: Open, scheme: Scheme) -> None:
    """Every block, thread, person menu, drawer, modal with errors and an open list, confirm, Home."""
    source = axe_source()
    page = await open_page("ada", "channel=general", color_scheme=scheme)
    await page.evaluate(source)
    for command in ("/menu", "/whisper", "/attach"):
        await say(page, command)
    await page.get_by_text("58 bytes").wait_for()
    await page.get_by_role("button", name="Behind the scenes", exact=True).click()
    await page.get_by_role("article").first.get_by_role("button", name="Reply in thread").click()
    assert await findings(page, scheme) == []
    await page.get_by_role("button", name="Close thread").click()
    await page.get_by_role("button", name="Switch person").click()
    assert await findings(page, scheme) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Deny", exact=True).click()
    assert await findings(page, scheme) == []
    await page.keyboard.press("Escape")
    await say(page, "/kitchen")
    dialog = page.get_by_role("dialog", name="Kitchen sink")
    await dialog.get_by_role("button", name="Send").click()
    await dialog.get_by_text("required").wait_for()
    await dialog.get_by_role("combobox", name="Fruits").click()
    await dialog.get_by_role("option", name="Apple").click()
    assert await findings(page, scheme) == []
    await dialog.get_by_role("button", name="Close window").click()
    await page.get_by_role("link", name="Kitchen").click()
    await page.get_by_role("heading", name="Your desk").wait_for()
    assert await findings(page, scheme) == []
