"""The way of one request: faults, limits, header checks, handler, response headers, journal."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.sandbox.contentstack import errors, scim_shapes
from bot.sandbox.contentstack.call import Call, Reply, Route
from bot.sandbox.contentstack.faults import DELAYS, Fault, Kind
from bot.sandbox.contentstack.journal import Entry, redact
from bot.sandbox.contentstack.limits import DEFAULT, SCIM_LIMIT, Allowance
from bot.sandbox.contentstack.model import Json, Organization

if TYPE_CHECKING:
    from bot.sandbox.contentstack.server import ContentstackSandbox

HANG_SECONDS = 60.0  # no client waits longer; then the connection is cut
POLL_SECONDS = 0.02
BEFORE = {
    Kind.HANG_BEFORE,
    Kind.DROP_BEFORE,
    Kind.RATE_LIMIT,
    Kind.SERVER_ERROR,
    Kind.BAD_GATEWAY,
    Kind.NULL_ERRORS,
    Kind.ANSWER,
}


@dataclass(slots=True)
class Visit:
    """What is known about one request while it is being answered."""

    request: web.Request
    route: Route | None
    raw: bytes
    entry: Entry
    org: Organization | None
    fault: Fault | None
    started: float
    allowance: Allowance | None = None
    extra_headers: dict[str, str] = field(default_factory=dict)


class Edge:
    """Turns aiohttp requests into calls and replies into responses."""

    def __init__(self, sandbox: ContentstackSandbox) -> None:
        self.sandbox = sandbox

    async def answer(self, request: web.Request, route: Route | None) -> web.StreamResponse:
        """Answer one request; `route` is None when no path and method fit."""
        started = self.sandbox.clock.monotonic()
        raw = await request.read()
        orders = self.sandbox.faults.take(request.method, request.path)
        fault = next((order for order in orders if order.kind not in DELAYS), None)
        visit = Visit(
            request,
            route,
            raw,
            self._open_entry(request, started),
            self._organization(request),
            fault,
            started,
        )
        visit.entry.org = visit.org.uid if visit.org is not None else None
        visit.entry.body = _readable(request, raw)
        visit.entry.faults = [order.kind.value for order in orders]
        reply = self._reply(visit)
        await self.sandbox.faults.delay(orders)
        return await self._respond(visit, reply)

    def _open_entry(self, request: web.Request, started: float) -> Entry:
        path = request.path
        if path.startswith("/v3/user/accept/"):
            path = "/v3/user/accept/[redacted]"  # the token is a secret (§2 trap 6)
        at = self.sandbox.clock.time()
        return self.sandbox.journal.open(
            Entry(0, started, at, request.method, path, request.query_string, None, self._who(request), None)
        )

    def _who(self, request: web.Request) -> str | None:
        """Whose authtoken it is; the handler knows about every other credential."""
        account = self.sandbox.state.sessions.get(request.headers.get("authtoken", ""))
        return account.email if account is not None else None

    def _organization(self, request: web.Request) -> Organization | None:
        """Whose budget the request uses: the organization of the path, the header or the stack (CS §5.1)."""
        state = self.sandbox.state
        uid = request.match_info.get("org") or request.headers.get("organization_uid") or ""
        stack = state.stacks.get(request.headers.get("api_key", ""))
        if not uid and stack is not None:
            uid = stack.org_uid
        return state.organizations.get(uid)

    def _reply(self, visit: Visit) -> Reply | None:
        """The answer, or None when there shall be none. No await: state changes in one step."""
        family = visit.route.family if visit.route is not None else "v3"
        try:
            return self._pass(visit)
        except errors.ApiError as error:
            if family == "scim":
                return Reply(error.status, scim_shapes.error(error), content_type="application/scim+json")
            return Reply(error.status, error.body)

    def _pass(self, visit: Visit) -> Reply | None:
        kind = visit.fault.kind if visit.fault is not None else None
        if visit.fault is not None and kind in BEFORE:
            return self._fail_before(visit, visit.fault)
        if visit.route is None or not self._switched_on(visit.route):
            return Reply(
                404, text=f"Cannot {visit.request.method} {visit.request.path}", content_type="text/plain"
            )
        self._check_rate(visit)
        call = self._call(visit)
        try:
            reply = visit.route.handle(call)
        finally:
            if call.caller is not None:
                visit.entry.who = call.caller.name
            visit.org = call.org or visit.org
        visit.entry.committed = visit.request.method != "GET" or visit.request.path.endswith(
            "/resend_invitation"
        )
        if kind is Kind.SERVER_ERROR_AFTER:
            raise errors.server_fault()
        if kind is Kind.TRUNCATED_PAGE and reply.body is not None:
            _truncate(reply.body)
        return None if kind in {Kind.HANG_AFTER, Kind.DROP_AFTER} else reply

    def _fail_before(self, visit: Visit, fault: Fault) -> Reply | None:
        if fault.retry_after is not None:
            visit.extra_headers["Retry-After"] = fault.retry_after
        match fault.kind:
            case Kind.RATE_LIMIT:
                raise errors.too_many_requests()
            case Kind.SERVER_ERROR:
                raise errors.server_fault()
            case Kind.NULL_ERRORS:
                raise errors.rejected_with_null_errors()
            case Kind.BAD_GATEWAY:
                page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
                return Reply(502, text=page, content_type="text/html")
            case Kind.ANSWER if isinstance(fault.body, dict):
                return Reply(fault.status, fault.body)
            case Kind.ANSWER:
                return Reply(fault.status, text=str(fault.body or ""), content_type="text/plain")
            case _:
                return None

    def _switched_on(self, route: Route) -> bool:
        switches = self.sandbox.state.switches
        return {"v4": switches.v4, "sim": switches.sim}.get(route.family, True)

    def _check_rate(self, visit: Visit) -> None:
        if visit.org is None or visit.route is None or not self.sandbox.state.switches.rate_limits:
            return
        read = visit.request.method == "GET"
        kind = "get" if read else "write"
        limit = visit.org.features.get("getLimit" if read else "limit", DEFAULT)
        if visit.route.family == "scim":
            kind, limit = f"scim_{kind}", SCIM_LIMIT
        visit.allowance = self.sandbox.limiter.take(visit.org.uid, kind, limit)
        if not visit.allowance.allowed:
            raise errors.too_many_requests()

    def _call(self, visit: Visit) -> Call:
        request = visit.request
        query = dict(request.query)
        if (
            visit.fault is not None
            and visit.fault.kind is Kind.DUPLICATE_ROW
            and query.get("skip", "0").isdigit()
        ):
            query["skip"] = str(max(0, int(query.get("skip", "0")) - 1))
        call = Call(
            world=self.sandbox.state,
            method=request.method,
            path=request.path,
            base_url=f"{request.scheme}://{request.host}",
            params=dict(request.match_info),
            query=query,
            headers=request.headers,
        )
        if request.content_type == "application/x-www-form-urlencoded" and _takes_forms(visit.route):
            call.form = dict(parse_qsl(visit.raw.decode("utf-8", "replace"), keep_blank_values=True))
        elif visit.raw:
            call.body = self._json(visit)
        return call

    def _json(self, visit: Visit) -> Json:
        """The JSON object in the body; 400 for another content type (CS §6.3) and for no object."""
        if not visit.request.content_type.endswith(("application/json", "application/scim+json")):
            raise errors.bad_content_type()
        try:
            value = json.loads(visit.raw)
        except ValueError:
            raise errors.bad_json() from None
        if not isinstance(value, dict):
            raise errors.bad_json()
        return value

    async def _respond(self, visit: Visit, reply: Reply | None) -> web.StreamResponse:
        if reply is None:
            return await self._silence(visit)
        headers = self._headers(visit) | reply.headers
        self._close_entry(visit, reply.status)
        if reply.text is not None:
            return web.Response(
                status=reply.status, text=reply.text, content_type=reply.content_type, headers=headers
            )
        if reply.body is None:
            return web.Response(status=reply.status, headers=headers)
        body = json.dumps(reply.body, ensure_ascii=False).encode()
        return web.Response(status=reply.status, body=body, content_type=reply.content_type, headers=headers)

    def _headers(self, visit: Visit) -> dict[str, str]:
        """The undocumented headers of CS §1.2, and both rate headers if on (CS §5.1)."""
        ms = (self.sandbox.clock.monotonic() - visit.started) * 1000
        headers = {"X-REQUEST-ID": str(visit.entry.seq), "X-Runtime": f"{ms:.0f}ms", **visit.extra_headers}
        if visit.org is not None:
            headers["X-Contentstack-Organization"] = visit.org.uid
        if visit.allowance is not None and self.sandbox.state.switches.rate_headers:
            headers |= visit.allowance.headers()
        return headers

    async def _silence(self, visit: Visit) -> web.StreamResponse:
        """Say nothing: cut the connection at once, or wait until the client has gone."""
        kind = visit.fault.kind if visit.fault is not None else None
        if kind in {Kind.HANG_BEFORE, Kind.HANG_AFTER}:
            await self._wait_until_gone(visit.request)
        self._close_entry(visit, 0)
        transport = visit.request.transport
        if transport is not None:
            transport.abort()
        return web.Response(status=500)

    async def _wait_until_gone(self, request: web.Request) -> None:
        waited = 0.0
        while waited < HANG_SECONDS and not self.sandbox.closing:
            transport = request.transport
            if transport is None or transport.is_closing():
                return
            await asyncio.sleep(POLL_SECONDS)
            waited += POLL_SECONDS

    def _close_entry(self, visit: Visit, status: int) -> None:
        visit.entry.status = status
        visit.entry.ms = round((self.sandbox.clock.monotonic() - visit.started) * 1000, 3)


def _readable(request: web.Request, raw: bytes) -> Any:
    """The body for the journal, without its secrets; None when there is none or it cannot be read."""
    if request.content_type == "application/x-www-form-urlencoded":
        return redact(dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)))
    try:
        return redact(json.loads(raw)) if raw else None
    except ValueError:
        return None


def _takes_forms(route: Route | None) -> bool:
    return route is not None and route.family == "oauth"


def _truncate(body: Json) -> None:
    for name, value in body.items():
        if isinstance(value, list):
            body[name] = value[: len(value) // 2]
            return
