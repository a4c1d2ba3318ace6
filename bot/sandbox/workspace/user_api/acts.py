"""Commands, messages, shortcuts, the Home tab, membership, install: acts that start something."""

from bot.sandbox.workspace import membership, payloads, posting, render
from bot.sandbox.workspace.core import Core, ResponseUrl
from bot.sandbox.workspace.delivery import COMMAND, INTERACTIVE, deliver, emit
from bot.sandbox.workspace.errors import ApiError, DispatchFailedError, Json, UnansweredError, UserError
from bot.sandbox.workspace.state import Channel, Message, Person
from bot.sandbox.workspace.user_api import escape, place
from bot.sandbox.workspace.user_api.result import not_allowed, result, unanswered
from bot.sandbox.workspace.webapi import response_url

COMMANDERS = frozenset({"owner", "member", "guest"})


def _may_write(person: Person, channel: Channel) -> str | None:
    """Why not, or None."""
    if person.kind in {"deactivated", "bot"}:
        return f"{person.name} cannot act."
    if person.id not in channel.members:
        return f"{person.name} is not in this channel."
    return "This channel is archived." if channel.is_archived else None


async def command(core: Core, person: Person, body: Json) -> Json:
    """A slash command: strangers have none (SL §1.8); late answers show `operation_timeout` (SL §2)."""
    channel = place.channel(core, person, body.get("channel"))
    refusal = _may_write(person, channel)
    if refusal:
        return not_allowed(core, person, refusal)
    if body.get("thread_ts"):
        # SL §2: slash commands cannot be used inside threads.
        return not_allowed(core, person, "Commands cannot be used in threads.")
    name, _, text = str(body.get("text", "")).strip().partition(" ")
    offered = core.installed and person.kind in COMMANDERS and "commands" in core.scopes
    known = core.config.command(name) if offered else None
    if known is None:
        sentence = f"`{name}` is not a valid command."
        posting.slackbot_says(core, person, channel, sentence)
        return result(core, person, "invalid_command", sentence)
    text = text.strip()
    if known.should_escape:
        text = escape.mentions(core.workspace, text, names=True)
    payload = payloads.command(core, person, channel, name, text)
    try:
        answer = await deliver(core, COMMAND, payload)
    except UnansweredError as error:
        sentence = f'`{name}` failed with the error "{error.code}"'
        posting.slackbot_says(core, person, channel, sentence)
        return result(core, person, error.code, sentence)
    return _show_answer(core, person, channel, f"{name} {text}".strip(), answer)


def _show_answer(core: Core, person: Person, channel: Channel, typed: str, answer: Json | None) -> Json:
    """What a command was acknowledged with is a message: ephemeral unless `in_channel` (SL §2)."""
    if not answer:
        return result(core, person)
    if answer.get("response_type") == "in_channel":
        posting.post(core, Message(channel.id, core.ids.ts(), person.id, escape.plain(typed)))
    try:
        response_url.respond(core, ResponseUrl(person.id, channel.id, core.clock.now()), answer)
    except ApiError as error:
        return result(
            core,
            person,
            "invalid_response",
            f"The app answered something that Slack does not show: {error.code}.",
        )
    return result(core, person)


async def message(core: Core, person: Person, body: Json) -> Json:
    """A message; mentions and the three special characters become what Slack stores (SL §5)."""
    channel = place.channel(core, person, body.get("channel"))
    refusal = _may_write(person, channel)
    if refusal:
        return not_allowed(core, person, refusal)
    text, files = str(body.get("text") or ""), list(body.get("files") or [])
    if text.startswith("/"):
        raise UserError("use_command", "Text that starts with / is a command.", 400)
    if not text and not files:
        raise UserError("no_text", "There is nothing to send.", 400)
    parent = channel.messages.get(str(body.get("thread_ts") or ""))
    for file_id in files:
        stored = core.workspace.files.get(file_id)
        if stored is None or stored.user != person.id:
            raise UserError("file_not_found", f"There is no file {file_id} of {person.name}.")
        stored.channels.append(channel.id)
    sent = Message(
        channel=channel.id,
        ts=core.ids.ts(),
        user=person.id,
        text=escape.mentions(core.workspace, escape.plain(text), names=False),
        files=files,
        thread_ts=(parent.thread_ts or parent.ts) if parent else None,
        subtype="file_share" if files else None,
    )
    posting.post(core, sent)
    return result(core, person, ts=sent.ts)


async def delete(core: Core, person: Person, body: Json) -> Json:
    """Delete an own message."""
    found = place.message(core, person, body)
    if found.user != person.id:
        return not_allowed(core, person, "Only own messages can be deleted.")
    posting.remove(core, found)
    return result(core, person)


async def dismiss(core: Core, person: Person, body: Json) -> Json:
    """Hide an own ephemeral message."""
    found = place.message(core, person, body)
    if found.only_visible_to is None:
        return not_allowed(core, person, "Only messages that nobody else sees can be dismissed.")
    posting.remove(core, found)
    return result(core, person)


