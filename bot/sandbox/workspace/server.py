"""The simulated workspace as one aiohttp server."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.sandbox.workspace import control, guard, page
from bot.sandbox.workspace.core import Core, Credentials, Timing
from bot.sandbox.workspace.http_mode import HttpSender
from bot.sandbox.workspace.ids import Clock, Ids
from bot.sandbox.workspace.manifest import AppConfig
from bot.sandbox.workspace.seed import seed
from bot.sandbox.workspace.socket_mode import SocketHub
from bot.sandbox.workspace.tiers import RateLimiter
from bot.sandbox.workspace.user_api import routes as user_routes
from bot.sandbox.workspace.webapi import dispatch, response_url
from bot.sandbox.workspace.webapi import files as file_methods

MAX_REQUEST_BYTES = 110 * 1024 * 1024


class WorkspaceSandbox:
    """A Slack workspace with one app in it, described by its manifest.

    `request_url` switches to signed HTTP for everything; `scopes` replaces the manifest's; `rate_scale`
    multiplies the rate limits (None: no limits); `demo` is an aiohttp application that is mounted under
    `/_demo/`; `static` is the directory of the page, and `kept` the seconds for which a browser may keep its
    files unasked; `allowed_hosts` are names beside the loopback ones.
    """

    def __init__(  # noqa: PLR0913 - every argument has a default and a name
        self,
        manifest: Mapping[str, Any],
        *,
        clock: Callable[[], float] | None = None,
        secret: Callable[[int], str] = secrets.token_hex,
        timing: Timing | None = None,
        scopes: Iterable[str] | None = None,
        request_url: str | None = None,
        rate_scale: float | None = 1.0,
        allowed_hosts: Iterable[str] = (),
        static: Path | None = page.PAGE_DIR,
        kept: int = 0,
        demo: web.Application | None = None,
    ) -> None:
        config = AppConfig.read(manifest, scopes, request_url)
        time_source = Clock(clock) if clock else Clock()
        credentials = Credentials(
            bot_token=f"xoxb-0-{secret(12)}",
            app_token=f"xapp-1-A0ROLLCALL-0-{secret(12)}",
            signing_secret=secret(16),
            verification_token=secret(12),
        )
        self.core = Core(
            config=config,
            credentials=credentials,
            clock=time_source,
            ids=Ids(time_source, secret),
            timing=timing or Timing(),
            workspace=seed(config.bot_name),
            limiter=RateLimiter(time_source, rate_scale),
            scopes=config.scopes,
        )
        self._allowed_hosts = tuple(allowed_hosts)
        self._static = static
        self._kept = kept
        self._demo = demo

    @property
    def url(self) -> str:
        """`http://host:port`, without a slash; empty until it is served."""
        return self.core.base_url

    @property
    def api_url(self) -> str:
        """The base of the Web API.

        As slack_sdk's `base_url` and the JavaScript SDK's `slackApiUrl` want it.
        """
        return f"{self.core.base_url}/api/"

    @property
    def bot_token(self) -> str:
        """`xoxb-...`."""
        return self.core.credentials.bot_token

    @property
    def app_token(self) -> str:
        """`xapp-...`, for Socket Mode."""
        return self.core.credentials.app_token

    @property
    def signing_secret(self) -> str:
        """For HTTP mode."""
        return self.core.credentials.signing_secret

    def _application(self) -> web.Application:
        core = self.core
        app = web.Application(
            middlewares=[guard.middleware(self._allowed_hosts)], client_max_size=MAX_REQUEST_BYTES
        )

        async def api(request: web.Request) -> web.StreamResponse:
            return await dispatch.handle(core, request)

        async def respond(request: web.Request) -> web.StreamResponse:
            return await response_url.handle(core, request)

        async def upload(request: web.Request) -> web.StreamResponse:
            return await file_methods.receive_upload(core, request)

        async def download(request: web.Request) -> web.StreamResponse:
            return file_methods.download(core, request)

        app.add_routes(
            [
                web.get("/api/{method}", api),
                web.post("/api/{method}", api),
                web.post("/response/{team}/{key}", respond),
                web.post("/upload/v1/{token}", upload),
                web.get("/files-pri/{file}/{name:.+}", download),
            ]
        )
        if isinstance(core.transport, SocketHub):
            app.router.add_get("/link/", core.transport.handle)
        user_routes.add_routes(app, core)
        control.add_routes(app, core)
        if self._demo is not None:
            app.add_subapp("/_demo/", self._demo)
        if self._static is not None:
            page.add_routes(app, self._static, self._kept)
        return app

    @asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve until the block ends; gives the address. Port 0 takes a free one."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            hub = SocketHub(self.core)
            self.core.transport = hub if self.core.config.socket_mode else HttpSender(self.core, session)
            runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            try:
                site = web.TCPSite(runner, host, port)
                await site.start()
                bound = runner.addresses[0][1]
                shown = f"[{host}]" if ":" in host else host
                self.core.base_url = f"http://{shown}:{bound}"
                yield self.core.base_url
            finally:
                self.core.broker.close()
                await hub.close()
                await self.core.stop()
                await runner.cleanup()
