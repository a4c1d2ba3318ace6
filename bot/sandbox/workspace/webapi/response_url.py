"""`response_url` (SL §2).

5 uses in 30 minutes, ephemeral or in_channel, replace_original, delete_original.
"""

import json

from aiohttp import web

from bot.sandbox.workspace import posting
from bot.sandbox.workspace.core import RESPONSE_USES, Core, ResponseUrl
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.state import Message
from bot.sandbox.workspace.webapi import chat
from bot.sandbox.workspace.webapi.registry import Arguments


async def handle(core: Core, request: web.Request) -> web.Response:
    """One use of a response_url; Slack answers `ok` as plain text or a JSON error."""
    key = request.match_info["key"]
    entry: Json = {"kind": "response_url", "at": core.clock.now(), "args": {}, "ok": False, "error": None}
    core.journal.add(entry)
    try:
        body = _body(await request.text())
        entry["args"] = body
        respond(core, _usable(core, key), body)
    except ApiError as error:
        entry["error"] = error.code
        status = 404 if error.code in {"used_url", "expired_url", "invalid_url"} else 400
        return web.json_response(error.body(), status=status)
    entry["ok"] = True
    return web.Response(text="ok")


def _body(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError:
        raise ApiError("invalid_payload") from None
    if not isinstance(body, dict):
        raise ApiError("invalid_payload")
    return body


def _usable(core: Core, key: str) -> ResponseUrl:
    response_url = core.response_urls.get(key)
    if response_url is None:
        raise ApiError("invalid_url")
    if response_url.expires < core.clock.now():
        raise ApiError("expired_url")
    if response_url.uses >= RESPONSE_USES:
        raise ApiError("used_url")
    response_url.uses += 1
    return response_url


def respond(core: Core, url: ResponseUrl, body: Json) -> Message | None:
    """Post, replace or delete as the body says; also used for what a command is acknowledged with."""
    channel = core.workspace.channels.get(url.channel)
    if channel is None:
        raise ApiError("channel_not_found")
    original = channel.find(url.original) if url.original else None
    if body.get("delete_original"):
        if original is None:
            raise ApiError("message_not_found")
        posting.remove(core, original)
        return None
    content = chat.content(core, Arguments(body))
    if body.get("replace_original") and original is not None:
        # Ephemeral can never become public (SL §2).
        return posting.change(core, original, **content)
    in_channel = body.get("response_type") == "in_channel"
    # In a thread only with in_channel and thread_ts (SL §2).
    thread_ts = body.get("thread_ts") if in_channel else None
    message = Message(
        channel=channel.id,
        ts=core.ids.ts(),
        user=core.bot.id,
        thread_ts=thread_ts if thread_ts in channel.messages else None,
        bot_id=core.bot.bot_id,
        app_id=core.app_id,
        only_visible_to=None if in_channel else url.user,
        **content,
    )
    # It bypasses the channel's posting permissions (SL §2): no membership is asked for.
    return posting.post(core, message) if in_channel else posting.post_ephemeral(core, message)
