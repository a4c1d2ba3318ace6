"""Socket Mode (SL §3): single-use WebSocket addresses.

Envelopes, acknowledgements, refresh, shared traffic.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import (
    DispatchFailedError,
    Json,
    OperationTimeoutError,
)

MAX_CONNECTIONS = 10
APPROXIMATE_SECONDS = 3600
TICKET_SECONDS = 60
# Slack pings about every 10 s; the JavaScript client reconnects when it hears none for 30 s.
PING_SECONDS = 10.0
WARNING_SECONDS = 10.0
# How long a peer that does not answer a close may hold up the server.
CLOSE_SECONDS = 1.0
NO_PAYLOAD = frozenset({"events_api"})


@dataclass(slots=True)
class SocketHub:
    """The open connections of the app; any payload goes to any one of them, in turn."""

    core: Core
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    transports: dict[web.WebSocketResponse, asyncio.Transport] = field(default_factory=dict)
    tickets: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)
    turn: int = 0

    @property
    def connected(self) -> int:
        """Open connections."""
        return len(self.sockets)

    def issue_ticket(self) -> str:
        """A single-use address (SL §3)."""
        ticket = self.core.ids.secret(16)
        self.tickets[ticket] = self.core.clock.now() + TICKET_SECONDS
        base = self.core.base_url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={ticket}&app_id={self.core.app_id}"

    async def send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Json | None:
        """One envelope to one connection; the answer may come over another one (SL §3)."""
        if not self.sockets:
            raise DispatchFailedError
        envelope_id = self.core.ids.secret(16)
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind not in NO_PAYLOAD,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self.waiting[envelope_id] = answer
        try:
            await self._next_socket().send_str(json.dumps(envelope))
            return await asyncio.wait_for(answer, self.core.timing.answer)
        except ConnectionError:
            raise DispatchFailedError from None
        except TimeoutError:
            raise OperationTimeoutError from None
        finally:
            del self.waiting[envelope_id]

    def _next_socket(self) -> web.WebSocketResponse:
        self.turn += 1
        return self.sockets[self.turn % len(self.sockets)]

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """The WebSocket endpoint `/link/`."""
        expires = self.tickets.pop(request.query.get("ticket", ""), None)
        if expires is None or expires < self.core.clock.now():
            raise web.HTTPUnauthorized(text="the ticket is unknown, used or too old")
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS, timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        if len(self.sockets) >= MAX_CONNECTIONS:
            await self._say_goodbye(socket, "too_many_websockets")
            return socket
        seconds = 360.0 if request.query.get("debug_reconnects") == "true" else float(APPROXIMATE_SECONDS)
        self.sockets.append(socket)
        if request.transport is not None:
            self.transports[socket] = request.transport
        refresh = asyncio.create_task(self._refresh_after(socket, seconds))
        try:
            await socket.send_str(json.dumps(self._hello(request.host, seconds)))
            self.core.presence()
            await self._listen(socket)
        finally:
            refresh.cancel()
            self._forget(socket)
        return socket

    def _hello(self, host: str, seconds: float) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "connection_info": {"app_id": self.core.app_id},
            "debug_info": {
                "host": host,
                "build_number": 1,
                "approximate_connection_time": int(seconds),
            },
        }

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            with contextlib.suppress(ValueError):
                self._take_ack(json.loads(message.data))

    def _take_ack(self, ack: object) -> None:
        if not isinstance(ack, dict):
            return
        answer = self.waiting.get(str(ack.get("envelope_id")))
        if answer is not None and not answer.done():
            payload = ack.get("payload")
            answer.set_result(payload if isinstance(payload, dict) and payload else None)

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self.sockets:
            self.sockets.remove(socket)
            self.transports.pop(socket, None)
            self.core.presence()

    async def _refresh_after(self, socket: web.WebSocketResponse, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds - WARNING_SECONDS))
        await self._tell(socket, "warning")
        await asyncio.sleep(WARNING_SECONDS)
        await self._say_goodbye(socket, "refresh_requested")

    async def _tell(self, socket: web.WebSocketResponse, reason: str) -> None:
        message = {
            "type": "disconnect",
            "reason": reason,
            "debug_info": {"host": "sandbox"},
        }
        with contextlib.suppress(ConnectionError):
            await socket.send_str(json.dumps(message))

    async def _say_goodbye(self, socket: web.WebSocketResponse, reason: str) -> None:
        await self._tell(socket, reason)
        await socket.close()

    async def close(self) -> None:
        """Close all connections politely (the server stops)."""
        for socket in list(self.sockets):
            self._forget(socket)
            await socket.close()

    async def disconnect(self, reason: str) -> int:
        """Send `disconnect` over all connections; all but a warning close them.

        `abort` drops them without a word.
        """
        sockets = list(self.sockets)
        for socket in sockets:
            if reason == "warning":
                await self._tell(socket, reason)
            elif reason == "abort":
                transport = self.transports.get(socket)
                self._forget(socket)
                if transport is not None:
                    transport.abort()
            else:
                self._forget(socket)
                await self._say_goodbye(socket, reason)
        return len(sockets)
