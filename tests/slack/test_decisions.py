"""Approve, deny, withdraw: by the right people, bound to the plan that was shown."""

from __future__ import annotations

import json

from bot.domain.operation import State
from bot.sandbox.workspace.shown import Message
from tests.slack.conftest import Office
from tests.slack.steps import confirm, operations, preview_of, refusals


async def asked(office: Office) -> Message:
    """Ada asks to remove Mia; the message in the approvals channel."""
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    await confirm(ada)
    return await ada.wait_for_message("#approvals", lambda m: "operation_approve" in m.action_ids)


async def test_another_admin_approves_and_the_operation_is_queued(office: Office) -> None:
    """The buttons go; the approval is recorded with who gave it."""
    message = await asked(office)
    grace = office.user("grace")
    assert (await grace.click(message, "operation_approve")).ok
    await grace.wait_for_message(
        "#approvals", lambda m: m.ts == message.ts and "operation_approve" not in m.action_ids
    )
    (operation,) = await operations(office)
    assert operation.state is State.QUEUED
    assert [one.actor.slack_user for one in operation.approvals] == ["U0GRACE"]


async def test_the_requester_cannot_approve_his_own_request(office: Office) -> None:
    """A private sentence and an audit row."""
    message = await asked(office)
    ada = office.user("ada")
    await ada.click(message, "operation_approve")
    said = await ada.wait_for_message("#approvals", lambda m: m.is_ephemeral)
    assert said.text == "You asked for this yourself, so another admin has to decide on it."
    assert [one.state for one in await operations(office)] == [State.AWAITING_APPROVAL]
    assert await refusals(office) == [("U0ADA", "is_yourself")]


async def test_a_denial_needs_a_comment_and_ends_the_request(office: Office) -> None:
    """The modal asks for it; the requester can read it."""
    message = await asked(office)
    grace = office.user("grace")
    await grace.click(message, "operation_deny")
    await grace.wait_for_modal(lambda modal: modal.callback_id == "deny")
    assert "comment" in (await grace.submit()).errors
    await grace.fill("comment", "Mia is still needed")
    assert (await grace.submit()).ok
    result = await grace.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert result.all_text.startswith("Denied.")
    (operation,) = await operations(office)
    assert operation.state is State.DENIED
    assert [(one.approved, one.comment) for one in operation.approvals] == [(False, "Mia is still needed")]


async def test_an_approval_may_carry_a_comment_and_need_not(office: Office) -> None:
    """The second button opens a window whose field may stay empty; the message shows what was written."""
    message = await asked(office)
    grace = office.user("grace")
    await grace.click(message, "operation_agree")
    modal = await grace.wait_for_modal(lambda modal: modal.callback_id == "agree")
    assert [one["optional"] for one in modal.blocks if one["type"] == "input"] == [True]
    await grace.fill("comment", "as <agreed> with *Mia*")
    assert (await grace.submit()).ok
    said = await grace.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith("Approved. In line.")
    shown = await grace.wait_for_message(
        "#approvals", lambda m: m.ts == message.ts and "Agreed: " in m.all_text
    )
    assert (shown.action_ids, "as <agreed> with *Mia*" in shown.all_text) == ([], True)
    (operation,) = await operations(office)
    assert [(one.approved, one.comment) for one in operation.approvals] == [(True, "as <agreed> with *Mia*")]


async def test_show_all_opens_every_line_for_an_admin_and_for_nobody_else(office: Office) -> None:
    """The window names who, what changes and the flags; a member without the right reads why not."""
    message = await asked(office)
    grace, mia = office.user("grace"), office.user("mia")
    await grace.click(message, "operation_lines")
    modal = await grace.wait_for_modal(lambda modal: modal.callback_id == "lines")
    assert "mia.member@" in modal.all_text
    assert "leaves the organization" in modal.all_text
    assert "Page 1 of 1, 1 line" in modal.all_text
    office.slack.core.workspace.channels["C0APPROVALS"].members.append("U0MIA")
    await mia.click(message, "operation_lines")
    refused = await mia.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert refused.all_text.startswith("Only the owner and the admins")


async def test_a_second_decision_on_what_was_decided_is_told_so(office: Office) -> None:
    """The click of somebody whose screen was late changes nothing."""
    message = await asked(office)
    await office.user("grace").click(message, "operation_approve")
    await office.desk.tasks.settle(60)
    olivia = office.user("olivia")
    stored = office.slack.core.workspace.channels["C0APPROVALS"]
    stale = stored.messages[message.ts]
    stale.blocks = message.blocks
    await olivia.click(message, "operation_approve")
    said = await olivia.wait_for_message("#approvals", lambda m: m.is_ephemeral)
    assert said.text.startswith("This request has moved on meanwhile")


async def test_a_click_on_another_plan_is_not_counted(office: Office) -> None:
    """The value names the digest that was shown."""
    message = await asked(office)
    stored = office.slack.core.workspace.channels["C0APPROVALS"]
    shown = stored.messages[message.ts]
    text = json.dumps(shown.blocks)
    (operation,) = await operations(office)
    shown.blocks = json.loads(text.replace(operation.digest, "0" * 64))
    grace = office.user("grace")
    await grace.click(message, "operation_approve")
    said = await grace.wait_for_message("#approvals", lambda m: m.is_ephemeral)
    assert said.text.startswith("This is not the plan that you were shown")
    assert [one.state for one in await operations(office)] == [State.AWAITING_APPROVAL]


async def test_the_requester_takes_the_request_back_and_nobody_else_can(office: Office) -> None:
    """Withdraw stands on the operation's own message."""
    await asked(office)
    ada, grace = office.user("ada"), office.user("grace")
    message = await ada.wait_for_message("#org-admins", lambda m: "operation_withdraw" in m.action_ids)
    await grace.click(message, "operation_withdraw")
    said = await grace.wait_for_message("#org-admins", lambda m: m.is_ephemeral)
    assert said.text == "Only the person who asked for this may do that."
    await ada.click(message, "operation_withdraw")
    await office.desk.tasks.settle(60)
    assert [one.state for one in await operations(office)] == [State.WITHDRAWN]
