"""Modals: every input, errors, the stack, closing, the keyboard."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.page.conftest import Open, Stage, say
from tests.page.kitchen import redrawn
from tests.page.menu import view

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def kitchen(page: Page) -> Locator:
    await say(page, "/kitchen")
    dialog = page.get_by_role("dialog", name="Kitchen sink")
    await dialog.wait_for()
    return dialog


async def choose(dialog: Locator, field: str, *options: str) -> None:
    box = dialog.get_by_role("combobox", name=field, exact=True)
    await box.click()
    for option in options:
        await dialog.get_by_role("option", name=option, exact=True).click()
    if await box.get_attribute("aria-expanded") == "true":
        await box.press("Escape")


def simple(values: dict[str, Any]) -> dict[str, Any]:
    """The state of a submission: one plain value for each field."""
    found: dict[str, Any] = {}
    for block, ((_, state),) in ((block, tuple(actions.items())) for block, actions in values.items()):
        value = next(each for key, each in state.items() if key != "type")
        if isinstance(value, list):
            found[block] = [
                each.get("value", each.get("name")) if isinstance(each, dict) else each for each in value
            ]
        else:
            found[block] = value["value"] if isinstance(value, dict) else value
    return found


async def test_every_input_arrives_as_it_was_filled(open_page: Open, stage: Stage, tmp_path: Path) -> None:
    """Texts, selects known and asked for, people, choices, dates, a file: all in one submission."""
    page = await open_page()
    dialog = await kitchen(page)
    await dialog.get_by_role("textbox", name="Name", exact=True).fill("Ada")
    await dialog.get_by_role("textbox", name="Reason").fill("two\nlines")
    await dialog.get_by_role("textbox", name="Mail").fill("a@example.com")
    await dialog.get_by_role("spinbutton", name="Count").fill("7")
    await choose(dialog, "Fruit", "Banana")
    await choose(dialog, "Fruits", "Apple", "Cherry")
    await dialog.get_by_role("combobox", name="Who").fill("person 2")
    await dialog.get_by_role("option", name="Person 21").click()
    await dialog.get_by_role("combobox", name="People").fill("person 3")
    await dialog.get_by_role("option", name="Person 30").click()
    await dialog.get_by_role("combobox", name="People").press("Escape")
    await choose(dialog, "Boss", "Olivia Owner")
    await choose(dialog, "Team", "Mia Member", "Grace Admin")
    await choose(dialog, "Channel", "# random")
    await dialog.get_by_role("radiogroup", name="Size").get_by_role("radio", name="Cherry").check()
    await dialog.get_by_role("group", name="Extras").get_by_role("checkbox", name="Banana").check()
    await dialog.get_by_role("group", name="Extras").get_by_role("checkbox", name="Apple").check()
    await dialog.get_by_label("Day").fill("2026-12-24")
    await dialog.get_by_label("Hour").fill("09:30")
    await dialog.get_by_label("Moment").fill("2026-07-01T09:30")
    listing = tmp_path / "list.csv"
    listing.write_text("email\na@example.com\n")
    await dialog.get_by_label("List").set_input_files(listing)
    await expect(dialog.get_by_role("button", name="Remove list.csv")).to_be_visible()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    (values,) = stage.kitchen.submissions
    assert simple(values) == {
        "name": "Ada",
        "reason": "two\nlines",
        "mail": "a@example.com",
        "count": "7",
        "fruit": "banana",
        "fruits": ["apple", "cherry"],
        "who": "person 21",
        "people": ["person 30"],
        "boss": "U0OWNER",
        "team": ["U0MIA", "U0GRACE"],
        "channel": "C0RANDOM",
        "size": "cherry",
        "extras": ["apple", "banana"],
        "day": "2026-12-24",
        "hour": "09:30",
        "moment": 1782891000,  # 09:30 in Berlin in summer
        "list": ["list.csv"],
    }


async def test_field_errors_stand_at_their_fields(open_page: Open, stage: Stage) -> None:
    """The client's check, then the app's words; the field is focused, and typing clears its error."""
    page = await open_page()
    dialog = await kitchen(page)
    name = dialog.get_by_role("textbox", name="Name", exact=True)
    await dialog.get_by_role("button", name="Send").click()
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_be_focused()
    await name.fill("Ada")
    await expect(name).not_to_have_attribute("aria-invalid", "true")
    stage.kitchen.answer_errors = {"fruit": "This fruit is gone. Choose another."}
    await choose(dialog, "Fruit", "Apple")
    await dialog.get_by_role("button", name="Send").click()
    fruit = dialog.get_by_role("combobox", name="Fruit", exact=True)
    await expect(dialog.get_by_text("This fruit is gone.")).to_be_visible()
    await expect(fruit).to_have_attribute("aria-invalid", "true")
    await expect(fruit).to_have_accessible_description("This fruit is gone. Choose another.")
    await expect(name).to_have_value("Ada")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)


async def test_a_multiple_choice_stops_at_its_limit(open_page: Open) -> None:
    """At the limit the other options cannot be chosen and the list says why; a chip's button makes room."""
    page = await open_page()
    dialog = await kitchen(page)
    box = dialog.get_by_role("combobox", name="Fruits")
    await box.click()
    await dialog.get_by_role("option", name="Apple").click()
    await dialog.get_by_role("option", name="Cherry").click()
    await expect(dialog.get_by_role("option", name="Banana")).to_be_disabled()
    await expect(dialog.get_by_text("That is the limit: at most 2.")).to_be_visible()
    await dialog.get_by_role("button", name="Remove Apple").click()
    await expect(dialog.get_by_role("option", name="Banana")).to_be_enabled()
    await box.press("Backspace")
    await expect(dialog.get_by_role("button", name="Remove Cherry")).to_have_count(0)


