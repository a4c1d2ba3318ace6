"""What people do and see, step by step."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.domain.audit import Head
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.shown import Message, Modal
from tests.journey.town import PATIENCE

_HEAD = re.compile(r"Audit head \n?(\d+):([0-9a-f]{64})")


async def form(who: SlackUser, text: str = "/org-users", channel: str = "#org-admins") -> Modal:
    """Type the command and wait for the form."""
    await who.command(channel, text)
    return await who.wait_for_modal(lambda modal: modal.callback_id == "choose", PATIENCE)


async def fill(who: SlackUser, fields: Mapping[str, object], reason: str) -> None:
    """Fill in what the action asks for beyond people; stacks are stack uid -> role uids."""
    for name, value in fields.items():
        if name != "stacks":
            await who.choose(name, value)
    stacks = fields.get("stacks")
    if isinstance(stacks, dict):
        await who.choose("stacks", list(stacks))
        for uid, roles in stacks.items():
            await _role_select(who, f"stack:{uid}")
            await who.choose("stack_roles", roles, block_id=f"stack:{uid}")
    await who.fill("reason", reason)


async def _role_select(who: SlackUser, block_id: str) -> None:
    """Until the form has the role select of a stack that was just chosen."""
    await who.wait_for_modal(
        lambda modal: any(block["block_id"] == block_id for block in modal.blocks), PATIENCE
    )


async def preview(who: SlackUser, text: str, *, reason: str = "left the company", **fields: object) -> Modal:
    """From the command to the preview."""
    await form(who, f"/org-users {text}")
    await fill(who, fields, reason)
    answer = await who.submit()
    assert (answer.error, answer.errors) == (None, {})
    return await who.wait_for_modal(lambda modal: modal.callback_id != "loading", PATIENCE)


async def confirm(who: SlackUser) -> str:
    """Confirm the preview; what Rollcall says to it."""
    await who.submit()
    said = await who.wait_for_modal(lambda modal: modal.callback_id == "message", PATIENCE)
    await who.close(everything=True)
    return said.all_text


async def request_for_approval(who: SlackUser, headline: str, reason: str) -> Message:
    """The message that asks the other admins."""
    return await who.wait_for_message(
        "#approvals",
        lambda message: f"Approval needed: {headline}" in message.all_text and reason in message.all_text,
        PATIENCE,  # edits are rationed (bot.slack.updater), and a module's journeys share the ration
    )


async def agree(who: SlackUser, headline: str, reason: str) -> None:
    """Another admin presses Approve."""
    await who.click(await request_for_approval(who, headline, reason), "operation_approve")


async def main_message(who: SlackUser, operation_id: str, state: str = "") -> Message:
    """The one message of an operation, once it is in this state."""
    return await who.wait_for_message(
        "#org-admins",
        lambda message: operation_id in message.all_text and f"\n{state}" in message.all_text,
        PATIENCE,
    )


async def head_of(who: SlackUser, main: Message) -> Head:
    """The audit head in the thread of an ended operation."""
    posted = await who.wait_for_message(
        "#org-admins", lambda message: "Audit head" in message.all_text, PATIENCE, thread=main
    )
    found = _HEAD.search(posted.all_text)
    assert found is not None, posted.all_text
    return Head(int(found[1]), found[2])


async def ended(who: SlackUser, operation_id: str, state: str) -> Message:
    """The operation's message at its end, with the head in its thread."""
    main = await main_message(who, operation_id, state)
    await head_of(who, main)
    return main


async def private_answer(who: SlackUser, channel: str, start: str) -> Message:
    """A message that only this person sees."""
    return await who.wait_for_message(
        channel,
        lambda message: message.is_ephemeral and (message.all_text or message.text).startswith(start),
        PATIENCE,
    )
