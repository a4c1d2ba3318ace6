"""Steps that many tests take in the simulated workspace."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.domain.audit import EventKind
from bot.domain.operation import Operation
from bot.ports.store import Transaction
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.shown import Message, Modal
from bot.service.run.worker import Runner
from tests.clocks import ShortWaits
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


async def until(probe: Callable[[], Awaitable[T | None]], seconds: float = 60) -> T:
    """Ask again until there is an answer, for what no event of the workspace tells."""
    async with asyncio.timeout(seconds):
        while True:
            found = await probe()
            if found:
                return found
            await asyncio.sleep(0.02)


async def refusals(office: Office) -> list[tuple[object, object]]:
    """Who was refused why, as the audit has it."""

    def look(tx: Transaction) -> list[tuple[object, object]]:
        events = [row.event for row in tx.rows(kinds=[EventKind.REFUSED])]
        who = tx.accounts({one.actor for one in events})
        return [(who[one.actor], one.data["why"]) for one in events]

    return await office.store.read(look)


async def confirmed(office: Office, *people: str, action: str = "remove") -> Operation:
    """Ada asks, and Grace agrees where somebody must."""
    ada = office.user("ada")
    await preview_of(ada, *people, action=action)
    await confirm(ada)
    await ada.close(everything=True)
    (operation, *_) = await operations(office)
    if not operation.approvals_needed:
        return operation
    grace = office.user("grace")
    message = await grace.wait_for_message("#approvals", lambda m: "operation_approve" in m.action_ids)
    await grace.click(message, "operation_approve")
    await office.desk.tasks.settle(60)
    return (await operations(office))[0]


async def run(office: Office, operation: Operation) -> Operation:
    """Run it as the engine does: begin, every batch, finish."""
    runner = Runner(replace(office.house, clock=ShortWaits()))
    for number in range(await runner.begin(operation.id, operation.run)):
        if not await runner.batch(operation.id, operation.run, number):
            break
    await runner.finish(operation.id, operation.run)
    return next(one for one in await operations(office) if one.id == operation.id)


async def main_message(office: Office, predicate: Callable[[Message], bool]) -> Message:
    """The message of an operation in its channel, once it is such a one."""
    return await office.user("ada").wait_for_message(
        "#org-admins", lambda m: not m.is_ephemeral and m.user == "U0ROLLCALL" and predicate(m), 60
    )


async def asked_contentstack(office: Office, path: str) -> int:
    """How many such requests Contentstack got."""
    return sum(path in entry.path for entry in office.contentstack.journal.entries)


def dates(shown: Message | Modal) -> list[str]:
    """Every date that stands in the blocks, as UTC."""
    return re.findall(r"'fallback': '([^']*)'", str(shown.blocks))
