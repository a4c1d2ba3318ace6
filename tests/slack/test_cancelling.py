"""Cancel, from the message: by the right people, once, saying what was done and what not."""

from __future__ import annotations

import asyncio

from bot.domain.operation import State
from bot.domain.outcome import Accepted, NotRun
from bot.sandbox.workspace.shown import Message
from tests.slack.conftest import Office
from tests.slack.steps import asked_contentstack, confirmed, main_message, operations, refusals, run, until

PEOPLE = ("mia.member", "nils.never", "tom.timed")


def cancellable(message: Message) -> bool:
    return "operation_cancel" in message.action_ids


async def test_what_waits_in_line_is_cancelled_after_asking_back(office: Office) -> None:
    """The dialog says what will happen; afterwards the message says who did it, without any button."""
    await confirmed(office, "tom.timed", action="unlock")
    message = await main_message(office, cancellable)
    assert "In line\n. It starts next." in message.all_text
    grace = office.user("grace")
    asked = await grace.click(message, "operation_cancel", confirm=False)
    assert (asked.error, asked.raw["confirm"]["text"]["text"]) == (
        "confirm_required",
        "Nothing was done yet, and nothing will be: everybody in the plan is left alone.",
    )
    assert (await grace.click(message, "operation_cancel")).ok
    ended = await main_message(office, lambda m: m.ts == message.ts and "Cancelled by " in m.all_text)
    assert ended.action_ids == []
    assert "Nothing was done." in ended.all_text
    (operation,) = await operations(office)
    assert (operation.state, operation.stopped_by) == (State.CANCELLED, "U0GRACE")


async def test_a_running_operation_is_cancelled_and_says_what_was_done(office: Office) -> None:
    """The call under way is settled; meanwhile the message says so, without a button."""
    operation = await confirmed(office, *PEOPLE, action="password_reset")
    answer = office.gate("forgot_password", "POST")
    running = asyncio.create_task(run(office, operation))
    await until(lambda: asked_contentstack(office, "forgot_password"))
    message = await main_message(office, lambda m: "Running" in m.all_text and cancellable(m))
    assert (await office.user("ada").click(message, "operation_cancel")).ok
    between = await main_message(office, lambda m: "Being cancelled" in m.all_text)
    assert between.action_ids == []
    answer()
    await running
    ended = await main_message(office, lambda m: "1 accepted, 2 not run." in m.all_text)
    assert (ended.ts, ended.action_ids) == (message.ts, [])
    assert "Cancelled by " in ended.all_text
    outcomes = await office.store.read(lambda tx: tx.outcomes(operation.id))
    assert list(outcomes.values()) == [Accepted(), NotRun("cancelled"), NotRun("cancelled")]


async def test_a_member_who_presses_cancel_gets_one_private_sentence(office: Office) -> None:
    """Mia is in the channel and no admin: nothing moves, and the refusal is on record."""
    await confirmed(office, "tom.timed", action="unlock")
    message = await main_message(office, cancellable)
    office.slack.core.workspace.channels["C0ORGADMINS"].members.append("U0MIA")
    mia = office.user("mia")
    await mia.click(message, "operation_cancel")
    said = await mia.wait_for_message("#org-admins", lambda m: m.is_ephemeral)
    assert said.text.startswith("Only the owner and the admins")
    assert [one.state for one in await operations(office)] == [State.QUEUED]
    assert await refusals(office) == [("U0MIA", "not_admin")]


async def test_two_clicks_cancel_once(office: Office) -> None:
    """The second one is told in private that it was too late."""
    operation = await confirmed(office, "tom.timed", action="unlock")
    message = await main_message(office, cancellable)
    ada, grace = office.user("ada"), office.user("grace")
    await asyncio.gather(ada.click(message, "operation_cancel"), grace.click(message, "operation_cancel"))
    await office.desk.tasks.settle(60)
    told = [m for who in (ada, grace) for m in await who.messages("#org-admins") if m.is_ephemeral]
    assert [m.text.startswith("This request has moved on meanwhile") for m in told] == [True]
    rows = await office.store.read(lambda tx: list(tx.rows(operation=operation.id)))
    assert [row.event.data.get("to") for row in rows].count("cancelled") == 1


async def test_a_requester_who_lost_his_right_can_still_cancel(office: Office) -> None:
    """Stopping what one asked for only makes less happen."""
    await confirmed(office, "tom.timed", action="unlock")
    message = await main_message(office, cancellable)
    await office.workspace.order("person", person="ada", email="nobody@example.com")
    await office.user("ada").click(message, "operation_cancel")
    await main_message(office, lambda m: "Cancelled by " in m.all_text)
    assert [one.state for one in await operations(office)] == [State.CANCELLED]
