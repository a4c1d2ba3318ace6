"""The frame: people, channels, completion, Home tab, drawer, colours, narrow windows, keyboard."""

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.workspace.server import WorkspaceSandbox
from tests.page.conftest import Open, Stage, say
from tests.page.kitchen import MANIFEST
from tests.page.windows import NARROW, Scheme, Shelf, windows

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def be(page: Page, name: str) -> None:
    await page.get_by_role("button", name="Switch person").click()
    await page.get_by_role("menuitemradio", name=name).click()
    await page.get_by_role("button", name=f"You are {name}").wait_for()


async def test_the_frame_says_what_it_is(open_page: Open) -> None:
    """Nobody takes it for Slack."""
    page = await open_page()
    await expect(page.get_by_text("Simulated workspace", exact=True)).to_be_visible()
    assert await page.title() == "#general · Ada Admin · Rollcall sandbox"


async def test_one_can_be_anybody_and_reads_what_each_may_do(open_page: Open) -> None:
    """The list has everybody with a word on rights; the address follows; each sees his own channels."""
    page = await open_page()
    await page.get_by_role("button", name="Switch person").click()
    names = await page.get_by_role("menuitemradio").locator(".person-name").all_inner_texts()
    assert [name.split("\n")[0] for name in names] == [
        *(
            "Olivia Owner",
            "Ada Admin",
            "Grace Admin",
            "Mia Member",
            "Bob Double",
            "Gus Guest",
            "Sid Stranger",
        ),
    ]
    await page.get_by_role("menuitemradio", name="Gus Guest").click()
    channels = page.get_by_role("region", name="Channels").get_by_role("link")
    await expect(channels).to_have_text(["general"])
    assert "user=U0GUS" in page.url
    await be(page, "Sid Stranger")
    await expect(channels).to_have_text(["partners"])
    composer = page.get_by_role("textbox", name="Message #partners")
    await composer.fill("/")
    await expect(page.get_by_role("option")).to_have_count(0)
    await expect(page.get_by_text("cannot use this workspace's commands")).to_be_visible()


async def test_a_second_window_is_another_person_live(open_page: Open) -> None:
    """What Ada sends is an unread mark at Grace's, then a message; reading takes the mark away."""
    ada, grace = await open_page("ada"), await open_page("grace", "channel=org-admins")
    await say(ada, "hello all")
    mark = grace.get_by_role("link", name="general, 1 unread")
    await mark.click()
    await expect(grace.get_by_role("separator", name="New")).to_be_visible()
    await expect(grace.get_by_role("article", name="Ada Admin")).to_contain_text("hello all")
    await expect(mark).to_have_count(0)
    await expect(grace.get_by_role("link", name="general", exact=True)).to_have_attribute(
        "aria-current", "page"
    )


async def test_direct_messages_are_opened_and_answered(open_page: Open) -> None:
    """A new conversation is found under Direct messages by both; news beside the open menu leave it open."""
    ada, grace = await open_page("ada"), await open_page("grace", "channel=random")
    await ada.get_by_role("button", name="New direct message").click()
    await say(grace, "anybody?", "Message #random")
    await expect(ada.get_by_role("link", name="random, 1 unread")).to_be_visible()
    await ada.get_by_role("menuitem", name="Grace Admin").click()
    await say(ada, "only for you", "Message Grace Admin")
    await grace.get_by_role("link", name="Ada Admin, 1 unread").click()
    await expect(grace.get_by_role("article")).to_contain_text("only for you")


async def test_commands_are_completed_and_explained(open_page: Open) -> None:
    """A slash lists them, typing narrows, Enter completes and then sends; the hint says how to go on."""
    page = await open_page()
    composer = page.get_by_role("textbox", name="Message #general")
    await composer.fill("/")
    await expect(page.get_by_role("option")).to_have_count(7)
    await composer.fill("/w")
    await expect(page.get_by_role("option")).to_have_text(["/whisperAnswer in private · [anything]"])
    await composer.press("Enter")
    await expect(composer).to_have_value("/whisper ")
    await expect(page.get_by_text("Answer in private")).to_be_visible()
    await composer.press("Enter")
    await expect(page.get_by_role("article", name="only visible to you")).to_be_visible()
    await composer.fill("ask @gr")
    await composer.press("Tab")
    await expect(composer).to_have_value("ask @grace ")


async def test_a_channel_can_be_joined(open_page: Open) -> None:
    """Who is not in a channel reads it and is offered to join instead of a composer."""
    page = await open_page("mia", "channel=general")
    await page.get_by_role("link", name="random").click()
    await expect(page.get_by_role("textbox", name="Message #random")).to_be_visible()
    await page.get_by_role("link", name="archive").click()
    await expect(page.get_by_text("This channel is archived.")).to_be_visible()


