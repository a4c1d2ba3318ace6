"""The control side under `/_control/`: journal, faults, reset, clock, people, tokens, connections."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.sandbox.workspace import faults
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.delivery import emit
from bot.sandbox.workspace.errors import Json, UserError
from bot.sandbox.workspace.faults import Fault
from bot.sandbox.workspace.http_mode import HttpSender
from bot.sandbox.workspace.socket_mode import SocketHub
from bot.sandbox.workspace.user_api.routes import answering, read_json
from bot.sandbox.workspace.webapi.users import user_object

Order = Callable[[Core, Json], Awaitable[Json]]

EDITABLE = frozenset(
    {
        "email",
        "name",
        "title",
        "tz",
        "tz_offset",
        "team_id",
        "deleted",
        "is_restricted",
        "is_ultra_restricted",
    }
    | {"is_stranger", "is_admin", "is_owner", "is_invited_user"}
)
REASONS = frozenset({"warning", "refresh_requested", "link_disabled", "abort"})
REVOKED = frozenset({"token_revoked", "account_inactive", "invalid_auth"})
MAX_WAIT = 30.0


async def reset(core: Core, body: Json) -> Json:
    """Everything back to the seed; connections stay."""
    _ = body
    core.reset()
    return {}


async def disconnect(core: Core, body: Json) -> Json:
    """`disconnect` to all sockets of the app."""
    reason = str(body.get("reason", "refresh_requested"))
    if reason not in REASONS:
        raise UserError("invalid_reason", f"The reason is one of {', '.join(sorted(REASONS))}.", 400)
    if not isinstance(core.transport, SocketHub):
        raise UserError("no_socket_mode", "The app does not use Socket Mode.", 400)
    return {"connections": await core.transport.disconnect(reason)}


async def add_fault(core: Core, body: Json) -> Json:
    """Script one fault; the fields are those of `Fault`."""
    kind = body.get("kind")
    if kind not in faults.KINDS:
        raise UserError("invalid_kind", f"The kind is one of {', '.join(sorted(faults.KINDS))}.", 400)
    known = {k: v for k, v in body.items() if k in Fault.__slots__ and k != "id"}
    fault = Fault(id=core.ids.next("fault"), **known)
    core.faults.waiting.append(fault)
    return {"fault": fault.describe()}


async def clear_faults(core: Core, body: Json) -> Json:
    """Take one fault (`id`) or all away."""
    core.faults.clear(body.get("id"))
    return {"faults": [fault.describe() for fault in core.faults.waiting]}


async def clock(core: Core, body: Json) -> Json:
    """`advance`: seconds that pass at once."""
    core.clock.advance(float(body.get("advance", 0)))
    return {"now": core.clock.now()}


async def rates(core: Core, body: Json) -> Json:
    """`scale`: multiplies every limit; null switches them off."""
    scale = body.get("scale")
    if scale is not None and (not isinstance(scale, int | float) or scale <= 0):
        raise UserError("invalid_scale", "The scale is a positive number or null.", 400)
    core.limiter.scale = scale
    core.limiter.clear()
    return {"scale": scale}


async def tokens(core: Core, body: Json) -> Json:
    """Revoke (`revoke`: bot or app, `error`: what calls answer then) or `restore` all."""
    if body.get("restore"):
        core.credentials.revoked.clear()
        return {}
    known = {"bot": core.credentials.bot_token, "app": core.credentials.app_token}
    which, error = body.get("revoke"), body.get("error", "token_revoked")
    if which not in known or error not in REVOKED:
        raise UserError("invalid_token", "Revoke bot or app, with an error that Slack knows.", 400)
    core.credentials.revoked[known[which]] = error
    return {}


async def scopes(core: Core, body: Json) -> Json:
    """Install the app again with other scopes; without `scopes` those of the manifest."""
    wanted = body.get("scopes")
    core.scopes = core.config.scopes if wanted is None else frozenset(str(s) for s in wanted)
    return {"scopes": sorted(core.scopes)}


async def person(core: Core, body: Json) -> Json:
    """Edit a person: `person` and any of EDITABLE; the app hears `user_change`."""
    found = core.workspace.person(str(body.get("person")))
    unknown = set(body) - EDITABLE - {"person"}
    if unknown:
        raise UserError("invalid_field", f"Not editable: {', '.join(sorted(unknown))}.", 400)
    for name, value in body.items():
        if name != "person":
            setattr(found, name, value)
    found.updated = int(core.clock.now())
    emit(core, "user_change", {"type": "user_change", "user": user_object(core, found)})
    core.broker.publish(None, "people", {})
    return {"user": user_object(core, found)}


async def channel(core: Core, body: Json) -> Json:
    """Edit a channel by id: `is_archived`, `is_private`, `shared_with`, or `delete` it."""
    found = core.workspace.channels.get(str(body.get("channel")))
    if found is None:
        raise UserError("channel_not_found", "There is no such channel.")
    if body.get("delete"):
        del core.workspace.channels[found.id]
        emit(core, "channel_deleted", {"type": "channel_deleted", "channel": found.id})
    found.is_archived = bool(body.get("is_archived", found.is_archived))
    found.is_private = bool(body.get("is_private", found.is_private))
    found.shared_with = tuple(body.get("shared_with", found.shared_with))
    core.broker.publish(None, "sidebar", {})
    return {}


async def verify_url(core: Core, body: Json) -> Json:
    """The `url_verification` handshake of HTTP mode."""
    _ = body
    if not isinstance(core.transport, HttpSender):
        raise UserError("no_http_mode", "The app does not use HTTP mode.", 400)
    return {"verified": await core.transport.verify_url()}


ORDERS: Mapping[str, Order] = {
    "reset": reset,
    "disconnect": disconnect,
    "faults": add_fault,
    "faults/clear": clear_faults,
    "clock": clock,
    "rates": rates,
    "tokens": tokens,
    "scopes": scopes,
    "person": person,
    "channel": channel,
    "verify_url": verify_url,
}


async def _journal(core: Core, request: web.Request) -> Json:
    """Entries after `since`, of one `kind`; with `wait` seconds it waits for a new one."""
    since = int(request.query.get("since") or 0)
    wait = min(float(request.query.get("wait") or 0), MAX_WAIT)
    kind = request.query.get("kind") or None
    entries = core.journal.read(since, kind)
    if not entries and wait:
        core.journal.changed.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(core.journal.changed.wait(), wait)
        entries = core.journal.read(since, kind)
    return {"ok": True, "entries": entries, "seq": core.journal.seq}


def add_routes(app: web.Application, core: Core) -> None:
    """Mount the control API."""

    async def order(request: web.Request) -> web.StreamResponse:
        wanted = ORDERS.get(request.match_info["order"])
        if wanted is None:
            raise UserError("unknown_order", f'There is no order "{request.match_info["order"]}".')
        return web.json_response({"ok": True, **await wanted(core, await read_json(request))})

    async def journal(request: web.Request) -> web.StreamResponse:
        return web.json_response(await _journal(core, request))

    async def list_faults(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "faults": [f.describe() for f in core.faults.waiting]})

    app.add_routes(
        [
            web.get("/_control/journal", answering(journal)),
            web.get("/_control/faults", answering(list_faults)),
            web.post("/_control/{order:.+}", answering(order)),
        ]
    )
