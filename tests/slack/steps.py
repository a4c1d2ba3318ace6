"""Steps that many tests take in the simulated workspace."""

from __future__ import annotations

from bot.domain.operation import Operation
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.shown import Modal
from tests.slack.conftest import Office


async def open_form(user: SlackUser, text: str = "/org-users") -> Modal:
    """Type the command and wait for the form."""
    await user.command("#org-admins", text)
    return await user.wait_for_modal(lambda modal: modal.callback_id == "choose")


async def fill_form(
    user: SlackUser, *people: str, action: str = "remove", channel: str = "C0ORGADMINS"
) -> None:
    """Fill in everything that an action without fields of its own needs."""
    await open_form(user)
    await user.choose("action", action)
    await user.pick("people", *people)
    await user.fill("reason", "left the company")
    await user.choose("channel", channel)


async def preview_of(user: SlackUser, *people: str, action: str = "remove") -> Modal:
    """Go as far as the preview."""
    await fill_form(user, *people, action=action)
    await user.submit()
    return await user.wait_for_modal(lambda modal: modal.callback_id == "preview")


async def confirm(user: SlackUser) -> Modal:
    """Confirm the preview and wait for what is said."""
    await user.submit()
    return await user.wait_for_modal(lambda modal: modal.callback_id == "message")


async def operations(office: Office) -> list[Operation]:
    """All operations, newest first."""
    return list(await office.store.read(lambda tx: tx.operations(office.house.binding.key)))


async def refusals(office: Office) -> list[tuple[object, object]]:
    """Who was refused why, as the audit has it."""
    rows = await office.store.read(lambda tx: list(tx.rows()))
    data = [row.event.data for row in rows if row.event.kind.value == "refused"]
    return [(one["slack_user"], one["why"]) for one in data]
