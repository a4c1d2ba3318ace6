"""The addresses of the user API."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json, UserError
from bot.sandbox.workspace.state import Person
from bot.sandbox.workspace.user_api import acts, interactions, reads, transfer

Act: TypeAlias = Callable[[Core, Person, Json], Awaitable[Json]]

ACTS: Mapping[str, Act] = {
    "command": acts.command,
    "message": acts.message,
    "delete": acts.delete,
    "dismiss": acts.dismiss,
    "read": acts.read,
    "open_dm": acts.open_dm,
    "shortcut": acts.shortcut,
    "message_shortcut": acts.message_shortcut,
    "home": acts.home,
    "membership": acts.change_membership,
    "app": acts.app,
    "fill": interactions.fill,
    "action": interactions.action,
    "options": interactions.options,
    "submit": interactions.submit,
    "close": interactions.close,
}
READS: Mapping[str, Callable[[Core, Person], Json]] = {
    "sidebar": reads.sidebar,
    "modals": reads.modal_stack,
    "home": reads.home,
    "files": reads.files,
}


async def read_json(request: web.Request) -> Json:
    """The body of an act: a JSON object."""
    if request.content_type != "application/json":
        raise UserError("invalid_json", "The body must be application/json.", 415)
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError:
        raise UserError("invalid_json", "The body is not JSON.", 400) from None
    if not isinstance(body, dict):
        raise UserError("invalid_json", "The body must be a JSON object.", 400)
    return body


def _person(core: Core, request: web.Request) -> Person:
    return core.workspace.person(request.match_info["user"])


def answering(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn what makes no sense into a 4xx with a sentence."""

    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except UserError as error:
            body = {"ok": False, "error": error.code, "message": error.message}
            return web.json_response(body, status=error.status)
        except ApiError as error:
            return web.json_response({"ok": False, "error": error.code, "message": error.code}, status=400)

    return wrapped


def add_routes(app: web.Application, core: Core) -> None:
    """Mount the user API."""

    async def act(request: web.Request) -> web.StreamResponse:
        wanted = ACTS.get(request.match_info["act"])
        if wanted is None:
            raise UserError("unknown_act", f'There is no act "{request.match_info["act"]}".')
        return web.json_response(await wanted(core, _person(core, request), await read_json(request)))

    async def look(request: web.Request) -> web.StreamResponse:
        wanted = READS.get(request.match_info["what"])
        if wanted is None:
            raise UserError("unknown_read", f'There is nothing called "{request.match_info["what"]}".')
        return web.json_response(wanted(core, _person(core, request)))

    async def workspace(_request: web.Request) -> web.StreamResponse:
        return web.json_response(reads.workspace(core))

    async def messages(request: web.Request) -> web.StreamResponse:
        return web.json_response(reads.messages(core, _person(core, request), request.query))

    async def upload(request: web.Request) -> web.StreamResponse:
        return web.json_response(await transfer.upload(core, _person(core, request), request))

    async def download(request: web.Request) -> web.StreamResponse:
        return transfer.download(core, _person(core, request), request.match_info["file"])

    async def events(request: web.Request) -> web.StreamResponse:
        return await transfer.events(core, _person(core, request), request)

    base = "/_user/v1"
    app.add_routes(
        [
            web.get(f"{base}/workspace", answering(workspace)),
            web.get(f"{base}/{{user}}/messages", answering(messages)),
            web.get(f"{base}/{{user}}/events", answering(events)),
            web.get(f"{base}/{{user}}/files/{{file}}", answering(download)),
            web.post(f"{base}/{{user}}/files", answering(upload)),
            web.get(f"{base}/{{user}}/{{what}}", answering(look)),
            web.post(f"{base}/{{user}}/{{act}}", answering(act)),
        ]
    )
