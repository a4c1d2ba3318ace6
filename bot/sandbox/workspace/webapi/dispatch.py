"""`/api/<method>`: arguments, token, scopes, rate limits, faults, journal; then the method."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.journal import redacted
from bot.sandbox.workspace.webapi import auth, chat, conversations, files, users, views
from bot.sandbox.workspace.webapi.registry import APP, BOT, NO_TOKEN, Arguments, Method

METHODS: Mapping[str, Method] = {
    name: method
    for family in (auth, chat, conversations, files, users, views)
    for name, method in family.METHODS.found.items()
}


async def read_arguments(request: web.Request) -> Arguments:
    """Query, form or JSON; the token from the header, else from the body (SL §6)."""
    raw: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        parsed = _json(body) if body else {}
        raw |= parsed
    elif request.method == "POST":
        raw |= dict(await request.post())
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(raw.get("token", ""))
    return Arguments(raw, token.strip())


def _json(body: str) -> Json:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise ApiError("json_not_object")
    return parsed


def _check_token(core: Core, method: Method, token: str) -> None:
    if method.token == NO_TOKEN:
        return
    if not token:
        raise ApiError("not_authed")
    if token in core.credentials.revoked:
        raise ApiError(core.credentials.revoked[token])
    kinds = {core.credentials.bot_token: BOT, core.credentials.app_token: APP}
    if token not in kinds:
        raise ApiError("invalid_auth")
    if kinds[token] != method.token:
        raise ApiError("not_allowed_token_type")


def _check_scopes(core: Core, method: Method) -> None:
    if method.token != BOT or not method.scopes or core.scopes.intersection(method.scopes):
        return
    raise ApiError("missing_scope", needed=",".join(method.scopes), provided=",".join(sorted(core.scopes)))


def _call(core: Core, name: str, arguments: Arguments) -> Json:
    method = METHODS.get(name)
    if method is None:
        raise ApiError("unknown_method", req_method=name)
    _check_token(core, method, arguments.token)
    _check_scopes(core, method)
    wait = core.limiter.retry_after(method.name, arguments.text("channel"))
    if wait is not None:
        raise ApiError("ratelimited", retry_after=wait)
    return {"ok": True, **method.handler(core, arguments)}


def _headers(core: Core, method: Method | None) -> dict[str, str]:
    headers = {"X-OAuth-Scopes": ",".join(sorted(core.scopes))}
    if method and method.scopes:
        headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
    return headers


async def handle(core: Core, request: web.Request) -> web.StreamResponse:
    """One Web API call."""
    name = request.match_info["method"]
    started = time.perf_counter()
    entry: Json = {
        "kind": "api",
        "method": name,
        "at": core.clock.now(),
        "args": {},
        "ok": None,
        "error": None,
    }
    core.journal.add(entry)
    try:
        lost = await _run_faults(core, name)
        arguments = await read_arguments(request)
        entry["args"] = redacted(arguments.raw)
        body = _call(core, name, arguments)
    except ApiError as error:
        body, lost = error.body(), False
    except _FaultStatus as fault:
        entry |= {"ok": False, "error": f"http_{fault.status}", "ms": _ms(started)}
        return web.Response(status=fault.status, text=fault.reason)
    except _Dropped:
        entry |= {"ok": False, "error": "dropped", "ms": _ms(started)}
        return _break(request)
    entry |= {"ok": body["ok"], "error": body.get("error"), "ms": _ms(started)}
    if lost:
        entry["error"] = "answer_dropped"
        return _break(request)
    return _answer(core, METHODS.get(name), body)


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)


def _answer(core: Core, method: Method | None, body: Json) -> web.Response:
    headers = _headers(core, method)
    if body.get("error") == "ratelimited":
        headers["Retry-After"] = str(body.pop("retry_after", 1))
        return web.json_response(body, status=429, headers=headers)
    return web.json_response(body, headers=headers)


class _FaultStatus(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class _Dropped(Exception):
    pass


async def _run_faults(core: Core, name: str) -> bool:
    """Let scripted trouble happen; True when the answer must get lost after the call took effect."""
    lost = False
    for fault in core.faults.take(name):
        match fault.kind:
            case "latency":
                await asyncio.sleep(fault.seconds)
            case "rate_limited":
                raise ApiError("ratelimited", retry_after=fault.retry_after)
            case "status":
                raise _FaultStatus(fault.status, "sandbox fault")
            case "error":
                raise ApiError(fault.error)
            case "drop":
                raise _Dropped
            case "drop_after":
                lost = True
    return lost


def _break(request: web.Request) -> web.StreamResponse:
    """Cut the connection without an answer."""
    transport: Any = request.transport
    if transport is not None:
        transport.abort()
    return web.Response()
