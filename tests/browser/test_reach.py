"""Everybody and everywhere: Home tab, hostile names, keyboard alone, axe-core, colours, a narrow window."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.contentstack import seed
from tests.browser.house import House
from tests.page.axe import axe_source, findings
from tests.page.windows import NARROW, Scheme, Windows
from tools.hands import ADMINS, APPROVALS, approve, ask, confirm, ended, form, message, preview

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = ("<img src=x onerror=window.hacked=1>", "<!channel> *bold* <@U0GRACE> </script>")
TRICKY = "tricky.name@example.com"


async def test_the_home_tab_starts_an_action_and_shows_what_became_of_it(
    open_page: Windows, house: House
) -> None:
    """A button opens the form with its action; the operation stands under the last ones afterwards."""
    ada = await open_page("ada", ADMINS)
    await ask(ada, f"unlock {seed.TIMED_LOCK}", "seen from home", "Unlock 1 person", "Confirmed.")
    await ended(message(ada, "seen from home"), "Done.")
    await ada.get_by_role("link", name="Rollcall").click()
    home = ada.get_by_role("main", name="Rollcall, Home")
    await expect(home).to_contain_text("seen from home")
    await expect(home).to_contain_text("Nothing else waits and nothing runs.")
    await home.get_by_role("button", name="Reset MFA").click()
    dialog = ada.get_by_role("dialog", name="Organization users")
    await expect(dialog.get_by_role("radio", name="Reset MFA")).to_be_checked()


async def test_the_home_tab_leads_to_what_waits_for_my_decision(open_page: Windows, house: House) -> None:
    """Grace finds Ada's request, follows its link, agrees with a comment; then nothing waits for her."""
    ada, grace = await open_page("ada", ADMINS), await open_page("grace", "view=home")
    home = grace.get_by_role("main", name="Rollcall, Home")
    await expect(home).to_contain_text("Nothing waits for your decision.")
    [email] = house.targets(1)
    summary = await ask(ada, f"remove {email}", "decided from home", "Remove 1 person")
    await grace.get_by_role("link", name=re.compile(r"approvals, \d+ unread")).wait_for()
    await home.get_by_role("button", name="Look again").click()
    await expect(home).to_contain_text("decided from home")
    await home.get_by_role("link", name="Read it and decide").click()
    request = message(grace, "decided from home")
    await expect(request).to_be_focused()
    await request.get_by_role("button", name="Approve with comment").click()
    dialog = grace.get_by_role("dialog", name="Approve this plan")
    await expect(dialog.get_by_role("textbox", name="Comment")).to_be_focused()
    await grace.keyboard.type("Checked with her manager")
    await dialog.get_by_role("button", name="Approve", exact=True).click()
    await ended(summary, "Done. 1 done.")
    for told in (summary, request):
        await expect(told).to_contain_text(re.compile("Agreed: @Grace Admin on .*: Checked with her manager"))
    assert house.share(email) is None
    await grace.get_by_role("dialog").get_by_role("button", name="Close window").click()
    await grace.get_by_role("link", name="Rollcall", exact=True).click()
    await expect(home).to_contain_text("Nothing waits for your decision.")


async def test_who_may_not_sees_one_sentence_at_home(open_page: Windows) -> None:
    """Nothing about operations of others."""
    mia = await open_page("mia", "view=home")
    home = mia.get_by_role("main", name="Rollcall, Home")
    await expect(home).to_contain_text("Only the owner and the admins")
    await expect(home.get_by_role("button")).to_have_count(0)
    await expect(home).not_to_contain_text("seen from home")


