"""The payloads that an app gets (SL §2, §4), as plain dictionaries."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import Json
from bot.sandbox.workspace.fields import (
    Field,
    current_values,
    iter_fields,
    state_value,
)
from bot.sandbox.workspace.files import file_object
from bot.sandbox.workspace.state import Channel, Message, Person, View


def _user(person: Person) -> Json:
    return {"id": person.id, "username": person.handle, "name": person.handle, "team_id": person.team_id}


def channel_name(channel: Channel) -> str:
    """Slack does not tell commands and actions the name of a private conversation."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def interaction(core: Core, kind: str, person: Person) -> Json:
    """What all interaction payloads have (SL §4)."""
    return {
        "type": kind,
        "token": core.credentials.verification_token,
        "team": {"id": core.workspace.team_id, "domain": core.workspace.domain},
        "user": _user(person),
        "api_app_id": core.app_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(core: Core, person: Person, channel: Channel, name: str, text: str) -> Json:
    """A slash command (SL §2)."""
    return {
        "token": core.credentials.verification_token,
        "team_id": core.workspace.team_id,
        "team_domain": core.workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.handle,
        "command": name,
        "text": text,
        "api_app_id": core.app_id,
        "is_enterprise_install": "false",
        "response_url": core.new_response_url(person.id, channel.id),
        "trigger_id": core.new_trigger(person.id, channel.id),
    }


def view_state(core: Core, view: View) -> Json:
    """`state.values` of a view."""
    values = current_values(view.blocks, view.values, view.origin_channel)
    return {"values": _state(core, view.blocks, values, view.offered)}


def message_state(core: Core, message: Message, user: str) -> Json:
    """`state.values` of a message as one person filled it."""
    values = current_values(message.blocks, message.values.get(user, {}))
    offered = {key[1:]: options for key, options in message.offered.items() if key[0] == user}
    return {"values": _state(core, message.blocks, values, offered)}


def file_finder(core: Core) -> Callable[[str], Json]:
    """The file object for an id, looked up only for fields that hold files."""
    return lambda file_id: file_object(core, core.workspace.files[file_id])


def _state(
    core: Core, blocks: list[Json], values: Json, offered: dict[tuple[str, str], dict[str, Json]]
) -> Json:
    files = file_finder(core)
    state: Json = {}
    for field in iter_fields(blocks):
        value = values[field.block_id][field.action_id]
        entry = state_value(field, value, offered.get((field.block_id, field.action_id), {}), files)
        state.setdefault(field.block_id, {})[field.action_id] = entry
    return state


def view(core: Core, shown: View) -> Json:
    """A view as payloads and the views methods show it."""
    body = shown.body
    return {
        "id": shown.id,
        "team_id": core.workspace.team_id,
        "type": shown.type,
        "blocks": shown.blocks,
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": view_state(core, shown),
        "hash": shown.hash,
        "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(body.get("clear_on_close", False)),
        "notify_on_close": bool(body.get("notify_on_close", False)),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": shown.previous_view_id,
        "root_view_id": shown.root_view_id,
        "app_id": core.app_id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": core.workspace.team_id,
        "bot_id": core.bot.bot_id,
    }


def message(core: Core, shown: Message) -> Json:
    """A message as the Web API and payloads show it."""
    result: Json = {
        "type": "message",
        "user": shown.user,
        "ts": shown.ts,
        "text": shown.text,
        "team": core.workspace.people[shown.user].team_id,
    }
    if shown.bot_id:
        result |= {"bot_id": shown.bot_id, "app_id": shown.app_id}
    for name in ("subtype", "blocks", "attachments", "thread_ts", "edited", "username"):
        value = getattr(shown, name)
        if value:
            result[name] = value
    if shown.files:
        stored = [core.workspace.files[f] for f in shown.files if f in core.workspace.files]
        result["files"] = [file_object(core, f) for f in stored]
    replies = core.workspace.channels[shown.channel].replies(shown.ts)
    if replies:
        users = list(dict.fromkeys(r.user for r in replies))
        result |= {
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "reply_users": users,
            "latest_reply": replies[-1].ts,
            "thread_ts": shown.ts,
        }
    return result


def action(field: Field, value: Json, now_ts: str) -> Json:
    """One entry of `actions` (SL §4); `value` is what the element carries."""
    element = field.element
    entry: Json = {"type": element["type"], "action_id": field.action_id, "block_id": field.block_id}
    for name in ("text", "placeholder", "style", "initial_option", "initial_options"):
        if name in element and (
            name == "placeholder" or element["type"] == "button" or name.startswith("initial")
        ):
            entry[name] = element[name]
    return {**entry, **value, "action_ts": now_ts}


def event_callback(core: Core, event: Json, **outer: Any) -> Json:
    """The outer event (SL §2, §7)."""
    team = core.workspace.team_id
    authorization = {
        "enterprise_id": None,
        "team_id": team,
        "user_id": core.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": core.credentials.verification_token,
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": core.app_id,
        "event": {**event, "event_ts": event.get("event_ts", core.ids.ts())},
        "type": "event_callback",
        "event_id": core.ids.next("Ev"),
        "event_time": int(core.clock.now()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        **outer,
    }
