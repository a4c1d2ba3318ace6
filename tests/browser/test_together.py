"""Several people at one operation: refusals, denial, progress, cancel, undo, a list in, a report out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.contentstack import seed
from tests.browser.house import House
from tests.page.windows import Windows
from tools.hands import (
    ADMINS,
    APPROVALS,
    approve,
    ask,
    confirm,
    ended,
    form,
    message,
    preview,
    replies,
    say,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("person", "sentence"),
    [("mia", "Only the owner and the admins"), ("gus", "guest")],
)
async def test_who_may_not_is_told_why(open_page: Windows, person: str, sentence: str) -> None:
    """A member and a guest see a window with one sentence, and no form."""
    page = await open_page(person)
    await say(page, "/org-users", "general")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(re.compile(sentence, re.IGNORECASE))
    await expect(dialog.get_by_role("radio")).to_have_count(0)
    await expect(dialog.get_by_role("textbox")).to_have_count(0)


async def test_a_stranger_has_no_command_at_all(open_page: Windows) -> None:
    """Slack Connect: the page says so before, Slack says so after."""
    page = await open_page("sid", "channel=partners")
    composer = page.get_by_role("textbox", name="Message #partners")
    await composer.fill("/org-users")
    await expect(page.get_by_text("cannot use this workspace's commands")).to_be_visible()
    await composer.press("Enter")
    answer = page.get_by_role("article", name="only visible to you")
    await expect(answer).to_contain_text("/org-users is not a valid command.")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_member_cannot_approve(open_page: Windows, house: House) -> None:
    """Mia, in the channel by mistake, presses Approve: a sentence for her alone, nothing happens."""
    ada = await open_page("ada", ADMINS)
    [email] = house.targets(1)
    await ask(ada, f"remove {email}", "not by Mia", "Remove 1 person")
    grace = house.workspace.user("grace")
    await grace.act("membership", channel="#approvals", act="invite", person="mia")
    mia = await open_page("mia", APPROVALS)
    request = message(mia, "not by Mia")
    await request.get_by_role("button", name="Approve", exact=True).click()
    await mia.get_by_role("alertdialog").get_by_role("button", name="Approve", exact=True).click()
    await expect(mia.get_by_role("article", name="only visible to you")).to_contain_text(
        "Only the owner and the admins"
    )
    await expect(request).to_contain_text("0 of 1 so far")
    assert house.share(email) is not None


async def test_a_second_admin_denies_and_says_why(open_page: Windows, house: House) -> None:
    """Both messages have the comment; nothing was done."""
    ada, grace = await open_page("ada", ADMINS), await open_page("grace", APPROVALS)
    [email] = house.targets(1)
    summary = await ask(ada, f"remove {email}", "too early", "Remove 1 person")
    await message(grace, "too early").get_by_role("button", name="Deny", exact=True).click()
    dialog = grace.get_by_role("dialog", name="Deny this request")
    await dialog.get_by_role("textbox", name="Why not").fill("He is only on holiday")
    await dialog.get_by_role("button", name="Deny", exact=True).click()
    await expect(summary).to_contain_text("Denied. Nothing was done.")
    await expect(summary).to_contain_text("He is only on holiday")
    assert house.share(email) is not None


async def test_progress_moves_in_place_and_cancel_stops_it(open_page: Windows, house: House) -> None:
    """The same element of the same page: in line, running, n of m; Cancel asks back; the rest is not run."""
    ada, grace = await open_page("ada", ADMINS), await open_page("grace", APPROVALS)
    people = house.targets(32)
    dialog = await form(ada, "remove")
    await dialog.get_by_role("checkbox", name="Paste e-mail addresses").check()
    await dialog.get_by_role("textbox", name="E-mail addresses").fill("\n".join(people))
    shown = await preview(ada, dialog, "site closed")
    await shown.get_by_role("spinbutton", name="Type their number").fill("32")
    await confirm(ada, shown, "Remove 32 people", "Asked.")
    summary = message(ada, "site closed")
    await expect(summary).to_contain_text("Waiting for approval")
    await summary.evaluate("(element) => { element.kept = true; window.kept = true; }")
    house.hold("DELETE", "/share$", after=1)
    await approve(grace, "site closed")
    await expect(summary).to_contain_text(re.compile(r"Running\. [1-9]\d of 32 people"))
    await summary.get_by_role("button", name="Cancel", exact=True).click()
    sure = ada.get_by_role("alertdialog")
    await sure.get_by_role("button").last.click()
    await expect(summary).to_contain_text(re.compile("Being cancelled|Cancelled"))
    house.mend()
    await ended(summary, "Cancelled")
    await expect(summary).to_contain_text("not run")
    assert await summary.evaluate("(element) => element.kept && window.kept")
    left = [email for email in people if house.share(email) is not None]
    assert 0 < len(left) < 32
    assert house.told_to("DELETE", "/share", left) == [0] * len(left)


async def test_undo_gives_back_what_each_had(open_page: Windows, house: House) -> None:
    """A plan of its own, linked from the first message; each gets his own roles, not one set for all."""
    ada = await open_page("ada", ADMINS)
    one, [two] = seed.TWO_ROLES, house.targets(1)
    before = [list(share.org_roles) for email in (one, two) if (share := house.share(email))]
    dialog = await form(ada, f"role {one}, {two}")
    box = dialog.get_by_role("combobox", name="Organization roles")
    await box.click()
    await dialog.get_by_role("option", name="Product Analytics Viewer").click()
    await box.press("Escape")
    shown = await preview(ada, dialog, "by mistake")
    await confirm(ada, shown, "Set roles of 2 people", "Confirmed.")
    summary = message(ada, "by mistake")
    await ended(summary, "Done. 2 done.")
    await summary.get_by_role("button", name="Undo", exact=True).click()
    back = ada.get_by_role("dialog")
    await back.get_by_role("textbox", name="Reason").fill("taken back")
    await back.get_by_role("button", name="Preview").click()
    shown = ada.get_by_role("dialog", name="Preview", exact=True)
    await expect(shown).to_contain_text("Will run (2)")
    await confirm(ada, shown, "Set roles of 2 people", "Confirmed.")
    await ended(message(ada, "taken back"), "Done. 2 done.")
    after = [sorted(share.org_roles) for email in (one, two) if (share := house.share(email))]
    assert after == [sorted(roles) for roles in before]


async def test_a_list_goes_in_and_a_report_comes_out(
    open_page: Windows, house: House, tmp_path: Path
) -> None:
    """A CSV file chooses the people; the thread has a CSV file with a row per person, and a picture."""
    ada = await open_page("ada", ADMINS)
    people = house.targets(3)
    listing = tmp_path / "people.csv"
    listing.write_text("Name,Email\n" + "".join(f"Somebody,{email}\n" for email in people))
    dialog = await form(ada, "sessions")
    await dialog.get_by_role("checkbox", name="Upload a CSV file").check()
    await dialog.get_by_label("CSV file", exact=True).set_input_files(listing)
    await expect(dialog.get_by_role("button", name="Remove people.csv")).to_be_visible()
    shown = await preview(ada, dialog, "from a list")
    await expect(shown).to_contain_text("3 from the file")
    await confirm(ada, shown, "Sign out 3 people", "Confirmed.")
    summary = message(ada, "from a list")
    await ended(summary, "Done.")
    await replies(summary).click()
    thread = ada.get_by_role("complementary", name="Thread")
    report = thread.get_by_role("figure").filter(has_text="CSV")
    async with ada.expect_download() as download:
        await report.get_by_role("link", name="Download").click()
    path = await (await download.value).path()
    text = path.read_text("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == people
    picture = thread.get_by_role("figure").filter(has_text="the outcome").get_by_role("img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
