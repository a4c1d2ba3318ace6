"""What the page's drawer asks and orders (docs/page.md): requests, faults, and the life of the bot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.demo.process import BotProcess
from bot.sandbox.workspace.server import WorkspaceSandbox

Json = dict[str, Any]

FAULTS: Mapping[str, Json] = {
    "slow": {"kind": Kind.LATENCY, "ms": 2000},
    "rate_limit": {"kind": Kind.RATE_LIMIT},
    "server_error": {"kind": Kind.SERVER_ERROR},
    "disconnect": {"kind": Kind.DROP_AFTER},
}
"""The drawer's switches, as orders to the simulated Contentstack; each holds until it is switched off."""

SHOWN = 300


class DemoApi:
    """The supervisor's HTTP API, mounted under ``/_demo/`` of the workspace."""

    def __init__(self, contentstack: ContentstackSandbox) -> None:
        self._contentstack = contentstack
        self._workspace: WorkspaceSandbox | None = None
        self._bot: BotProcess | None = None
        self._faults: dict[str, int] = {}
        self._seen: list[Json] = []
        self._last = 0
        self._contentstack_read = Reading(lambda entry: entry["status"] is not None)
        self._slack_read = Reading(_is_over)

    def attend(self, workspace: WorkspaceSandbox, bot: BotProcess) -> None:
        """Say which workspace and which bot this is about; both exist only after the API does."""
        self._workspace, self._bot = workspace, bot

    def app(self) -> web.Application:
        """The routes."""
        app = web.Application()
        app.router.add_get("/v1/status", self._get_status)
        app.router.add_get("/v1/requests", self._get_requests)
        app.router.add_post("/v1/faults", self._post_faults)
        app.router.add_post("/v1/bot", self._post_bot)
        return app

    async def _get_status(self, _request: web.Request) -> web.Response:
        return web.json_response(self._status())

    async def _get_requests(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        self._collect()
        newer = [entry for entry in self._seen if entry["seq"] > after]
        return web.json_response({"ok": True, "last": self._last, "requests": newer[-SHOWN:]})

    async def _post_faults(self, request: web.Request) -> web.Response:
        for name, on in (await request.json()).items():
            if name not in FAULTS:
                raise web.HTTPBadRequest(text=f"no such fault: {name}")
            self._switch(name, on=bool(on))
        return web.json_response(self._status())

    async def _post_bot(self, request: web.Request) -> web.Response:
        order = (await request.json()).get("action")
        bot = self._bot
        if bot is None or order not in {"kill", "start"}:
            raise web.HTTPBadRequest(text="action is kill or start")
        await (bot.kill() if order == "kill" else bot.start())
        return web.json_response(self._status())

    def _switch(self, name: str, *, on: bool) -> None:
        uid = self._faults.pop(name, None)
        if uid is not None:
            self._contentstack.faults.remove(uid)
        if on:
            order = self._contentstack.faults.add(Fault(uid=0, count=None, **FAULTS[name]))
            self._faults[name] = order.uid

    def _status(self) -> Json:
        pid = self._bot.pid if self._bot else None
        connected = bool(self._workspace and self._workspace.core.connections)
        state = "stopped" if pid is None else ("running" if connected else "starting")
        return {
            "ok": True,
            "bot": {"state": state, "pid": pid},
            "faults": {name: name in self._faults for name in FAULTS},
        }

    def _collect(self) -> None:
        """Move what both journals have new into one list, in the order of time."""
        rows = [_contentstack_row(entry) for entry in self._contentstack_read.take(self._contentstack_since)]
        rows += [_slack_row(entry) for entry in self._slack_read.take(self._slack_since)]
        for row in sorted(rows, key=lambda row: float(row["at"])):
            self._last += 1
            self._seen.append({**row, "seq": self._last})
        del self._seen[: -SHOWN * 2]

    def _contentstack_since(self, seq: int) -> list[Json]:
        journal = self._contentstack.journal
        return journal.since(max(seq, journal.seq - SHOWN), SHOWN)

    def _slack_since(self, seq: int) -> list[Json]:
        return self._workspace.core.journal.read(seq)[-SHOWN:] if self._workspace else []


class Reading:
    """How far a journal was read: each entry is taken once, when it is finished, whatever came before it."""

    def __init__(self, finished: Callable[[Json], bool]) -> None:
        self._finished = finished
        self._before = 0
        self._taken: set[int] = set()

    def take(self, since: Callable[[int], list[Json]]) -> list[Json]:
        """The entries that finished since the last look."""
        entries = since(self._before)
        if entries:  # nobody wants to see what a long look away has left behind
            self._before = max(self._before, entries[0]["seq"] - 1)
            self._taken = {seq for seq in self._taken if seq > self._before}
        ready = [one for one in entries if self._finished(one) and one["seq"] not in self._taken]
        self._taken |= {one["seq"] for one in ready}
        while self._before + 1 in self._taken:
            self._before += 1
            self._taken.discard(self._before)
        return ready


def _contentstack_row(entry: Json) -> Json:
    return {
        "system": "contentstack",
        "method": entry["method"],
        "path": f"{entry['path']}?{entry['query']}" if entry["query"] else entry["path"],
        "status": entry["status"] or "no answer",
        "ms": entry["ms"],
        "at": entry["at"],
        "note": ", ".join(entry["faults"]) or None,
    }


def _is_over(entry: Json) -> bool:
    """A call is over when it was answered, an envelope when it was answered or given up."""
    if entry["kind"] == "envelope":
        return entry["acked_ms"] is not None or entry["error"] is not None
    return entry["kind"] != "api" or entry["ok"] is not None


def _slack_row(entry: Json) -> Json:
    sent = entry["kind"] == "envelope"
    return {
        "system": "slack",
        "method": "event" if sent else "POST",
        "path": str(entry.get("method") or entry.get("what") or entry["kind"]),
        "status": entry.get("error") or "ok",
        "ms": entry.get("acked_ms") if sent else entry.get("ms"),
        "at": entry["at"],
        "note": None,
    }
