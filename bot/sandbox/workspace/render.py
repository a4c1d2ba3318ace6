"""The JSON of the user API: what one person sees (docs/sandbox-workspace.md)."""

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.fields import current_values
from bot.sandbox.workspace.files import IMAGES, shares_of
from bot.sandbox.workspace.state import Channel, Message, Person, StoredFile, View

PREVIEW_CHARACTERS = 2000
MAY = {
    "owner": "Workspace owner: may use commands, buttons and modals, install and remove the app.",
    "member": "Full member: may use commands, buttons and modals.",
    "guest": "Guest: may use commands and buttons in the channels that they were added to.",
    "deactivated": "Deactivated: may do nothing.",
    "bot": "A bot.",
    "stranger": "Of another workspace (Slack Connect): may click in shared channels, has no commands.",
}


def person(who: Person) -> Json:
    """A Person."""
    return {
        "id": who.id,
        "handle": who.handle,
        "name": who.name,
        "title": who.title,
        "email": who.email or None,
        "kind": who.kind,
        "may": MAY[who.kind],
        "can_act": who.kind not in {"deactivated", "bot"} and who.id != "USLACKBOT",
        "can_command": who.kind in {"owner", "member", "guest"} and who.id != "USLACKBOT",
        "team_id": who.team_id,
        "tz": who.tz,
        "tz_offset": who.tz_offset,
        "color": who.color,
        "initials": "".join(part[0] for part in who.name.split()[:2]).upper(),
    }


def may_see(who: Person, channel: Channel) -> bool:
    """Members, and full members for public channels."""
    if who.id in channel.members:
        return True
    return not channel.is_private and not channel.is_im and who.kind in {"owner", "member"}


def file(stored: StoredFile, viewer: Person) -> Json:
    """A file as the page shows it."""
    is_text = stored.mimetype.startswith("text/") or stored.mimetype == "application/json"
    preview = stored.content[: PREVIEW_CHARACTERS * 4].decode("utf-8", "replace")[:PREVIEW_CHARACTERS]
    return {
        "id": stored.id,
        "name": stored.name,
        "title": stored.title,
        "mimetype": stored.mimetype,
        "size": len(stored.content),
        "url": f"/_user/v1/{viewer.handle}/files/{stored.id}",
        "preview": preview if is_text else None,
        "is_image": stored.mimetype in IMAGES,
        "alt_text": stored.alt_text,
        "user": stored.user,
    }


def may_see_file(core: Core, stored: StoredFile, viewer: Person) -> bool:
    """The uploader, and whoever sees a message that carries it."""
    channels = (core.workspace.channels[c] for c in shares_of(core, stored))
    return stored.user == viewer.id or any(may_see(viewer, c) for c in channels)


def message(core: Core, shown: Message, viewer: Person) -> Json:
    """A Message."""
    workspace = core.workspace
    replies = [] if shown.is_reply else workspace.channels[shown.channel].replies(shown.ts)
    stored = [workspace.files[f] for f in shown.files if f in workspace.files]
    return {
        "channel": shown.channel,
        "ts": shown.ts,
        "thread_ts": shown.ts if replies and not shown.thread_ts else shown.thread_ts,
        "user": shown.user,
        "bot_id": shown.bot_id,
        "name": shown.username or workspace.people[shown.user].name,
        "subtype": shown.subtype,
        "text": shown.text,
        "blocks": shown.blocks,
        "attachments": shown.attachments,
        "files": [file(f, viewer) for f in stored],
        "edited": shown.edited,
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(r.user for r in replies)),
        "latest_reply": replies[-1].ts if replies else None,
        "is_ephemeral": shown.only_visible_to is not None,
        "only_visible_to": shown.only_visible_to,
        "values": current_values(shown.blocks, shown.values.get(viewer.id, {})),
    }


def view(core: Core, shown: View | None) -> Json | None:
    """A View."""
    if shown is None:
        return None
    body = shown.body
    return {
        "id": shown.id,
        "type": shown.type,
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "hash": shown.hash,
        "root_view_id": shown.root_view_id,
        "previous_view_id": shown.previous_view_id,
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "blocks": shown.blocks,
        "private_metadata": body.get("private_metadata", ""),
        "notify_on_close": bool(body.get("notify_on_close", False)),
        "clear_on_close": bool(body.get("clear_on_close", False)),
        "submit_disabled": bool(body.get("submit_disabled", False)),
        "state": payloads.view_state(core, shown),
        "values": current_values(shown.blocks, shown.values, shown.origin_channel),
        "errors": shown.errors,
        "busy": shown.busy,
    }


def modals(core: Core, user: str) -> list[Json]:
    """A person's modal stack, bottom first."""
    return [shown for v in core.workspace.stack(user) if (shown := view(core, v))]


def main_line(channel: Channel, viewer: Person) -> list[Message]:
    """What stands in the channel itself: no replies unless broadcast, own ephemerals among them."""
    shown = [m for m in channel.messages.values() if not m.is_reply or m.reply_broadcast]
    shown += [m for m in _own_ephemerals(channel, viewer) if m.thread_ts is None]
    return sorted(shown, key=lambda m: m.ts)


def thread(channel: Channel, thread_ts: str, viewer: Person) -> list[Message]:
    """The parent, its replies and own ephemerals of a thread."""
    parent = channel.messages.get(thread_ts)
    shown = ([parent] if parent else []) + channel.replies(thread_ts)
    shown += [m for m in _own_ephemerals(channel, viewer) if m.thread_ts == thread_ts]
    return sorted(shown, key=lambda m: m.ts)


def _own_ephemerals(channel: Channel, viewer: Person) -> list[Message]:
    return [m for m in channel.ephemerals.values() if m.only_visible_to == viewer.id]


def sidebar_entry(core: Core, channel: Channel, viewer: Person) -> Json:
    """One line of the sidebar."""
    messages = main_line(channel, viewer)
    last_read = core.workspace.last_read.get((viewer.id, channel.id), "0000000000.000000")
    new = [m for m in messages if m.ts > last_read and m.user != viewer.id]
    entry: Json = {
        "id": channel.id,
        "unread": len(new),
        "mentions": sum(f"<@{viewer.id}>" in m.text for m in new),
        "last_read": last_read,
        "latest": messages[-1].ts if messages else None,
    }
    if channel.is_im:
        other = next((m for m in channel.members if m != viewer.id), viewer.id)
        who = core.workspace.people[other]
        return entry | {"kind": "im", "user": other, "name": who.name, "is_app": other == core.bot.id}
    kind = "shared" if channel.is_ext_shared else "private" if channel.is_private else "public"
    return entry | {
        "name": channel.name,
        "kind": kind,
        "is_member": viewer.id in channel.members,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_ext_shared": channel.is_ext_shared,
        "bot_is_member": core.bot.id in channel.members,
        "members": len(channel.members),
        "topic": channel.topic,
    }
