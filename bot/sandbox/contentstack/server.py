"""The simulated Contentstack as a server: `ContentstackSandbox`."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.sandbox.contentstack import certificate, control, seed_build
from bot.sandbox.contentstack import seed as seeding
from bot.sandbox.contentstack.call import Route
from bot.sandbox.contentstack.clock import Clock, OffsetClock
from bot.sandbox.contentstack.edge import Edge
from bot.sandbox.contentstack.faults import Faults
from bot.sandbox.contentstack.journal import Journal
from bot.sandbox.contentstack.limits import RateLimiter
from bot.sandbox.contentstack.routes import all_routes
from bot.sandbox.contentstack.world import Switches, World

MAX_BODY = 8 * 2**20


class ContentstackSandbox:
    """A Contentstack of our own: state, journal, faults, and a server on a port of its own.

    `seed` fixes every uid, `members` is the size of the first organization, `clock` decides about locks,
    codes and tokens. Code in the same process may use `state`, `journal` and `faults` directly; everybody
    else uses the control API (docs/sandbox.md).
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        members: int = seeding.MEMBERS,
        clock: Clock | None = None,
        switches: Switches | None = None,
    ) -> None:
        self.seed = seed
        self.members = members
        self.clock: Clock = clock if clock is not None else OffsetClock()
        self.initial_switches = switches if switches is not None else Switches()
        self.closing = False
        self.certificate_pem = b""
        self.load(members)

    def load(self, members: int) -> World:
        """Forget everything and start again with so many members. Returns the new state."""
        self.members = members
        self.state = seed_build.build(self.clock, seed=self.seed, members=members)
        self.state.switches = Switches(
            **{name: getattr(self.initial_switches, name) for name in Switches.__slots__}
        )
        self.journal = Journal()
        self.faults = Faults()
        self.limiter = RateLimiter(self.clock)
        return self.state

    def app(self) -> web.Application:
        """The aiohttp application with all routes."""
        edge = Edge(self)
        app = web.Application(client_max_size=MAX_BODY)
        control.add_routes(app, self)
        for route in all_routes():
            app.router.add_route(route.method, route.path, _handler(edge, route))
        app.router.add_route("*", "/{unknown:.*}", _handler(edge, None))
        return app

    @asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0, *, tls: bool = False) -> AsyncIterator[str]:
        """Listen until the context ends; gives the base address. Port 0 takes a free one.

        With `tls` a self-signed certificate is made; `certificate_pem` has it for clients to trust.
        """
        self.closing = False
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port, ssl_context=self._context(host) if tls else None)
            await site.start()
            number = runner.addresses[0][1]
            yield f"{'https' if tls else 'http'}://{host}:{number}"
        finally:
            self.closing = True
            await runner.cleanup()

    def _context(self, host: str) -> ssl.SSLContext:
        made = certificate.self_signed(host, self.clock.time())
        self.certificate_pem = made.certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "both.pem"  # SSLContext reads files only
            file.touch(mode=0o600)
            file.write_bytes(made.key + made.certificate)
            context.load_cert_chain(file)
        return context


def _handler(edge: Edge, route: Route | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await edge.answer(request, route)

    return handle
