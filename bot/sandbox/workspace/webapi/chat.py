"""chat.* (SL §6): post, update, ephemeral, delete, permalink."""

from bot.sandbox.workspace import payloads, posting
from bot.sandbox.workspace.block_kit import check_blocks
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.state import Channel, Message
from bot.sandbox.workspace.webapi.registry import Arguments, Methods

METHODS = Methods()
MAX_ATTACHMENTS = 100
MAX_MARKDOWN = 12_000


def checked_blocks(core: Core, arguments: Arguments) -> list[Json] | None:
    """The blocks of a message with their ids, None when there are none; `invalid_blocks` names each place."""
    blocks = arguments.nested("blocks", "invalid_blocks_format")
    if blocks is None:
        return None
    problems = check_blocks(blocks, "message")
    if problems or not isinstance(blocks, list):
        lines = [problem.line() for problem in problems]
        short = [f"{problem.message} [json-pointer:{problem.pointer}]" for problem in problems]
        raise ApiError("invalid_blocks", errors=short, response_metadata={"messages": lines})
    return posting.with_ids(core, blocks)


def checked_attachments(arguments: Arguments) -> list[Json] | None:
    """Legacy attachments: 100 at most (SL §6)."""
    attachments = arguments.nested("attachments", "invalid_attachments")
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise ApiError("invalid_attachments")
    if len(attachments) > MAX_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    return attachments


def content(core: Core, arguments: Arguments) -> Json:
    """Text, blocks and attachments of a new message; text is cut at 40,000 (SL §6)."""
    blocks, attachments = checked_blocks(core, arguments), checked_attachments(arguments)
    text, markdown = arguments.text("text"), arguments.text("markdown_text")
    if markdown and (text or blocks):
        raise ApiError("markdown_text_conflict")
    if len(markdown) > MAX_MARKDOWN:
        raise ApiError("msg_too_long")
    if not (text or markdown or blocks or attachments):
        raise ApiError("no_text")
    return {
        "text": (text or markdown)[: posting.MAX_TEXT],
        "blocks": blocks or [],
        "attachments": attachments or [],
    }


def _metadata(arguments: Arguments) -> Json | None:
    metadata = arguments.nested("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    sound = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not sound or not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_schema")
    return metadata


def _target(core: Core, arguments: Arguments) -> Channel:
    """A channel id, a channel name, or a person's id for a direct message (SL §8)."""
    ref = arguments.required("channel", "channel_not_found")
    person = core.workspace.people.get(ref)
    if person is not None:
        if person.deleted or person.id == core.bot.id:
            raise ApiError("channel_not_found")
        return posting.open_im(core, core.bot.id, person.id)
    named = core.workspace.channel_by_name(ref.removeprefix("#"))
    public_is_enough = "chat:write.public" in core.scopes
    channel = posting.find_channel(core, named.id if named else ref, member=not public_is_enough)
    if channel.is_archived:
        raise ApiError("is_archived")
    return channel


def _thread(channel: Channel, arguments: Arguments) -> str | None:
    thread_ts = arguments.text("thread_ts")
    if not thread_ts:
        return None
    parent = channel.messages.get(thread_ts)
    if parent is None:
        raise ApiError("thread_not_found")
    # A reply to a reply lands in the thread of its parent.
    return parent.thread_ts or parent.ts


@METHODS.method("chat.postMessage", "chat:write")
def post_message(core: Core, arguments: Arguments) -> Json:
    """Post a message; the answer has its ts and what Slack made of it."""
    channel = _target(core, arguments)
    body = content(core, arguments)
    message = Message(
        channel=channel.id,
        ts=core.ids.ts(),
        user=core.bot.id,
        thread_ts=_thread(channel, arguments),
        reply_broadcast=arguments.flag("reply_broadcast"),
        bot_id=core.bot.bot_id,
        app_id=core.app_id,
        metadata=_metadata(arguments),
        **body,
    )
    posting.post(core, message)
    shown = payloads.message(core, message)
    if message.metadata:
        shown["metadata"] = message.metadata
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@METHODS.method("chat.postEphemeral", "chat:write")
def post_ephemeral(core: Core, arguments: Arguments) -> Json:
    """Show a message to one person of a channel."""
    channel = posting.find_channel(core, arguments.required("channel", "channel_not_found"), member=True)
    if channel.is_archived:
        raise ApiError("is_archived")
    person = core.workspace.people.get(arguments.required("user"))
    if person is None or person.id not in channel.members or person.deleted:
        raise ApiError("user_not_in_channel")
    message = Message(
        channel=channel.id,
        ts=core.ids.ts(),
        user=core.bot.id,
        thread_ts=_thread(channel, arguments),
        bot_id=core.bot.bot_id,
        app_id=core.app_id,
        only_visible_to=person.id,
        **content(core, arguments),
    )
    posting.post_ephemeral(core, message)
    return {"message_ts": message.ts}


def _own_message(core: Core, arguments: Arguments, error: str) -> Message:
    channel = core.workspace.channels.get(arguments.required("channel", "channel_not_found"))
    if channel is None or (core.bot.id not in channel.members and (channel.is_private or channel.is_im)):
        raise ApiError("channel_not_found")
    # Ephemeral messages are in no history: they cannot be found (SL §6).
    message = channel.messages.get(arguments.required("ts", "message_not_found"))
    if message is None:
        raise ApiError("message_not_found")
    if message.user != core.bot.id:
        raise ApiError(error)
    return message


@METHODS.method("chat.update", "chat:write")
def update(core: Core, arguments: Arguments) -> Json:
    """Edit an own message; text alone removes the blocks, attachments stay unless given (SL §6)."""
    message = _own_message(core, arguments, "cant_update_message")
    blocks, attachments = checked_blocks(core, arguments), checked_attachments(arguments)
    text = arguments.text("text") or arguments.text("markdown_text")
    if len(text) > posting.MAX_UPDATE_TEXT:
        raise ApiError("msg_too_long")
    if not (text or blocks or attachments):
        raise ApiError("no_text")
    changes: Json = {"edited": {"user": core.bot.id, "ts": core.ids.ts()}}
    if text:
        changes["text"] = text
    if text or blocks is not None:
        changes["blocks"] = blocks or []
    if attachments is not None:
        changes["attachments"] = attachments
    if arguments.raw.get("metadata") is not None:
        changes["metadata"] = _metadata(arguments)
    posting.change(core, message, **changes)
    shown = payloads.message(core, message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


@METHODS.method("chat.delete", "chat:write")
def delete(core: Core, arguments: Arguments) -> Json:
    """Delete an own message."""
    message = _own_message(core, arguments, "cant_delete_message")
    posting.remove(core, message)
    return {"channel": message.channel, "ts": message.ts}


@METHODS.method("chat.getPermalink")
def get_permalink(core: Core, arguments: Arguments) -> Json:
    """The address of a message."""
    channel = posting.find_channel(core, arguments.required("channel", "channel_not_found"))
    message = channel.messages.get(arguments.required("message_ts", "message_not_found"))
    if message is None:
        raise ApiError("message_not_found")
    link = f"{core.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
