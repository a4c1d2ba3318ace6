"""conversations.* (SL §6, §7)."""

from bot.sandbox.workspace import membership, payloads, posting
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.state import Channel, Message
from bot.sandbox.workspace.webapi.registry import Arguments, Methods, page

METHODS = Methods()
READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def conversation(core: Core, channel: Channel) -> Json:
    """A conversation object.

    Ask it for is_private and is_ext_shared, the id's first letter does not tell (SL §7).
    """
    shared: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_im": channel.is_im,
        "is_archived": channel.is_archived,
        "is_org_shared": False,
        "updated": channel.created * 1000,
        "context_team_id": core.workspace.team_id,
    }
    if channel.is_im:
        other = next((m for m in channel.members if m != core.bot.id), core.bot.id)
        return shared | {"user": other, "is_user_deleted": core.workspace.people[other].deleted}
    return shared | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": channel.id == "C0GENERAL",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "is_member": core.bot.id in channel.members,
        "creator": channel.creator,
        "shared_team_ids": [core.workspace.team_id, *channel.shared_with],
        "connected_team_ids": list(channel.shared_with),
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


_SCOPE_PREFIX = {"im": "im", "private_channel": "groups", "public_channel": "channels"}


def _need(core: Core, channel: Channel, suffix: str) -> None:
    """The scope for this very kind of conversation."""
    scope = f"{_SCOPE_PREFIX[_kind(channel)]}:{suffix}"
    if scope not in core.scopes:
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(core.scopes)))


def _asked(core: Core, arguments: Arguments, suffix: str, *, member: bool = False) -> Channel:
    channel = posting.find_channel(core, arguments.required("channel", "channel_not_found"), member=member)
    _need(core, channel, suffix)
    return channel


@METHODS.method("conversations.info", *READ)
def info(core: Core, arguments: Arguments) -> Json:
    """One conversation."""
    channel = _asked(core, arguments, "read")
    found = conversation(core, channel)
    if arguments.flag("include_num_members"):
        found["num_members"] = len(channel.members)
    return {"channel": found}


@METHODS.method("conversations.list", *READ)
def listing(core: Core, arguments: Arguments) -> Json:
    """Conversations that the app can see, of the asked types."""
    kinds = arguments.listed("types") or ["public_channel"]
    hidden = arguments.flag("exclude_archived")
    found = []
    for channel in core.workspace.channels.values():
        visible = not (channel.is_private or channel.is_im) or core.bot.id in channel.members
        if _kind(channel) in kinds and visible and not (hidden and channel.is_archived):
            found.append(channel)
    for kind in kinds:
        if kind not in {*_SCOPE_PREFIX, "mpim"}:
            raise ApiError("invalid_types")
        scope = f"{_SCOPE_PREFIX.get(kind, 'mpim')}:read"
        if scope not in core.scopes:
            raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(core.scopes)))
    objects = [conversation(core, c) | {"num_members": len(c.members)} for c in found]
    return page(objects, arguments, "channels", default=100, most=1000)


@METHODS.method("conversations.members", *READ)
def members(core: Core, arguments: Arguments) -> Json:
    """Ids of the members."""
    channel = _asked(core, arguments, "read")
    objects = [{"id": user} for user in channel.members]
    found = page(objects, arguments, "members", default=100, most=1000)
    return found | {"members": [entry["id"] for entry in found["members"]]}


def _shown(core: Core, message: Message, *, metadata: bool) -> Json:
    shown = payloads.message(core, message)
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown


def _window(messages: list[Message], arguments: Arguments) -> list[Message]:
    oldest, latest = arguments.text("oldest", "0"), arguments.text("latest")
    inclusive = arguments.flag("inclusive")

    def inside(message: Message) -> bool:
        at = float(message.ts)
        after = at > float(oldest) or (inclusive and at == float(oldest))
        before = not latest or at < float(latest) or (inclusive and at == float(latest))
        return after and before

    try:
        return [m for m in messages if inside(m)]
    except ValueError:
        raise ApiError("invalid_ts_oldest") from None


@METHODS.method("conversations.history", *HISTORY)
def history(core: Core, arguments: Arguments) -> Json:
    """The main line of a channel, newest first; metadata only with `include_all_metadata`."""
    channel = _asked(core, arguments, "history", member=True)
    line = [m for m in channel.messages.values() if not m.is_reply or m.reply_broadcast]
    found = list(reversed(_window(line, arguments)))
    metadata = arguments.flag("include_all_metadata")
    objects = [_shown(core, m, metadata=metadata) for m in found]
    answer = page(objects, arguments, "messages", default=100, most=999)
    return answer | {"has_more": bool(answer["response_metadata"]["next_cursor"]), "pin_count": 0}


@METHODS.method("conversations.replies", *HISTORY)
def replies(core: Core, arguments: Arguments) -> Json:
    """A thread, the parent first."""
    channel = _asked(core, arguments, "history", member=True)
    asked = channel.messages.get(arguments.required("ts"))
    if asked is None:
        raise ApiError("thread_not_found")
    parent = channel.messages.get(asked.thread_ts or asked.ts, asked)
    found = [parent, *_window(channel.replies(parent.ts), arguments)]
    metadata = arguments.flag("include_all_metadata")
    objects = [_shown(core, m, metadata=metadata) for m in found]
    answer = page(objects, arguments, "messages", default=1000, most=1000)
    return answer | {"has_more": bool(answer["response_metadata"]["next_cursor"])}


@METHODS.method("conversations.open", "im:write", "mpim:write")
def open_conversation(core: Core, arguments: Arguments) -> Json:
    """Open the direct message with one person (groups of several are not simulated)."""
    users = arguments.listed("users")
    if not users:
        channel = posting.find_channel(core, arguments.required("channel", "users_list_not_supplied"))
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    if len(users) > 1:
        raise ApiError("method_not_supported_for_channel_type")
    person = core.workspace.user_by_id(users[0])
    if person.deleted:
        raise ApiError("user_disabled")
    if person.is_bot and person.id != core.bot.id:
        raise ApiError("cannot_dm_bot")
    before = core.workspace.im_between(core.bot.id, person.id)
    channel = posting.open_im(core, core.bot.id, person.id)
    full = conversation(core, channel) if arguments.flag("return_im") else {"id": channel.id}
    already = {"no_op": True, "already_open": True} if before else {}
    return {"channel": full} | already


@METHODS.method("conversations.join", "channels:join")
def join(core: Core, arguments: Arguments) -> Json:
    """Join a public channel."""
    channel = posting.find_channel(core, arguments.required("channel", "channel_not_found"))
    if channel.is_private or channel.is_im:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    membership.add(core, channel, core.bot)
    return {"channel": conversation(core, channel)}
