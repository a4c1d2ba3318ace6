"""The smallest app: a Socket Mode client with scripted answers, to see how the workspace treats any app."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.sandbox.workspace.user import DEFAULT_TIMEOUT

Answer = Callable[[dict[str, Any]], Awaitable[Any]]
SILENCE = object()
"""A handler that returns this never acknowledges."""


class ScriptedApp:
    """The smallest Socket Mode app: acknowledges everything, remembers it, answers as its handlers say."""

    def __init__(self, sandbox: WorkspaceSandbox) -> None:
        self.web = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        self.app_token = sandbox.app_token
        self.handlers: dict[str, Answer] = {}
        self.seen: list[dict[str, Any]] = []
        self.received = asyncio.Event()
        self.system: list[dict[str, Any]] = []

    def on(self, kind: str, handler: Answer) -> None:
        """`kind` is slash_commands, events_api, or the type of an interaction."""
        self.handlers[kind] = handler

    def answer(self, kind: str, payload: Any) -> None:
        """Acknowledge `kind` with a fixed payload."""

        async def handler(_payload: dict[str, Any]) -> Any:
            return payload

        self.on(kind, handler)

    def opens(self, view: dict[str, Any]) -> None:
        """Open `view` on every command."""

        async def handler(payload: dict[str, Any]) -> None:
            await self.web.views_open(trigger_id=payload["trigger_id"], view=view)

        self.on("slash_commands", handler)

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        """What came of one kind."""
        return [e["payload"] for e in self.seen if kind in {e["type"], e["payload"].get("type")}]

    async def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Until `count` of one kind have come."""
        async with asyncio.timeout(DEFAULT_TIMEOUT):
            while len(self.payloads(kind)) < count:
                self.received.clear()
                await self.received.wait()
        return self.payloads(kind)

    async def run(self, url: str, session: aiohttp.ClientSession, ready: asyncio.Event) -> None:
        """Serve one connection until it ends."""
        async with session.ws_connect(url) as socket, asyncio.TaskGroup() as tasks:
            async for message in socket:
                envelope = json.loads(message.data)
                if "envelope_id" in envelope:
                    self.seen.append(envelope)
                    self.received.set()
                    tasks.create_task(self._answer(socket, envelope))
                else:
                    self.system.append(envelope)
                    ready.set()

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse, envelope: dict[str, Any]) -> None:
        payload = envelope["payload"]
        kind = payload["type"] if envelope["type"] == "interactive" else envelope["type"]
        handler = self.handlers.get(kind)
        answer = await handler(payload) if handler else None
        if answer is not SILENCE and not socket.closed:
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": answer or {}})


@asynccontextmanager
async def connected(scripted: ScriptedApp) -> AsyncIterator[None]:
    """One more connection of the scripted app while the block runs."""
    opened = await scripted.web.apps_connections_open(app_token=scripted.app_token)
    ready = asyncio.Event()
    async with aiohttp.ClientSession() as session:
        task = asyncio.create_task(scripted.run(opened["url"], session, ready))
        await ready.wait()
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