async def read(core: Core, person: Person, body: Json) -> Json:
    """Everything up to `ts` was seen."""
    channel = place.channel(core, person, body.get("channel"))
    core.workspace.last_read[person.id, channel.id] = str(body.get("ts") or core.ids.ts())
    core.broker.publish({person.id}, "sidebar", {})
    return result(core, person)


async def open_dm(core: Core, person: Person, body: Json) -> Json:
    """Open a direct message."""
    other = core.workspace.person(str(body.get("person")))
    return result(core, person, channel=posting.open_im(core, person.id, other.id).id)


async def shortcut(core: Core, person: Person, body: Json) -> Json:
    """A global shortcut: no channel, no response_url (SL §4)."""
    callback_id = str(body.get("callback_id"))
    if person.kind not in COMMANDERS or not core.installed:
        return not_allowed(core, person, f"{person.name} has no shortcuts of this app.")
    if core.config.shortcut(callback_id, "global") is None:
        raise UserError("shortcut_not_found", f'There is no global shortcut "{callback_id}".')
    payload = payloads.interaction(core, "shortcut", person) | {
        "callback_id": callback_id,
        "trigger_id": core.new_trigger(person.id, None),
        "action_ts": core.ids.ts(),
    }
    return await _send(core, person, payload)


async def message_shortcut(core: Core, person: Person, body: Json) -> Json:
    """A message shortcut (`message_action`, SL §4)."""
    callback_id = str(body.get("callback_id"))
    found = place.message(core, person, body)
    if person.kind not in COMMANDERS or not core.installed or found.only_visible_to:
        return not_allowed(core, person, f"{person.name} has no shortcuts of this app here.")
    if core.config.shortcut(callback_id, "message") is None:
        raise UserError("shortcut_not_found", f'There is no message shortcut "{callback_id}".')
    channel = core.workspace.channels[found.channel]
    payload = payloads.interaction(core, "message_action", person) | {
        "callback_id": callback_id,
        "trigger_id": core.new_trigger(person.id, channel.id),
        "response_url": core.new_response_url(person.id, channel.id),
        "message_ts": found.ts,
        "message": payloads.message(core, found),
        "channel": {"id": channel.id, "name": payloads.channel_name(channel)},
        "action_ts": core.ids.ts(),
    }
    return await _send(core, person, payload)


async def _send(core: Core, person: Person, payload: Json) -> Json:
    try:
        await deliver(core, INTERACTIVE, payload)
    except UnansweredError as error:
        return unanswered(core, person, error)
    return result(core, person)


async def home(core: Core, person: Person, body: Json) -> Json:
    """Open the Home tab: `app_home_opened` goes to the app (SL §8), the published view is shown."""
    _ = body
    if not core.config.home_tab or not core.installed or person.kind not in COMMANDERS:
        return not_allowed(core, person, "There is no Home tab.")
    channel = posting.open_im(core, person.id, core.bot.id)
    shown = core.workspace.homes.get(person.id)
    event: Json = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": "home"}
    if shown is not None:
        event["view"] = payloads.view(core, shown)
    emit(core, "app_home_opened", event)
    return result(core, person, view=render.view(core, shown))


async def change_membership(core: Core, person: Person, body: Json) -> Json:
    """Join, leave, invite, kick."""
    channel = place.channel(core, person, body.get("channel"))
    act = body.get("act")
    full = person.kind in {"owner", "member"}
    if channel.is_im or channel.is_archived or not full:
        return not_allowed(core, person, f"{person.name} cannot change who is in this conversation.")
    inside = person.id in channel.members
    other = core.workspace.person(str(body.get("person"))) if act in {"invite", "kick"} else person
    match act:
        case "join" if not channel.is_private:
            membership.add(core, channel, person)
        case "leave" if inside:
            membership.take_out(core, channel, person)
        case "invite" if inside:
            membership.add(core, channel, other)
        case "kick" if inside:
            membership.take_out(core, channel, other)
        case "join" | "leave" | "invite" | "kick":
            return not_allowed(core, person, f"{person.name} is not in this channel.")
        case _:
            raise UserError("invalid_act", "The act is join, leave, invite or kick.", 400)
    return result(core, person)


async def app(core: Core, person: Person, body: Json) -> Json:
    """Install or uninstall; the owner only. The bot token comes back to life with a new installation."""
    if not person.is_owner:
        return not_allowed(core, person, "Only the owner installs and removes apps.")
    match body.get("act"):
        case "install":
            core.installed = True
            core.credentials.revoked.pop(core.credentials.bot_token, None)
        case "uninstall":
            # Both events, in no fixed order (SL §7); calls afterwards fail with account_inactive.
            emit(
                core,
                "tokens_revoked",
                {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [core.bot.id]}},
            )
            emit(core, "app_uninstalled", {"type": "app_uninstalled"})
            core.installed = False
            core.credentials.revoked[core.credentials.bot_token] = "account_inactive"
            core.workspace.homes.clear()
        case _:
            raise UserError("invalid_act", "The act is install or uninstall.", 400)
    core.presence()
    return result(core, person)


def require_installed(core: Core) -> None:
    """Buttons of an app that is gone lead nowhere."""
    if not core.installed:
        raise DispatchFailedError
