"""The control API under `/_control`: journal, faults, switches, clock, reset.

Not rate limited, not in the journal.

Every body and answer is JSON. See docs/sandbox.md for the full list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.contentstack import control_edits, control_state
from bot.sandbox.contentstack.clock import iso
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.model import Json

if TYPE_CHECKING:
    from bot.sandbox.contentstack.server import ContentstackSandbox

JOURNAL_PAGE = 10_000
FAULT_FIELDS = {"kind", "method", "path", "count", "after", "ms", "retry_after", "status", "body"}


def add_routes(app: web.Application, sandbox: ContentstackSandbox) -> None:
    """Put the control API into an application."""
    for method, path, answer in (*ROUTES, *control_state.ROUTES, *control_edits.ROUTES):
        app.router.add_route(method, f"/_control{path}", _handler(sandbox, answer))


def _handler(sandbox: ContentstackSandbox, answer: control_state.Answer) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.Response:
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            return web.json_response({"error": "not from another site's page"}, status=403)
        raw = await request.read()
        try:
            return web.json_response(answer(sandbox, request, _object(raw)))
        except control_state.Missing as error:
            return web.json_response({"error": str(error)}, status=404)
        except (control_state.Refused, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return handle


def _object(raw: bytes) -> Json:
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise control_state.Refused("the body must be a JSON object")
    return body


def pattern(text: str) -> re.Pattern[str]:
    """A compiled regex; refused when it is none."""
    try:
        return re.compile(text)
    except re.error as error:
        raise control_state.Refused(f"path is not a regular expression: {error}") from None


def get_journal(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`GET /_control/journal?since&limit&method&path`: entries after a number, and where to go on."""
    query = request.query
    rows = sandbox.journal.since(int(query.get("since", "0")), int(query.get("limit", JOURNAL_PAGE)))
    following = rows[-1]["seq"] if rows else int(query.get("since", "0"))
    wanted = pattern(query.get("path", ""))
    method = query.get("method")
    found = [row for row in rows if wanted.search(row["path"]) and method in {None, row["method"]}]
    return {"entries": found, "next": following, "seq": sandbox.journal.seq}


def clear_journal(sandbox: ContentstackSandbox, _request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/journal`: forget the entries; numbers go on."""
    sandbox.journal.clear()
    return {"seq": sandbox.journal.seq}


def get_switches(sandbox: ContentstackSandbox, _request: web.Request, _body: Json) -> Json:
    """`GET /_control/switches`."""
    return asdict(sandbox.state.switches)


def set_switches(sandbox: ContentstackSandbox, _request: web.Request, body: Json) -> Json:
    """`PATCH /_control/switches`: any of the switches."""
    switches = sandbox.state.switches
    known = {field.name for field in fields(switches)}
    for name, value in body.items():
        if name not in known or type(value) is not type(getattr(switches, name)):
            raise control_state.Refused(f"unknown switch or wrong type: {name}")
    for name, value in body.items():
        setattr(switches, name, value)
    return asdict(switches)


def list_faults(sandbox: ContentstackSandbox, _request: web.Request, _body: Json) -> Json:
    """`GET /_control/faults`: the orders in force."""
    return {"faults": [asdict(fault) for fault in sandbox.faults.orders]}


def add_fault(sandbox: ContentstackSandbox, _request: web.Request, body: Json) -> Json:
    """`POST /_control/faults`: kind, method, path (regex), count (null = always), after and more."""
    unknown = set(body) - FAULT_FIELDS
    if unknown or "kind" not in body:
        raise control_state.Refused(f"unknown or missing fields: {', '.join(sorted(unknown)) or 'kind'}")
    pattern(str(body.get("path", "")))
    fault = Fault(uid=0, **{**body, "kind": Kind(body["kind"])})
    return asdict(sandbox.faults.add(fault))


def clear_faults(sandbox: ContentstackSandbox, _request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/faults`: no faults any more."""
    sandbox.faults.clear()
    return {"faults": []}


def remove_fault(sandbox: ContentstackSandbox, request: web.Request, _body: Json) -> Json:
    """`DELETE /_control/faults/{uid}`."""
    sandbox.faults.remove(int(request.match_info["uid"]))
    return {"faults": [asdict(fault) for fault in sandbox.faults.orders]}


def get_clock(sandbox: ContentstackSandbox, _request: web.Request, _body: Json) -> Json:
    """`GET /_control/clock`: wall seconds and ISO text, monotonic seconds."""
    now = sandbox.clock.time()
    return {"time": now, "iso": iso(now), "monotonic": sandbox.clock.monotonic()}


def move_clock(sandbox: ContentstackSandbox, request: web.Request, body: Json) -> Json:
    """`POST /_control/clock` `{"advance": seconds}`: locks, codes and tokens grow old at once."""
    advance = getattr(sandbox.clock, "advance", None)
    if advance is None:
        raise control_state.Refused("this sandbox's clock cannot be moved")
    advance(float(body.get("advance", 0)))
    return get_clock(sandbox, request, body)


def reset(sandbox: ContentstackSandbox, _request: web.Request, body: Json) -> Json:
    """`POST /_control/reset` and `/_control/load`: as at the start, with `members` people."""
    members = body.get("members", sandbox.members)
    if not isinstance(members, int) or members < 0:
        raise control_state.Refused("members must be a whole number")
    state = sandbox.load(members)
    return {"members": {org.uid: len(org.shares) for org in state.organizations.values()}}


ROUTES: list[tuple[str, str, control_state.Answer]] = [
    ("GET", "/journal", get_journal),
    ("DELETE", "/journal", clear_journal),
    ("GET", "/switches", get_switches),
    ("PATCH", "/switches", set_switches),
    ("GET", "/faults", list_faults),
    ("POST", "/faults", add_fault),
    ("DELETE", "/faults", clear_faults),
    ("DELETE", "/faults/{uid}", remove_fault),
    ("GET", "/clock", get_clock),
    ("POST", "/clock", move_clock),
    ("POST", "/reset", reset),
    ("POST", "/load", reset),
]
