"""files.* (SL §6): upload in three steps, info, delete, and the two plain endpoints for the bytes."""

from aiohttp import BodyPartReader, web

from bot.sandbox.workspace import posting
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.files import file_object, mimetype_of
from bot.sandbox.workspace.state import Message, StoredFile
from bot.sandbox.workspace.webapi.registry import Arguments, Methods

METHODS = Methods()
MAX_BYTES = 100 * 1024 * 1024
MAX_ALT_TEXT = 1_000
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sandbox Workspace</title></head><body>Sign in</body></html>"


def _stored(core: Core, file_id: str) -> StoredFile:
    stored = core.workspace.files.get(file_id)
    if stored is None:
        raise ApiError("file_not_found")
    return stored


@METHODS.method("files.getUploadURLExternal", "files:write")
def get_upload_url(core: Core, arguments: Arguments) -> Json:
    """Step one: an address to send the bytes to."""
    name = arguments.required("filename")
    length = arguments.number("length", 0, MAX_BYTES) if arguments.text("length") != "0" else 0
    if not length:
        raise ApiError("invalid_arguments")
    alt_text = arguments.text("alt_txt")
    if len(alt_text) > MAX_ALT_TEXT:
        raise ApiError("alt_txt_too_large")
    file_id = core.ids.next("F")
    token = core.ids.secret(16)
    core.workspace.files[file_id] = StoredFile(
        id=file_id,
        name=name,
        title=name,
        mimetype=mimetype_of(name),
        user=core.bot.id,
        created=int(core.clock.now()),
        announced_size=length,
        upload_token=token,
        alt_text=alt_text,
    )
    return {"upload_url": f"{core.base_url}/upload/v1/{token}", "file_id": file_id}


async def receive_upload(core: Core, request: web.Request) -> web.Response:
    """Step two: the bytes, raw or as a form; plain text answers."""
    token = request.match_info["token"]
    stored = next((f for f in core.workspace.files.values() if f.upload_token == token), None)
    if stored is None or stored.complete:
        return web.Response(status=404, text="not found")
    content = b""
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                content = bytes(await part.read(decode=False))
    else:
        content = await request.read()
    if len(content) != stored.announced_size:
        return web.Response(status=400, text="the length is not the one that was announced")
    stored.content = content
    return web.Response(text=f"OK - {len(content)}")


@METHODS.method("files.completeUploadExternal", "files:write")
def complete_upload(core: Core, arguments: Arguments) -> Json:
    """Step three: share it in a channel, or keep it private without one."""
    entries = arguments.nested("files", "invalid_arguments")
    if not isinstance(entries, list) or not entries:
        raise ApiError("invalid_arguments")
    found = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise ApiError("invalid_arguments")
        stored = _stored(core, str(entry.get("id")))
        if not stored.content:
            raise ApiError("file_not_found")
        found.append((stored, entry.get("title")))
    targets = arguments.listed("channel_id") or arguments.listed("channels")
    channels = [posting.find_channel(core, target, member=True) for target in targets]
    if any(channel.is_archived for channel in channels):
        raise ApiError("is_archived")
    for stored, title in found:
        stored.complete = True
        stored.title = str(title or stored.name)
        stored.channels = [channel.id for channel in channels]
    for channel in channels:
        message = Message(
            channel=channel.id,
            ts=core.ids.ts(),
            user=core.bot.id,
            text=arguments.text("initial_comment"),
            files=[stored.id for stored, _ in found],
            thread_ts=arguments.text("thread_ts") or None,
            bot_id=core.bot.bot_id,
            app_id=core.app_id,
        )
        posting.post(core, message)
    return {"files": [file_object(core, stored) for stored, _ in found]}


@METHODS.method("files.info", "files:read")
def info(core: Core, arguments: Arguments) -> Json:
    """One file."""
    stored = _stored(core, arguments.required("file", "file_not_found"))
    if not stored.complete:
        raise ApiError("file_not_found")
    return {"file": file_object(core, stored), "comments": [], "response_metadata": {"next_cursor": ""}}


@METHODS.method("files.delete", "files:write")
def delete(core: Core, arguments: Arguments) -> Json:
    """Delete an own file."""
    stored = _stored(core, arguments.required("file", "file_not_found"))
    if stored.user != core.bot.id:
        raise ApiError("cant_delete_file")
    del core.workspace.files[stored.id]
    return {}


def download(core: Core, request: web.Request) -> web.Response:
    """`url_private` (SL §6): bytes for the bot token with files:read.

    Any other token gets an HTML login page with status 200.
    """
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    allowed = (
        token == core.credentials.bot_token
        and token not in core.credentials.revoked
        and "files:read" in core.scopes
    )
    file_id = request.match_info["file"].partition("-")[2]
    stored = core.workspace.files.get(file_id)
    if not allowed:
        return web.Response(text=LOGIN_PAGE, content_type="text/html")
    if stored is None or not stored.complete:
        return web.Response(status=404, text="file not found")
    return web.Response(body=stored.content, headers={"Content-Type": stored.mimetype})
