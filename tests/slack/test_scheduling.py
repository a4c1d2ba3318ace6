"""A date in the form: not a past one, shown wherever the operation is, cancellable until then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.operation import State
from bot.words.escape import utc
from tests.slack.conftest import Office
from tests.slack.steps import confirm, dates, fill_form, main_message, operations


def in_hours(hours: float) -> datetime:
    """A full minute, as Slack's picker has them."""
    return (datetime.now(UTC) + timedelta(hours=hours)).replace(second=0, microsecond=0)


async def test_a_date_that_has_passed_is_refused_at_its_field(office: Office) -> None:
    """Nothing else is lost, and nothing was sealed."""
    ada = office.user("ada")
    await fill_form(ada, "tom.timed", action="unlock")
    await ada.choose("when", int(in_hours(-1).timestamp()))
    answer = await ada.submit()
    assert answer.errors == {
        "when": "This time has passed: choose a later one, or leave it empty to run at once."
    }
    assert await operations(office) == []


async def test_a_date_is_shown_before_and_after_and_can_be_cancelled_until_then(office: Office) -> None:
    """Preview and message have it in the reader's own zone; the engine is not asked for anything."""
    ada, due = office.user("ada"), in_hours(2)
    await fill_form(ada, "tom.timed", action="unlock")
    await ada.choose("when", int(due.timestamp()))
    assert (await ada.submit()).ok
    preview = await ada.wait_for_modal(lambda modal: modal.callback_id == "preview")
    assert (dates(preview), "To run on" in preview.all_text) == ([utc(due)], True)
    said = await confirm(ada)
    assert said.all_text.startswith(f"Confirmed. Scheduled. It starts on {utc(due)}.")
    message = await main_message(office, lambda m: "It starts on" in m.all_text)
    assert dates(message)[0] == utc(due)
    assert f"<!date^{int(due.timestamp())}^" in message.text
    (operation,) = await operations(office)
    assert (operation.state, operation.due_at) == (State.SCHEDULED, due)
    await office.user("grace").click(message, "operation_cancel")
    ended = await main_message(office, lambda m: "Cancelled by " in m.all_text)
    assert (ended.action_ids, utc(due) in dates(ended)) == ([], True)
    assert [one.state for one in await operations(office)] == [State.CANCELLED]


async def test_who_agrees_sees_the_date_first(office: Office) -> None:
    """The request says when it will run, and that it runs at once if the agreement comes later."""
    ada, grace, due = office.user("ada"), office.user("grace"), in_hours(2)
    await fill_form(ada, "mia.member")
    await ada.choose("when", int(due.timestamp()))
    await ada.submit()
    await ada.wait_for_modal(lambda modal: modal.callback_id == "preview")
    await confirm(ada)
    request = await grace.wait_for_message("#approvals", lambda m: "operation_approve" in m.action_ids)
    assert utc(due) in dates(request)
    assert ", or at once if it is agreed to later" in request.all_text
    asked = await grace.click(request, "operation_approve", confirm=False)
    assert "it runs at its date, exactly as it was sealed" in asked.raw["confirm"]["text"]["text"]
    await grace.click(request, "operation_approve")
    await main_message(office, lambda m: "It starts on" in m.all_text)
    assert [one.state for one in await operations(office)] == [State.SCHEDULED]
