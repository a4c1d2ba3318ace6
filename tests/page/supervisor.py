"""A stand-in for the demo's supervisor (docs/page.md): the drawer's contract, its bot only a word."""

from typing import Any

from aiohttp import web

FAULTS = ("slow", "rate_limit", "server_error", "disconnect")


class Supervisor:
    """`requests` are what the drawer lists; `orders` is what the page asked for."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As at first."""
        self.state = "running"
        self.faults = dict.fromkeys(FAULTS, False)
        self.requests: list[dict[str, Any]] = []
        self.orders: list[dict[str, Any]] = []

    def note(self, system: str, method: str, path: str, status: int | str, ms: float) -> None:
        seq = len(self.requests) + 1
        entry = {"seq": seq, "at": 1_763_900_000 + seq, "system": system, "method": method, "path": path}
        self.requests.append({**entry, "status": status, "ms": ms, "note": None})

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/v1/status", self._status),
                web.get("/v1/requests", self._requests),
                web.post("/v1/faults", self._faults),
                web.post("/v1/bot", self._bot),
            ]
        )
        return app

    async def _status(self, _request: web.Request) -> web.Response:
        bot = {"state": self.state, "pid": 4711 if self.state == "running" else None}
        return web.json_response({"ok": True, "bot": bot, "faults": self.faults})

    async def _requests(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        return web.json_response({"ok": True, "last": len(self.requests), "requests": self.requests[after:]})

    async def _faults(self, request: web.Request) -> web.Response:
        order = await request.json()
        self.orders.append(order)
        self.faults.update(order)
        return await self._status(request)

    async def _bot(self, request: web.Request) -> web.Response:
        order = await request.json()
        self.orders.append(order)
        self.state = {"kill": "stopped", "start": "running"}[order["action"]]
        return await self._status(request)