async def test_the_home_tab_is_the_app_s_own(open_page: Open, stage: Stage) -> None:
    """Opening it tells the app, its buttons work, and its messages are one tab away."""
    page = await open_page()
    await page.get_by_role("link", name="Kitchen").click()
    await expect(page.get_by_role("heading", name="Your desk")).to_be_visible()
    await page.get_by_role("button", name="Say hello").click()
    await page.get_by_role("button", name="More options: Remove two people").click()
    await page.get_by_role("menuitem", name="Deny").click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert [each["action_id"] for each in stage.kitchen.actions] == ["hello", "decide"]
    await page.get_by_role("tab", name="Messages").click()
    await expect(page.get_by_role("textbox", name="Message Kitchen")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")


async def test_shortcuts_are_offered_where_they_belong(open_page: Open, stage: Stage) -> None:
    """A global one at the composer, a message's own at the message."""
    page = await open_page()
    await say(page, "soup")
    await page.get_by_role("article").last.hover()
    await page.get_by_role("article").last.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Taste").click()
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Cook").click()
    await expect(page.get_by_role("dialog", name="Kitchen sink")).to_be_visible()
    assert stage.kitchen.actions == [{"action_id": "taste", "value": "soup"}]


async def test_the_drawer_shows_and_orders(open_page: Open, stage: Stage) -> None:
    """Requests as they come, filtered by system; faults and the bot's life at a switch."""
    stage.supervisor.note("contentstack", "GET", "/v3/organizations/blt1/share", 200, 12.4)
    page = await open_page()
    await page.get_by_role("button", name="Behind the scenes", exact=True).click()
    drawer = page.get_by_role("region", name="Behind the scenes")
    rows = drawer.get_by_role("row")
    await expect(rows.last).to_contain_text("/v3/organizations/blt1/share")
    stage.supervisor.note("slack", "POST", "chat.update", 200, 3)
    await expect(rows.last).to_contain_text("chat.update")
    await drawer.get_by_role("button", name="Contentstack").click()
    await expect(rows).to_have_count(2)
    await drawer.get_by_role("switch", name="429").check()
    await drawer.get_by_role("button", name="Kill the bot").click()
    await expect(drawer).to_contain_text("The bot is dead")
    await drawer.get_by_role("button", name="Start the bot").click()
    await expect(drawer).to_contain_text("The bot runs (process 4711)")
    assert stage.supervisor.orders == [{"rate_limit": True}, {"action": "kill"}, {"action": "start"}]


async def test_without_a_supervisor_there_is_no_drawer(shelf: Shelf) -> None:
    """The drawer is the demo's; elsewhere nothing offers it."""
    async with (
        WorkspaceSandbox(MANIFEST, rate_scale=None).serve() as url,
        windows(shelf, url) as opened,
    ):
        page = await opened()
        await page.wait_for_load_state("networkidle")
        await expect(page.get_by_role("button", name="Behind the scenes")).to_have_count(0)


async def test_an_app_that_goes_is_seen_to_go(open_page: Open, stage: Stage) -> None:
    """The sidebar says whether the app is connected, live."""
    page = await open_page()
    await expect(page.get_by_text("Kitchen is connected")).to_be_visible()
    await stage.kill_app()
    await expect(page.get_by_text("Kitchen is not connected")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_colours_follow_the_system_until_somebody_chooses(open_page: Open, scheme: Scheme) -> None:
    """The button switches, and the choice outlives a reload."""
    page = await open_page("ada", "channel=general", color_scheme=scheme)
    other = {"light": "dark", "dark": "light"}
    ground = "getComputedStyle(document.querySelector('main')).backgroundColor"
    grounds = {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 28, 31)"}
    assert await page.evaluate(ground) == grounds[scheme]
    await page.get_by_role("button", name=f"Use {other[scheme]} colours").click()
    await page.reload()
    await page.get_by_role("main").wait_for()
    assert await page.evaluate(ground) == grounds[other[scheme]]


async def test_a_narrow_window_has_everything(open_page: Open) -> None:
    """At 390 pixels nothing is cut off: channels, a message with every block, a modal."""
    page = await open_page("ada", "channel=general", viewport=NARROW)
    await say(page, "/menu")
    await page.get_by_role("button", name="Approve").wait_for()
    assert await page.evaluate("document.scrollingElement.scrollWidth") == 390
    wide = """[...document.querySelectorAll('main *')].filter((element) =>
        element.getBoundingClientRect().right > 391 && !element.closest('.table-scroll, pre')).length"""
    assert await page.evaluate(wide) == 0
    await page.get_by_role("button", name="Show channels").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Show channels")).to_be_focused()
    await expect(page.get_by_role("link", name="random")).not_to_be_in_viewport()
    await page.get_by_role("button", name="Show channels").click()
    await page.get_by_role("link", name="random").click()
    await expect(page.get_by_role("heading", name="random")).to_be_visible()
    await expect(page.get_by_role("link", name="random")).not_to_be_in_viewport()
    await say(page, "/kitchen", "Message #random")
    await expect(page.get_by_role("button", name="Send", exact=True).last).to_be_in_viewport()


async def test_the_keyboard_alone_is_enough(open_page: Open, stage: Stage) -> None:
    """From the composer through a modal to the submission without a pointer."""
    page = await open_page()
    keys = page.keyboard
    await expect(page.get_by_role("textbox", name="Message #general")).to_be_focused()
    await keys.type("/kit")
    await keys.press("Enter")
    await keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Kitchen sink")
    await expect(dialog.get_by_role("textbox", name="Name", exact=True)).to_be_focused()
    await keys.type("Ada")
    for _ in range(4):
        await keys.press("Tab")
    await expect(dialog.get_by_role("combobox", name="Fruit", exact=True)).to_be_focused()
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(dialog.get_by_role("combobox", name="Fruit", exact=True)).to_have_value("Banana")
    await keys.press("Shift+Tab")
    await keys.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("textbox", name="Message #general")).to_be_focused()
    assert stage.kitchen.submissions[0]["fruit"]["fruit"]["selected_option"]["value"] == "banana"
