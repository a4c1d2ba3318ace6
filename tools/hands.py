"""What people do in the page, found by role and name as they would (docs/page.md)."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

APPROVALS = "channel=approvals"
ADMINS = "channel=org-admins"


async def say(page: Page, text: str, channel: str = "org-admins") -> None:
    """Type into the composer and send."""
    composer = page.get_by_role("textbox", name=f"Message #{channel}", exact=True)
    await composer.fill(text)
    await composer.press("Enter")


async def form(page: Page, text: str = "") -> Locator:
    """Type the command, wait for its form."""
    await say(page, f"/org-users {text}".strip())
    dialog = page.get_by_role("dialog", name="Organization users")
    await dialog.get_by_role("textbox", name="Reason").wait_for()
    return dialog


async def choose(dialog: Locator, field: str, *options: str) -> None:
    """Choose from a list that is already there, and close it."""
    box = dialog.get_by_role("combobox", name=field, exact=True)
    await box.click()
    for option in options:
        await dialog.get_by_role("option", name=option, exact=True).click()
    await box.press("Escape")
    await expect(box).to_have_attribute("aria-expanded", "false")


async def preview(page: Page, dialog: Locator, reason: str) -> Locator:
    """Give the reason and ask for the preview."""
    await dialog.get_by_role("textbox", name="Reason").fill(reason)
    await dialog.get_by_role("button", name="Preview").click()
    shown = page.get_by_role("dialog", name="Preview", exact=True)
    await shown.get_by_text("Reason:").wait_for()
    return shown


async def confirm(page: Page, shown: Locator, label: str, answer: str) -> None:
    """Confirm the preview; Rollcall says `answer`, and the window is closed."""
    await shown.get_by_role("button", name=label, exact=True).click()
    said = page.get_by_role("dialog")
    await expect(said).to_contain_text(answer)
    await said.get_by_role("button", name="Close window").click()
    await expect(said).to_have_count(0)


async def ask(page: Page, text: str, reason: str, label: str, answer: str = "Asked.") -> Locator:
    """From the command to the operation's message."""
    shown = await preview(page, await form(page, text), reason)
    await confirm(page, shown, label, answer)
    return message(page, reason)


def message(page: Page, reason: str) -> Locator:
    """The message in this channel with this reason."""
    return page.get_by_role("article", name="Rollcall").filter(has_text=f"Reason: {reason}")


async def approve(page: Page, reason: str) -> None:
    """As another admin: agree, and be sure."""
    request = message(page, reason)
    await request.get_by_role("button", name="Approve", exact=True).click()
    sure = page.get_by_role("alertdialog", name="Approve this plan?")
    await sure.get_by_role("button", name="Approve", exact=True).click()
    await expect(request).to_contain_text("1 of 1 so far")


async def ended(shown: Locator, words: str) -> None:
    """Until the message says how it ended, and the audit head is in its thread."""
    await expect(shown).to_contain_text(words)
    await expect(replies(shown)).to_be_visible()


def replies(shown: Locator) -> Locator:
    """The way into a message's thread."""
    return shown.get_by_role("button", name=re.compile(r"^\d+ repl"))
