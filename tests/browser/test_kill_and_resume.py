"""The drawer of the demo: the bot is killed in mid-run and started again, and faults are switched."""

from __future__ import annotations

import os
import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.house import House
from tests.page.windows import Windows
from tools.hands import ADMINS, APPROVALS, approve, ask, confirm, ended, form, message, preview

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def behind_the_scenes(page: Page) -> Locator:
    await page.get_by_role("button", name="Behind the scenes", exact=True).click()
    drawer = page.get_by_role("region", name="Behind the scenes")
    await expect(drawer).to_contain_text("The bot runs")
    return drawer


async def test_the_same_message_goes_on_after_a_kill(open_page: Windows, house: House) -> None:
    """kill -9 in mid-run from the page; started again, it ends, and nobody was asked for twice."""
    ada, grace = await open_page("ada", ADMINS), await open_page("grace", APPROVALS)
    people = house.targets(32)
    dialog = await form(ada, "remove")
    await dialog.get_by_role("checkbox", name="Paste e-mail addresses").check()
    await dialog.get_by_role("textbox", name="E-mail addresses").fill(", ".join(people))
    shown = await preview(ada, dialog, "office closed")
    await shown.get_by_role("spinbutton", name="Type their number").fill("32")
    await confirm(ada, shown, "Remove 32 people", "Asked.")
    summary = message(ada, "office closed")
    await expect(summary).to_contain_text("Waiting for approval")
    ts = await summary.get_attribute("data-ts")
    drawer = await behind_the_scenes(ada)
    house.hold("DELETE", "/share$", after=1)
    await approve(grace, "office closed")
    await expect(summary).to_contain_text(re.compile(r"Running\. [1-9]\d of 32 people"))
    pid = house.demo.bot.pid
    await drawer.get_by_role("button", name="Kill the bot").click()
    await expect(drawer).to_contain_text("The bot is dead")
    await expect(grace.get_by_text("Rollcall is not connected")).to_be_visible()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert any(house.share(email) for email in people)
    await drawer.get_by_role("button", name="Start the bot").click()
    await expect(drawer).to_contain_text("The bot runs")
    house.mend()
    await ended(summary, "Done. 32 done.")
    assert await summary.get_attribute("data-ts") == ts
    assert [house.share(email) for email in people] == [None] * 32
    times = house.told_to("DELETE", "/share", people)
    # The batch in flight may be settled by asking once more for those who are still there, never otherwise.
    assert set(times) <= {1, 2}
    assert sum(count == 2 for count in times) <= 10


@pytest.mark.parametrize(("switch", "word"), [("429", "429"), ("500", "500"), ("Disconnect", "no answer")])
async def test_a_fault_is_watched_and_got_over(
    open_page: Windows, house: House, switch: str, word: str
) -> None:
    """Switched on while the bot runs, its requests fail in the list; off again, all is as ever."""
    ada = await open_page("ada", ADMINS)
    drawer = await behind_the_scenes(ada)
    await drawer.get_by_role("button", name="Contentstack").click()
    [email] = house.targets(1)
    shown = await preview(ada, await form(ada, f"sessions {email}"), f"through {switch}")
    box = drawer.get_by_role("switch", name=switch)
    await box.evaluate("(box) => box.click()")  # the modal covers the drawer for a pointer
    await expect(box).to_be_checked()
    await shown.get_by_role("button", name="Sign out 1 person").click()
    await expect(drawer.get_by_role("cell", name=word, exact=True).last).to_be_attached()
    await box.evaluate("(box) => box.click()")
    await expect(box).not_to_be_checked()
    await ada.get_by_role("dialog").get_by_role("button", name="Close window").click()
    await expect(ada.get_by_role("dialog")).to_have_count(0)
    await say_it_works(ada, house)


async def say_it_works(page: Page, house: House) -> None:
    """After the fault an operation runs as ever."""
    [email] = house.targets(1)
    reason = f"after all, {email}"
    await ended(await ask(page, f"sessions {email}", reason, "Sign out 1 person", "Confirmed."), "Done.")
