"""What messages look like and what can be done with them."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.workspace.core import Timing
from tests.page.conftest import Open, Stage, say
from tests.page.menu import LINK

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def menu(page: Page) -> None:
    await say(page, "/menu")
    await page.get_by_role("heading", name="Kitchen sink").wait_for()


async def test_every_block_is_drawn_and_another_one_says_so(open_page: Open) -> None:
    """Texts, fields, overflow, rich text, table, image, context are drawn; a video is a visible box."""
    page = await open_page()
    await menu(page)
    message = page.get_by_role("article").last
    words = message.locator("[data-block-id=words]")
    await expect(words.locator("strong")).to_have_text("bold")
    await expect(words.locator("em")).to_have_text("italic")
    await expect(words.locator("s")).to_have_text("struck")
    await expect(words.locator("code")).to_have_text("code")
    await expect(words.get_by_role("link", name="a link")).to_have_attribute(
        "href", "https://example.com/a?b=1"
    )
    assert await words.locator(".mention").all_inner_texts() == ["@Mia Member", "#general", "@org-approvers"]
    await expect(words.get_by_role("img", name="tada")).to_have_text("🎉")
    await expect(words).to_contain_text(":no_such_emoji:")
    await expect(words.locator("blockquote")).to_have_text("quoted <b>")
    await expect(words.locator("pre")).to_have_text("x = 1 < 2\ny = 2")
    rich = message.locator("[data-block-id=rich]")
    await expect(rich.locator("p").first).to_have_text("Rich @Grace Admin <!channel> stays text")
    assert await rich.get_by_role("listitem").all_inner_texts() == ["first", "second"]
    quote = rich.locator("blockquote")
    await expect(quote).to_have_text("🔔 why 2025-11-23")
    await expect(quote.locator("strong a")).to_have_attribute("href", "https://example.com/why")
    mark = message.locator("[data-block-id=small]").get_by_role("img", name="The page's mark")
    assert await mark.evaluate("(image) => image.decode().then(() => image.naturalWidth > 0)")
    assert await message.get_by_role("row").all_inner_texts() == [
        "Person\tStacks",
        "Mia Member\t3",
        "Bob Double\t12",
    ]
    await expect(message.get_by_role("img", name="A chart of removals")).to_be_visible()
    await expect(message.get_by_role("note")).to_have_text("not drawn: video")


@pytest.mark.parametrize(
    ("person", "shown"), [("ada", "2025-11-23 1:13 PM"), ("grace", "2025-11-23 7:13 AM")]
)
async def test_dates_are_in_the_zone_of_the_viewer(open_page: Open, person: str, shown: str) -> None:
    """The same message says another time to Ada in Berlin and to Grace in New York."""
    page = await open_page(person)
    await menu(page)
    await expect(page.locator("[data-block-id=fields] time")).to_have_text(shown)


async def test_buttons_and_menus_reach_the_app(open_page: Open, stage: Stage) -> None:
    """A button, an overflow entry, a select in the row and a labelled button each arrive once, in order."""
    page = await open_page()
    await menu(page)
    await page.get_by_role("button", name="Approve").click()
    await page.get_by_role("button", name="More options: Asked by").click()
    await page.get_by_role("menuitem", name="Undo").click()
    await page.get_by_role("combobox", name="Choose a fruit").click()
    await page.get_by_role("option", name="Cherry").click()
    await page.get_by_role("button", name="Decide later").click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    told = [
        (each["action_id"], (each.get("selected_option") or {}).get("value"))
        for each in stage.kitchen.actions
    ]
    assert told == [("approve", None), ("more", "undo"), ("fruit", "cherry"), ("later", None)]
    await expect(page.get_by_role("combobox", name="Choose a fruit")).to_have_value("Cherry")


async def test_people_days_and_times_are_chosen_in_a_message(open_page: Open, stage: Stage) -> None:
    """Each choice is told as Slack tells it: one at once, several when the list closes, times in his zone."""
    page = await open_page()
    await menu(page)
    row = page.locator("[data-block-id=choices]")
    await row.get_by_role("combobox", name="Who decides").fill("oli")
    await row.get_by_role("option", name="Olivia Owner").click()
    helpers = row.get_by_role("combobox", name="Who helps")
    await helpers.click()
    await row.get_by_role("option", name="Mia Member").click()
    await row.get_by_role("option", name="Grace Admin").click()
    await helpers.press("Escape")
    await row.get_by_label("day").fill("2026-12-24")
    await row.get_by_label("hour").fill("09:30")
    await row.get_by_label("moment").fill("2026-07-01T09:30")
    await stage.kitchen.told(5)
    told = [(one["action_id"], value(one)) for one in stage.kitchen.actions]
    assert told == [
        ("boss", "U0OWNER"),
        ("team", ["U0MIA", "U0GRACE"]),
        ("day", "2026-12-24"),
        ("hour", "09:30"),
        ("moment", 1782891000),  # 09:30 in Berlin in summer
    ]


def value(action: dict[str, Any]) -> Any:
    """What was chosen."""
    (chosen,) = [one for key, one in action.items() if key.startswith("selected_")]
    return chosen


async def test_a_link_opens_beside_the_page_and_is_told(open_page: Open, stage: Stage) -> None:
    """From a button, after its confirm dialog if it has one, and from a menu; a script leads nowhere."""
    page = await open_page()
    await page.context.route("https://example.com/**", lambda route: route.fulfill(body="connected"))
    await menu(page)
    async with page.expect_popup() as window:
        await page.get_by_role("button", name="Leave", exact=True).click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Remove them").click()
    assert (await window.value).url == LINK
    await page.evaluate("() => { window.opened = []; window.open = (...asked) => opened.push(asked); }")
    await page.get_by_role("button", name="Connect", exact=True).click()
    await page.get_by_role("button", name="More options: Asked by").click()
    await page.get_by_role("menuitem", name="About").click()
    await page.get_by_role("button", name="Trap", exact=True).click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert [one["action_id"] for one in stage.kitchen.actions] == ["leave", "connect", "more", "trap"]
    assert await page.evaluate("opened") == [[LINK, "_blank", "noopener,noreferrer"]] * 2


async def test_a_link_to_a_message_leads_to_it(open_page: Open, stage: Stage) -> None:
    """Clicked it opens here and has the keyboard; typed in it is an address; not for who may not see it."""
    ada, gus = await open_page("ada"), await open_page("gus")
    client = stage.kitchen.client
    told = await client.chat_postMessage(channel="C0ORGADMINS", text="the plan")
    for number in range(30):
        await client.chat_postMessage(channel="C0ORGADMINS", text=f"more {number}")
    link = (await client.chat_getPermalink(channel="C0ORGADMINS", message_ts=told["ts"]))["permalink"]
    await client.chat_postMessage(channel="C0GENERAL", text=f"<{link}|See it>")
    await ada.get_by_role("link", name="See it").click()
    message = ada.locator(f"[data-ts='{told['ts']}']")
    await expect(message).to_be_focused()
    await expect(message).to_be_in_viewport()
    await expect(ada.get_by_role("main", name="org-admins")).to_be_visible()
    await ada.goto(link)
    await expect(message).to_be_focused()
    await gus.get_by_role("link", name="See it").click()
    await expect(gus.get_by_role("alert")).to_contain_text("a conversation that Gus Guest cannot see")
    await expect(gus.get_by_role("main", name="general")).to_be_visible()


async def test_a_confirm_dialog_comes_between(open_page: Open, stage: Stage) -> None:
    """Esc and Keep them tell nobody; Remove them does. The keyboard returns to the button."""
    page = await open_page()
    await menu(page)
    deny = page.get_by_role("button", name="Deny", exact=True)
    dialog = page.get_by_role("alertdialog", name="Remove two people?")
    await deny.click()
    await expect(dialog).to_contain_text("Mia and Bob lose everything.")
    await expect(dialog.get_by_role("button", name="Keep them")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(deny).to_be_focused()
    await deny.click()
    await dialog.get_by_role("button", name="Keep them").click()
    assert stage.kitchen.actions == []
    await deny.click()
    await dialog.get_by_role("button", name="Remove them").click()
    await expect(deny).not_to_have_attribute("aria-busy", "true")
    assert [each["action_id"] for each in stage.kitchen.actions] == ["deny"]


async def test_progress_moves_in_place_and_the_thread_opens_beside_it(open_page: Open, stage: Stage) -> None:
    """One message changes without a reload; its reply stands in the panel; what is being typed stays."""
    page = await open_page()
    await say(page, "/run")
    message = page.get_by_role("main").get_by_role("article").last
    await expect(message).to_contain_text("0 of 3 done")
    composer = page.get_by_role("textbox", name="Message #general")
    await composer.fill("half a sen")
    for done in ("1 of 3 done", "2 of 3 done", "3 of 3 done"):
        stage.kitchen.step.set()
        await expect(message).to_contain_text(done)
    await expect(message).to_contain_text("(edited)")
    await expect(page.get_by_role("main").get_by_role("article")).to_have_count(1)
    await expect(composer).to_be_focused()
    await expect(composer).to_have_value("half a sen")
    await message.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("article").last).to_contain_text("The long list stands here")
    await thread.get_by_role("textbox", name="Reply…").fill("Thank you")
    await page.keyboard.press("Enter")
    await expect(message.get_by_role("button", name="2 replies")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(thread).to_have_count(0)


async def test_what_is_open_at_a_message_outlives_its_edits(open_page: Open, stage: Stage) -> None:
    """Its menu stays open while the message moves, and reaches the app with what it says now."""
    page = await open_page()
    await say(page, "/run")
    message = page.get_by_role("main").get_by_role("article").last
    await expect(message).to_contain_text("0 of 3 done")
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    stage.kitchen.step.set()
    await expect(message).to_contain_text("1 of 3 done")
    await message.get_by_role("menuitem", name="Taste").click()
    await expect(message.get_by_role("button", name="More actions")).to_be_focused()
    assert stage.kitchen.actions == [{"action_id": "taste", "value": "1 of 3 done"}]


async def test_an_ephemeral_message_is_for_one_person(open_page: Open) -> None:
    """It says so, nobody else sees it, and it can be dismissed."""
    ada, grace = await open_page("ada"), await open_page("grace")
    await say(ada, "/whisper")
    message = ada.get_by_role("article", name="only visible to you")
    await expect(message).to_contain_text("Only you can read this")
    await say(ada, "for everybody")
    await expect(grace.get_by_role("article").last).to_contain_text("for everybody")
    await expect(grace.get_by_text("Only you can read")).to_have_count(0)
    await message.get_by_role("button", name="Dismiss message").click()
    await expect(message).to_have_count(0)


async def test_a_file_is_shown_and_can_be_had(open_page: Open) -> None:
    """Name, size, first lines, and the bytes."""
    page = await open_page()
    await say(page, "/attach")
    card = page.get_by_role("article").last.get_by_role("figure")
    await expect(card).to_contain_text("Result")
    await expect(card).to_contain_text("CSV · 58 bytes")
    await expect(card.get_by_label("Preview of result.csv")).to_contain_text("mia@example.com,Done")
    async with page.expect_download() as download:
        await card.get_by_role("link", name="Download result.csv").click()
    path = await (await download.value).path()
    assert path.read_text() == "email,outcome\nmia@example.com,Done\nbob@example.com,Failed\n"


HOSTILE = (
    '<img src=x onerror="document.title=1"> &amp;lt;script&amp;gt; <javascript:alert(1)|click> *bold<b>*'
)


async def test_hostile_text_stays_text(open_page: Open, stage: Stage) -> None:
    """Nothing of a message becomes an element of the page, and no link leads into a script."""
    page = await open_page()
    await stage.kitchen.client.chat_postMessage(channel="C0GENERAL", text=HOSTILE)
    message = page.get_by_role("article").last
    await expect(message).to_contain_text("&lt;script&gt;")
    assert await message.locator("img, script, a, b").count() == 0
    assert "general" in await page.title()


async def test_people_type_the_same_characters_that_they_see(open_page: Open) -> None:
    """Angle brackets and ampersands survive the way there and back; @handle and #channel become mentions."""
    page = await open_page()
    await say(page, "a < b & c > d, ask @grace in #random")
    message = page.get_by_role("article").last
    await expect(message.locator(".message-text")).to_have_text("a < b & c > d, ask @Grace Admin in #random")
    assert await message.locator(".mention").all_inner_texts() == ["@Grace Admin", "#random"]


@pytest.mark.parametrize("timing", [Timing(answer=0.2)])
async def test_a_command_without_an_answer_says_so(open_page: Open, timing: Timing) -> None:
    """Slack's own sentence comes as a message that only the person sees."""
    page = await open_page()
    await say(page, "/silence")
    message = page.get_by_role("article", name="only visible to you")
    await expect(message).to_contain_text("/silence")


async def test_who_is_at_the_end_stays_there(open_page: Open) -> None:
    """Opening the drawer makes the list lower; the last message stays in sight, until somebody scrolls up."""
    page = await open_page()
    for number in range(8):
        await say(page, f"line {number}\nand more\nand more")
    last, first = page.get_by_role("article").last, page.get_by_role("article").first
    await expect(last).to_contain_text("line 7")
    await expect(last).to_be_in_viewport(ratio=1)
    behind = page.get_by_role("button", name="Behind the scenes", exact=True)
    await behind.click()
    await expect(last).to_be_in_viewport(ratio=1)
    await first.scroll_into_view_if_needed()
    await behind.click()
    await expect(first).to_be_in_viewport(ratio=1)
