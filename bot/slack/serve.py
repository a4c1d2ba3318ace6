"""Serving Slack: over Socket Mode, or over signed HTTP; each until it is told to stop (SL §3).

A stop takes no new work, waits for what runs, and closes, all within ten seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.slack.app import Identity, build_app
from bot.slack.connection import AppTokenRefused, SocketConnection
from bot.slack.desk import Desk
from bot.slack.health import Health
from bot.slack.tasks import where

log = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/health"
STOP_SECONDS = 8.0
"""How long work under way may take after a stop; closing has the rest of the ten seconds."""
WATCH_SECONDS = 5.0
SILENT_SECONDS = 60.0
"""A connection that has been gone this long is given up and a new one built (SL §3)."""

HealthCheck = Callable[[], Awaitable[dict[str, object]]]
"""Says how the bot is; ``ok`` decides about the status of the answer."""


class Unsigned(ValueError):
    """HTTP without a signing secret: every request could be forged (SL §1.7)."""


class SlackSettings(Protocol):
    """The settings that serving needs; `bot.settings.Settings` has them."""

    @property
    def transport(self) -> Literal["socket", "http"]:
        """How Slack reaches us."""

    @property
    def slack_app_token(self) -> SecretStr | None:
        """The app-level token, for Socket Mode."""

    @property
    def slack_signing_secret(self) -> SecretStr | None:
        """The signing secret, for HTTP."""

    @property
    def listen(self) -> tuple[str, int]:
        """Host and port of HTTP mode, and of the pages for browsers."""


Pages = Callable[[web.Application], None]
"""Adds pages for browsers to a web application (bot.web)."""


@dataclass(frozen=True, slots=True)
class Door:
    """One binding's entrypoint, how Slack reaches it, and what browsers find there."""

    desk: Desk
    identity: Identity
    settings: SlackSettings
    pages: Pages | None = None


async def serve_until_stopped(doors: Sequence[Door]) -> None:
    """Serve as the settings say until SIGINT, SIGTERM, or every workspace has taken its app away.

    A door that fails does not close the others; where all have failed the first error is raised.
    """
    stops = [asyncio.Event() for _ in doors]
    with _stopped_by_signals(stops):
        served = await asyncio.gather(
            *(_serve(door, stop) for door, stop in zip(doors, stops, strict=True)),
            return_exceptions=True,
        )
    failures = [one for one in served if isinstance(one, BaseException)]
    if len(failures) == len(doors):
        raise failures[0]


async def _serve(door: Door, stop: asyncio.Event) -> None:
    """One door, until it is told to stop or its workspace takes the app away."""
    desk, settings = door.desk, door.settings

    async def uninstalled(event: str) -> None:
        log.warning("Slack sent %s: Rollcall was taken out of the workspace and stops there", event)
        stop.set()

    secret = settings.slack_signing_secret
    signing = secret.get_secret_value() if secret else ""
    try:
        app = build_app(desk, door.identity, uninstalled=uninstalled, signing_secret=signing)
        if settings.transport == "http":
            served = build_web(app, Health(desk), door.pages)
            await run_http(served, desk, signing, settings.listen, stop=stop)
            return
        token = settings.slack_app_token
        async with _browsers(door):
            await run_socket_mode(app, desk, token.get_secret_value() if token else "", stop)
    except AppTokenRefused as error:
        log.error("%s cannot be served: %s", desk.house.binding.key, error)  # noqa: TRY400  a sentence for a person
        raise
    except Exception as error:
        log.error("serving %s failed: %s", desk.house.binding.key, where(error))  # noqa: TRY400  no personal data
        raise


@contextlib.contextmanager
def _stopped_by_signals(stops: Sequence[asyncio.Event]) -> Iterator[None]:
    def stop() -> None:
        for one in stops:
            one.set()

    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop)
    try:
        yield
    finally:
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(signal_number)


async def run_socket_mode(
    app: AsyncApp, desk: Desk, app_token: str, stop: asyncio.Event, ready: asyncio.Event | None = None
) -> None:
    """Serve over Socket Mode until ``stop``; ``ready`` is set with the first connection."""
    connection = SocketConnection(app, app_token)
    try:
        if await connection.connect() and ready is not None:
            ready.set()
        await _watch(connection, desk, stop, ready)
    finally:
        await connection.close()
        await finish(desk)


async def _watch(
    connection: SocketConnection, desk: Desk, stop: asyncio.Event, ready: asyncio.Event | None
) -> None:
    clock = desk.house.clock
    seen = clock.monotonic()
    while not await _stopped(stop, WATCH_SECONDS):
        if await connection.connected():
            seen = clock.monotonic()
            if ready is not None:
                ready.set()
        elif clock.monotonic() - seen > SILENT_SECONDS:
            log.error("the Socket Mode connection has been gone for %s s: building a new one", SILENT_SECONDS)
            try:
                await connection.connect()
            except AppTokenRefused as error:
                # No reason to end in the middle of work: a token can be restored.
                log.error("%s", error)  # noqa: TRY400  a sentence for a person
            seen = clock.monotonic()


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
    return stop.is_set()


async def finish(desk: Desk) -> None:
    """Wait for what runs, for so long; what takes longer is cut off and can be seen in the log."""
    desk.home.close()
    await desk.gate.close()
    await desk.tasks.close(STOP_SECONDS)


def build_web(app: AsyncApp, health: HealthCheck, pages: Pages | None = None) -> web.Application:
    """The HTTP side: ``/slack/events``, signed, ``/health``, and pages for browsers where there are some."""

    async def events(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    served = build_pages(health, pages)
    served.add_routes([web.post(EVENTS_PATH, events)])
    return served


def build_pages(health: HealthCheck, pages: Pages | None) -> web.Application:
    """``/health`` and the pages for browsers: all that is served in Socket Mode."""

    async def healthy(request: web.Request) -> web.Response:  # noqa: ARG001  aiohttp's signature
        told = await health()
        return web.json_response(told, status=200 if told["ok"] else 503)

    served = web.Application()
    served.add_routes([web.get(HEALTH_PATH, healthy)])
    if pages is not None:
        pages(served)
    return served


@contextlib.asynccontextmanager
async def _browsers(door: Door) -> AsyncIterator[None]:
    """Listen for browsers while the block runs, where there is something for them."""
    if door.pages is None:
        yield
        return
    host, port = door.settings.listen
    async with listening(build_pages(Health(door.desk), door.pages), host, port):
        yield


@contextlib.asynccontextmanager
async def listening(served: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Listen while the block runs; the port that was taken (0 asks for any)."""
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def run_http(
    served: web.Application,
    desk: Desk,
    signing_secret: str,
    address: tuple[str, int],
    *,
    stop: asyncio.Event,
    ready: Callable[[int], None] = lambda _: None,
) -> None:
    """Serve signed HTTP until ``stop``; ``ready`` is told the port. Raises Unsigned without a secret."""
    if not signing_secret:
        raise Unsigned("HTTP mode needs SLACK_SIGNING_SECRET")
    try:
        async with listening(served, *address) as taken:
            ready(taken)
            await stop.wait()
    finally:
        await finish(desk)
