"""Steps that many tests take in the simulated workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.operation import Operation
from bot.ports.store import Transaction
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.shown import Modal
from tests.slack.conftest import Office

T = TypeVar("T")


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

    def look(tx: Transaction) -> list[Operation]:
        found = (tx.operation(one) for one in tx.operations(office.house.binding.key))
        return [one for one in found if one]

    return await office.store.read(look)


async def until(probe: Callable[[], Awaitable[T | None]], seconds: float = 5) -> T:
    """Ask again until there is an answer, for what no event of the workspace tells."""
    async with asyncio.timeout(seconds):
        while True:
            found = await probe()
            if found:
                return found
            await asyncio.sleep(0.02)


async def refusals(office: Office) -> list[tuple[object, object]]:
    """Who was refused why, as the audit has it."""
    rows = await office.store.read(lambda tx: list(tx.rows()))
    data = [row.event.data for row in rows if row.event.kind.value == "refused"]
    return [(one["slack_user"], one["why"]) for one in data]
