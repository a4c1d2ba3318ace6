"""What people do in a simulated workspace, from inside: no HTTP of theirs that would be measured too."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.place import until
from bot.sandbox.workspace import modals, payloads
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.delivery import COMMAND, INTERACTIVE, deliver
from bot.sandbox.workspace.state import Person, View
from bot.sandbox.workspace.user_api import acts, interactions

Json = dict[str, Any]

NAME = "/org-users"
CHANNEL = "org-admins"
PATIENCE = 30.0


async def command(core: Core, person: Person, text: str = "") -> None:
    """Type the command; returns when it is acknowledged."""
    channel = core.workspace.channel_by_name(CHANNEL)
    if channel is None:
        raise LookupError(f"the workspace has no channel {CHANNEL}")
    await deliver(core, COMMAND, payloads.command(core, person, channel, NAME, text))


async def send(core: Core, payload: Json) -> None:
    """Send an interaction as it is; returns when it is acknowledged."""
    await deliver(core, INTERACTIVE, payload)


def top(core: Core, person: Person) -> View | None:
    """The modal on top."""
    stack = core.workspace.stacks.get(person.id, [])
    return core.workspace.views.get(stack[-1]) if stack else None


def shows(core: Core, person: Person, callback_id: str) -> bool:
    """Whether that modal is on top."""
    view = top(core, person)
    return view is not None and view.body.get("callback_id") == callback_id


def put_away(core: Core, *people: Person) -> None:
    """Take all modals away without telling the app."""
    for person in people:
        modals.close(core, person.id, core.workspace.stack(person.id))


async def form(core: Core, person: Person, text: str) -> View:
    """Type the command and wait for its form."""
    await command(core, person, text)
    return await opened(core, person, "choose")


async def opened(core: Core, person: Person, callback_id: str, seconds: float = PATIENCE) -> View:
    """Wait until that modal is on top."""
    what = f"the modal {callback_id} of {person.handle}"
    await until(lambda: shows(core, person, callback_id), what, seconds)
    view = top(core, person)
    if view is None:
        raise LookupError(f"{person.handle} has no modal")
    return view


async def fill(core: Core, person: Person, view: View, action_id: str, value: object) -> None:
    """Type into a field of the form; block and element have the same id there."""
    await interactions.fill(core, person, {"view_id": view.id, "values": {action_id: {action_id: value}}})


def submission(core: Core, person: Person, view: View) -> Json:
    """What Slack would send for a click on Submit."""
    return payloads.interaction(core, "view_submission", person) | {
        "trigger_id": core.new_trigger(person.id, None),
        "view": payloads.view(core, view),
        "response_urls": [],
    }


async def submit(core: Core, person: Person, view: View) -> None:
    """Click on Submit; what the app answers happens."""
    answer = await interactions.submit(core, person, {"view_id": view.id})
    if not answer["ok"]:
        raise LookupError(f"the submission was not taken: {answer['error']} {answer['errors']}")


async def click(core: Core, person: Person, message: Json, action_id: str) -> None:
    """Click on a button of a message (channel and ts)."""
    where = {"channel": message["channel"], "ts": message["ts"]}
    await interactions.action(core, person, {**where, "action_id": action_id, "confirmed": True})


async def first_answer(core: Core, person: Person, seconds: float) -> None:
    """Type the command until it is acknowledged, as soon as an app is connected."""
    await until(lambda: core.connections > 0, "a connection of the app", seconds)
    async with asyncio.timeout(seconds):
        answer: Json = await acts.command(core, person, {"channel": CHANNEL, "text": NAME})
    if not answer["ok"]:
        raise LookupError(f"the first command was not answered: {answer['error']}")


def acknowledged(core: Core, since: int, what: str = "") -> list[float]:
    """Milliseconds of every envelope after ``since`` in the journal, in order; all of them were answered."""
    entries = [one for one in core.journal.read(since, "envelope") if one["what"].startswith(what)]
    late = [one for one in entries if one["acked_ms"] is None]
    if late:
        raise TimeoutError(f"{len(late)} of {len(entries)} envelopes were never acknowledged")
    return [float(one["acked_ms"]) for one in entries]