async def test_hostile_names_stay_text(open_page: Windows, house: House) -> None:
    """HTML, mentions and markup in a name and in a reason are letters, in picker, preview and messages."""
    first, last = HOSTILE
    house.enrol(TRICKY, first, last)
    ada, grace = await open_page("ada", ADMINS), await open_page("grace", APPROVALS)
    dialog = await form(ada, f"remove {TRICKY}")
    await expect(dialog.get_by_role("button", name="Remove <img")).to_have_count(1)
    reason = "*not bold* <!here> <b>html</b> <https://example.com|link>"
    shown = await preview(ada, dialog, reason)
    await expect(shown).to_contain_text(f"{first} {last}")
    await expect(shown).to_contain_text(f"Reason: {reason}")
    await confirm(ada, shown, "Remove 1 person", "Asked.")
    request = message(grace, reason)
    await expect(request).to_contain_text(first)
    await approve(grace, reason)
    summary = message(ada, reason)
    await ended(summary, "Done. 1 done.")
    await expect(summary).to_contain_text("<!channel> *bold*")
    for page, place in ((ada, summary), (grace, request)):
        assert await place.locator("img, script, .mention:not(:text('Admin'))").count() == 0
        assert await place.get_by_role("link").count() == 0
        assert await page.evaluate("window.hacked === undefined")


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def tab_to(page: Page, name: str, role: str = "button", most: int = 60) -> None:
    """Tab until this has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # any role
    for _ in range(most):
        if await wanted.evaluate_all("(found) => found.some((one) => one === document.activeElement)"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


async def test_the_keyboard_alone_does_the_whole_job(open_page: Windows, house: House) -> None:
    """Command, form, typeahead, preview, confirmation; then Grace finds the request and approves it."""
    ada, grace = await open_page("ada", ADMINS), await open_page("grace", APPROVALS)
    [email] = house.targets(1)
    await expect(ada.get_by_role("textbox", name="Message #org-admins")).to_be_focused()
    await ada.keyboard.type("/org")
    await press(ada, "Enter")
    await ada.keyboard.type("remove")
    await press(ada, "Enter")
    dialog = ada.get_by_role("dialog", name="Organization users")
    await dialog.get_by_role("textbox", name="Reason").wait_for()
    await tab_to(ada, "People", "combobox")
    await ada.keyboard.type(email)
    await expect(dialog.get_by_role("option")).to_have_count(1)
    await press(ada, "ArrowDown", "Enter", "Escape")
    await tab_to(ada, "Reason", "textbox")
    await ada.keyboard.type("by keyboard")
    await tab_to(ada, "Preview")
    await press(ada, "Enter")
    shown = ada.get_by_role("dialog", name="Preview", exact=True)
    await shown.get_by_text("Reason: by keyboard").wait_for()
    await tab_to(ada, "Remove 1 person")
    await press(ada, "Enter")
    await expect(ada.get_by_role("dialog")).to_contain_text("Asked.")
    await press(ada, "Escape")
    await expect(ada.get_by_role("textbox", name="Message #org-admins")).to_be_focused()
    await message(grace, "by keyboard").wait_for()
    await tab_to(grace, "Approve")
    await press(grace, "Enter")
    sure = grace.get_by_role("alertdialog", name="Approve this plan?")
    await sure.wait_for()
    await tab_to(grace, "Approve")
    await press(grace, "Enter")
    await ended(message(ada, "by keyboard"), "Done. 1 done.")
    assert house.share(email) is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_for_axe(open_page: Windows, house: House, scheme: Scheme) -> None:
    """Form, open list, preview, request for approval, summary, Home, drawer: in both colour schemes."""
    source = axe_source()
    ada = await open_page("ada", ADMINS, color_scheme=scheme)
    grace = await open_page("grace", APPROVALS, color_scheme=scheme)
    for page in (ada, grace):
        await page.evaluate(source)
    reason = f"seen in {scheme}"
    dialog = await form(ada, f"remove {', '.join(house.targets(2))}, {seed.OWNER}")
    await dialog.get_by_role("combobox", name="People").fill("a")
    await dialog.get_by_role("option").first.wait_for()
    assert await findings(ada, scheme) == []
    await dialog.get_by_role("combobox", name="People").press("Escape")
    shown = await preview(ada, dialog, reason)
    assert await findings(ada, scheme) == []
    await confirm(ada, shown, "Remove 2 people", "Asked.")
    await message(grace, reason).wait_for()
    await grace.get_by_role("button", name="Behind the scenes", exact=True).click()
    assert await findings(grace, scheme) == []
    await grace.get_by_role("button", name="Close behind the scenes").click()
    await approve(grace, reason)
    await ended(message(ada, reason), "Done.")
    assert await findings(ada, scheme) == []
    await ada.get_by_role("link", name="Rollcall").click()
    await expect(ada.get_by_role("main", name="Rollcall, Home")).to_contain_text(reason)
    assert await findings(ada, scheme) == []


async def test_a_narrow_window_does_the_whole_job(open_page: Windows, house: House) -> None:
    """At 390 pixels: form, preview, confirmation, approval, nothing wider than the window."""
    ada = await open_page("ada", ADMINS, viewport=NARROW)
    grace = await open_page("grace", APPROVALS, viewport=NARROW)
    shown = await preview(ada, await form(ada, f"remove {house.targets(1)[0]}"), "on the train")
    await expect(shown.get_by_role("button", name="Remove 1 person")).to_be_in_viewport(ratio=1)
    assert await ada.evaluate("document.scrollingElement.scrollWidth") == 390
    await confirm(ada, shown, "Remove 1 person", "Asked.")
    await approve(grace, "on the train")
    await ended(message(ada, "on the train"), "Done. 1 done.")
    for page in (ada, grace):
        assert await page.evaluate("document.scrollingElement.scrollWidth") == 390
