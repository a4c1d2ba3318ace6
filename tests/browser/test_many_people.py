"""Typeahead over an organization of 50,000 people."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.house import House
from tests.page.windows import Windows
from tools.hands import ADMINS, form

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def members() -> int:
    return 50_000


async def test_anybody_is_found_by_a_few_letters(open_page: Windows, house: House) -> None:
    """Too many hits say so, an address finds its person, no hit says so, and what was chosen stays."""
    ada = await open_page("ada", ADMINS)
    await house.everybody_is_read()
    dialog = await form(ada)
    box = dialog.get_by_role("combobox", name="People")
    last = house.targets(1)[0]
    await box.fill("example")
    await expect(dialog.get_by_role("option")).to_have_count(100)
    await expect(dialog.get_by_text("more, type on")).to_be_visible()
    await box.fill(last)
    await expect(dialog.get_by_role("option")).to_have_count(1)
    await dialog.get_by_role("option", name=last).click()
    await box.fill("nobody.at.all")
    await expect(dialog.get_by_text("No matches")).to_be_visible()
    await box.fill("zoe.luk")
    await dialog.get_by_role("option", name="zoe.lukasiewicz@example.com").click()
    await box.press("Escape")
    chosen = dialog.get_by_role("button", name="Remove ")
    await expect(chosen).to_have_count(2)