async def test_typeahead_says_what_it_is_doing(open_page: Open) -> None:
    """Too few characters, no match, matches; the keyboard alone chooses."""
    page = await open_page()
    dialog = await kitchen(page)
    box = dialog.get_by_role("combobox", name="Who")
    await box.fill("p")
    await expect(dialog.get_by_text("Type at least 2 characters")).to_be_visible()
    await box.fill("nobody")
    await expect(dialog.get_by_text("No matches")).to_be_visible()
    await box.fill("person 1")
    await expect(dialog.get_by_role("option")).to_have_count(11)
    await box.press("ArrowDown")
    await box.press("Enter")
    await expect(box).to_have_value("Person 10")
    await expect(box).to_have_attribute("aria-expanded", "false")
    await dialog.get_by_role("button", name="Clear Who").click()
    await expect(box).to_have_value("")


async def test_views_are_stacked_and_keep_what_was_typed(open_page: Open, stage: Stage) -> None:
    """Back, Esc and submit take one view away; what lies below is as it was left."""
    page = await open_page()
    dialog = await kitchen(page)
    await dialog.get_by_role("textbox", name="Name", exact=True).fill("Ada")
    second = page.get_by_role("dialog", name="Second view")
    for leave in ("Back", "Escape", "Add"):
        await dialog.get_by_role("button", name="Add another view").click()
        await expect(second.get_by_role("textbox", name="Extra")).to_be_focused()
        if leave == "Escape":
            await page.keyboard.press("Escape")
        elif leave == "Back":
            await second.get_by_role("button", name="Back").first.click()
        else:
            await second.get_by_role("textbox", name="Extra").fill("more")
            await page.keyboard.press("Enter")
        await expect(dialog.get_by_role("textbox", name="Name", exact=True)).to_have_value("Ada")
    assert [simple(each) for each in stage.kitchen.submissions] == [{"extra": "more"}]


@pytest.mark.parametrize(("button", "cleared"), [("Cancel", False), ("Close window", True)])
async def test_closing_is_told_and_gives_the_keyboard_back(
    open_page: Open, stage: Stage, button: str, cleared: bool
) -> None:
    """Cancel closes the view, the x clears the stack; the composer has the keyboard again."""
    page = await open_page()
    dialog = await kitchen(page)
    await dialog.get_by_role("button", name=button, exact=True).click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("textbox", name="Message #general")).to_be_focused()
    assert stage.kitchen.closed == [{"is_cleared": cleared}]


async def test_an_update_keeps_values_caret_and_focus(open_page: Open, stage: Stage) -> None:
    """The app redraws the view while somebody types into it: nothing that he did is lost."""
    page = await open_page()
    dialog = await kitchen(page)
    name = dialog.get_by_role("textbox", name="Name", exact=True)
    await name.fill("Adelaide")
    await name.press("Home")
    await name.press("ArrowRight")
    (modal,) = await stage.workspace.user("ada").modals()
    new = view(
        "kitchen",
        "Kitchen sink",
        redrawn(name="Full name", fruit="Fruit of the day"),
        submit={"type": "plain_text", "text": "Send"},
    )
    await stage.kitchen.client.views_update(view_id=modal.id, view=new)
    renamed = dialog.get_by_role("textbox", name="Full name", exact=True)
    await expect(renamed).to_be_focused()
    await expect(dialog.get_by_role("combobox", name="Fruit of the day")).to_be_visible()
    await page.keyboard.type("X")
    await expect(renamed).to_have_value("AXdelaide")


async def test_an_app_that_does_not_answer_is_told_in_the_modal(open_page: Open, stage: Stage) -> None:
    """A dead app leaves the form open with its values and one sentence."""
    page = await open_page()
    dialog = await kitchen(page)
    await dialog.get_by_role("textbox", name="Name", exact=True).fill("Ada")
    await stage.kill_app()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_role("alert")).not_to_be_empty()
    await expect(dialog.get_by_role("textbox", name="Name", exact=True)).to_have_value("Ada")
