"""Bytes and streams of the user side: upload, download, server-sent events."""

import asyncio
import contextlib

from aiohttp import BodyPartReader, web

from bot.sandbox.workspace import render
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.delivery import emit
from bot.sandbox.workspace.errors import Json, UserError
from bot.sandbox.workspace.files import IMAGES, mimetype_of
from bot.sandbox.workspace.sse import Event, Stream
from bot.sandbox.workspace.state import Person, StoredFile
from bot.sandbox.workspace.user_api import acts, place
from bot.sandbox.workspace.user_api.result import result

PING_SECONDS = 15.0
MAX_FORM_TEXT = 10_000


async def upload(core: Core, person: Person, request: web.Request) -> Json:
    """A file of a person; with `channel` it is sent as a message too."""
    if request.content_type != "multipart/form-data":
        raise UserError("invalid_form", "Files are sent as multipart/form-data.", 400)
    name, content, form = "", b"", {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "file":
            name, content = part.filename or "file", bytes(await part.read(decode=False))
        else:
            form[part.name or ""] = (await part.text())[:MAX_FORM_TEXT]
    if not name or not content:
        raise UserError("no_file", "There is no file in the form, or it is empty.", 400)
    if form.get("channel"):
        place.channel(core, person, form["channel"])
    stored = StoredFile(
        id=core.ids.next("F"),
        name=name,
        title=name,
        mimetype=mimetype_of(name),
        user=person.id,
        created=int(core.clock.now()),
        content=content,
        complete=True,
    )
    core.workspace.files[stored.id] = stored
    shown: Json = {"file": render.file(stored, person)}
    if not form.get("channel"):
        return result(core, person, **shown)
    sent = await acts.message(core, person, {**form, "text": form.get("comment"), "files": [stored.id]})
    event = {
        "type": "file_shared",
        "file_id": stored.id,
        "user_id": person.id,
        "channel_id": stored.channels[-1:],
    }
    if stored.channels:
        emit(core, "file_shared", {**event, "channel_id": stored.channels[-1], "file": {"id": stored.id}})
    return sent | shown


def download(core: Core, person: Person, file_id: str) -> web.Response:
    """The bytes; only images are shown inline, a file never runs in the page's origin."""
    stored = core.workspace.files.get(file_id)
    if stored is None or not stored.complete or not render.may_see_file(core, stored, person):
        raise UserError("file_not_found", f"There is no file {file_id} for {person.name}.")
    inline = stored.mimetype in IMAGES
    safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in stored.name if c.isascii())
    headers = {
        "Content-Type": stored.mimetype if inline else "application/octet-stream",
        "Content-Disposition": f'{"inline" if inline else "attachment"}; filename="{safe}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.Response(body=stored.content, headers=headers)


async def events(core: Core, person: Person, request: web.Request) -> web.StreamResponse:
    """The event stream of one person."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    # A reader who goes away while something is written is no error of ours.
    with contextlib.suppress(ConnectionResetError):
        async with core.broker.open(person.id) as stream:
            await response.prepare(request)
            hello = Event(core.broker.seq, "hello", {"connected": bool(core.connections)})
            await response.write(hello.encode())
            await _forward(stream, response)
    return response


async def _forward(stream: Stream, response: web.StreamResponse) -> None:
    """Events as they come, a ping where none comes, until the stream is closed."""
    while True:
        try:
            event = await asyncio.wait_for(stream.queue.get(), PING_SECONDS)
        except TimeoutError:
            await response.write(b": ping\n\n")
            continue
        if event is None:
            return
        await response.write(event.encode())
