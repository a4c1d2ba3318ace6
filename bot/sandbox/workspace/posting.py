"""Messages come, change and go: stored, told to the people who look, and to the app if it subscribed."""

import copy
from collections.abc import Iterator
from typing import Any

from bot.sandbox.workspace import payloads, render
from bot.sandbox.workspace.block_kit import iter_elements
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.delivery import emit
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.seed import SLACKBOT
from bot.sandbox.workspace.state import Channel, Message, Person

MAX_TEXT = 40_000
MAX_UPDATE_TEXT = 4_000


def with_ids(core: Core, blocks: list[Json]) -> list[Json]:
    """A copy of the blocks in which every block_id and action_id is filled in, as Slack does."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", core.ids.next("b"))
        for element in iter_elements(block):
            if element.get("type") not in {"image", "plain_text", "mrkdwn"}:
                element.setdefault("action_id", core.ids.next("a"))
    return filled


def find_channel(core: Core, ref: object, *, member: bool = False) -> Channel:
    """A channel by id as the app may name it.

    It does not see private channels without being in them (SL §6).
    """
    channel = core.workspace.channels.get(ref) if isinstance(ref, str) else None
    if channel is None:
        raise ApiError("channel_not_found")
    if core.bot.id not in channel.members:
        if channel.is_private or channel.is_im:
            raise ApiError("channel_not_found")
        if member:
            raise ApiError("not_in_channel")
    return channel


def open_im(core: Core, one: str, other: str) -> Channel:
    """The direct message of two people, made if it is new."""
    found = core.workspace.im_between(one, other)
    if found is None:
        created = int(core.clock.now())
        found = Channel(core.ids.next("D"), "", [one, other], is_private=True, is_im=True, created=created)
        core.workspace.channels[found.id] = found
        core.broker.publish({one, other}, "sidebar", {})
    return found


def _watchers(core: Core, message: Message) -> Iterator[Person]:
    channel = core.workspace.channels[message.channel]
    users = {message.only_visible_to} if message.only_visible_to else core.viewers(channel)
    for user in users:
        if user and core.broker.listening(user):
            yield core.workspace.people[user]


def _tell(core: Core, kind: str, message: Message) -> None:
    place = {"channel": message.channel, "ts": message.ts, "thread_ts": message.thread_ts}
    for viewer in _watchers(core, message):
        body = {} if kind == "message_deleted" else {"message": render.message(core, message, viewer)}
        core.broker.publish({viewer.id}, kind, place | body)


def _parent_changed(core: Core, message: Message) -> None:
    parent = core.workspace.channels[message.channel].messages.get(message.thread_ts or "")
    if parent is not None and message.is_reply:
        _tell(core, "message_changed", parent)


def post(core: Core, message: Message) -> Message:
    """Store a message and tell everybody."""
    channel = core.workspace.channels[message.channel]
    channel.messages[message.ts] = message
    _tell(core, "message", message)
    _parent_changed(core, message)
    _emit_message(core, channel, payloads.message(core, message))
    return message


def post_ephemeral(core: Core, message: Message) -> Message:
    """Show a message to one person only; it is in no history."""
    core.workspace.channels[message.channel].ephemerals[message.ts] = message
    _tell(core, "ephemeral", message)
    return message


def slackbot_says(core: Core, person: Person, channel: Channel, text: str) -> Message:
    """Slack's own word to one person, as for an unknown command."""
    said = Message(channel.id, core.ids.ts(), SLACKBOT, text, only_visible_to=person.id)
    return post_ephemeral(core, said)


def change(core: Core, message: Message, **changes: Any) -> Message:
    """Edit in place."""
    previous = payloads.message(core, message)
    for name, value in changes.items():
        setattr(message, name, value)
    _tell(core, "message_changed", message)
    if message.only_visible_to is None:
        channel = core.workspace.channels[message.channel]
        event = {
            "subtype": "message_changed",
            "hidden": True,
            "message": payloads.message(core, message),
            "previous_message": previous,
            "ts": core.ids.ts(),
        }
        _emit_message(core, channel, event)
    return message


def remove(core: Core, message: Message) -> None:
    """Take a message away; replies of a deleted parent stay."""
    channel = core.workspace.channels[message.channel]
    was_ephemeral = channel.ephemerals.pop(message.ts, None) is not None
    channel.messages.pop(message.ts, None)
    _tell(core, "message_deleted", message)
    _parent_changed(core, message)
    if not was_ephemeral:
        event = {
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": message.ts,
            "ts": core.ids.ts(),
        }
        _emit_message(core, channel, event)


def _emit_message(core: Core, channel: Channel, body: Json) -> None:
    if core.bot.id not in channel.members:
        return
    kind = "im" if channel.is_im else "group" if channel.is_private else "channel"
    event = {
        **body,
        "type": "message",
        "channel": channel.id,
        "channel_type": kind,
        "event_ts": body["ts"],
    }
    emit(
        core,
        f"message.{'im' if channel.is_im else kind + 's'}",
        event,
        is_ext_shared_channel=channel.is_ext_shared,
    )
    if f"<@{core.bot.id}>" in body.get("text", "") and body.get("user") != core.bot.id:
        emit(core, "app_mention", {**event, "type": "app_mention"})
