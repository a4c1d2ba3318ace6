"""`/org-users delegate` in Slack: typed, by the form, looked at and ended; both people are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.sandbox.workspace.shown import Message
from bot.slack.modals import delegate
from bot.slack.payloads import View
from bot.words.delegation import Wanted, read
from tests.slack.conftest import Office


def day(number: int) -> str:
    return (datetime.now(UTC) + timedelta(days=number)).date().isoformat()


async def said_to(office: Office, handle: str) -> Message:
    """The newest private answer in the channel where the command was typed."""
    return await office.user(handle).wait_for_message("#org-admins", lambda m: m.is_ephemeral)


async def told_directly(office: Office, handle: str, words: str) -> Message:
    """A direct message of the app with these words."""
    person = office.user(handle)
    await office.desk.tasks.settle(20)
    (channel,) = [one["id"] for one in (await person.sidebar())["dms"] if one.get("is_app")]
    return await person.wait_for_message(channel, lambda m: words in m.all_text)


async def test_a_stand_in_is_named_in_one_line_and_told(office: Office) -> None:
    """With a mention and a day, as Slack sends them; alone, the command says what stands."""
    grace = office.user("grace")
    await grace.command("#org-admins", f"/org-users delegate @ada until {day(5)}")
    said = await said_to(office, "grace")
    assert "U0ADA" in str(said.blocks)
    assert " decides in your place until " in said.all_text
    told = await told_directly(office, "ada", " named you as stand-in until ")
    assert "U0GRACE" in str(told.blocks)
    await office.user("ada").command("#org-admins", "/org-users delegate")
    mine = await said_to(office, "ada")
    assert "You decide in the place of " in mine.all_text
    assert mine.action_ids == ["delegate_name"]


async def test_it_is_ended_and_both_know(office: Office) -> None:
    """`delegate stop`; a second time there is nothing to end."""
    grace = office.user("grace")
    await grace.command("#org-admins", f"/org-users delegate @ada until {day(5)}")
    await said_to(office, "grace")
    await grace.command("#org-admins", "/org-users delegate stop")
    ended = "Nobody stands in for you any more."
    assert await grace.wait_for_message("#org-admins", lambda m: m.is_ephemeral and ended in m.all_text)
    await told_directly(office, "ada", "You no longer stand in for ")
    await grace.command("#org-admins", "/org-users delegate stop")
    nothing = "Nobody stood in for you"
    assert await grace.wait_for_message("#org-admins", lambda m: m.is_ephemeral and nothing in m.all_text)


async def test_what_cannot_be_read_opens_the_form(office: Office) -> None:
    """Which shows what is wrong above it, keeps what was chosen, and ends with what stands."""
    grace = office.user("grace")
    await grace.command("#org-admins", "/org-users delegate my colleague until Christmas")
    await grace.wait_for_modal(lambda modal: modal.callback_id == "delegate")
    assert set((await grace.submit()).errors) == {"who", "until"}
    await grace.choose("who", "U0MIA")
    await grace.choose("until", day(5))
    assert (await grace.submit()).ok
    again = await grace.wait_for_modal(lambda modal: "Only an owner or admin" in modal.all_text)
    assert again.callback_id == "delegate"
    await grace.choose("who", "U0ADA")
    assert (await grace.submit()).ok
    done = await grace.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert " decides in your place until " in done.all_text
    await told_directly(office, "ada", " named you as stand-in until ")


async def test_somebody_without_the_right_names_nobody_and_learns_nothing(office: Office) -> None:
    """A member gets the usual sentence, whichever way he asks."""
    mia = office.user("mia")
    for text in ("/org-users delegate", f"/org-users delegate @ada until {day(5)}"):
        await mia.command("#general", text)
        said = await mia.wait_for_message("#general", lambda m: m.is_ephemeral)
        assert "Only the owner and the admins" in f"{said.text} {said.all_text}"


@pytest.mark.parametrize(
    ("who", "until", "missing"),
    [
        (None, "2026-12-24", {"who": "Choose somebody."}),
        ("U0ADA", None, {"until": "Choose the last day."}),
        ("U0ADA", "2026-02-30", {"until": "Choose the last day."}),
    ],
)
def test_a_form_that_slack_let_through_all_the_same(
    who: str | None, until: str | None, missing: dict[str, str]
) -> None:
    """What is missing is said at its field."""
    values = {"who": {"who": {"selected_user": who}}, "until": {"until": {"selected_date": until}}}
    view = View.model_validate({"id": "V1", "state": {"values": values}})
    assert delegate.parse(view) == missing


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("<@U0ADA|ada> until 2026-12-24", Wanted("U0ADA", date(2026, 12, 24))),
        ("<@U0ADA> 2026-12-24", Wanted("U0ADA", date(2026, 12, 24))),
        ("Stop", Wanted(stop=True)),
        ("<@U0ADA> until 2026-02-30", Wanted()),
        ("@ada until 2026-12-24", Wanted()),
        ("<@U0ADA>", Wanted()),
        ("", Wanted()),
    ],
)
def test_what_is_typed_is_read_or_not_at_all(rest: str, wanted: Wanted) -> None:
    """As Slack sends mentions; half of it is nothing, and opens the form."""
    assert read(rest) == wanted
