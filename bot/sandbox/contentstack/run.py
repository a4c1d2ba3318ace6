"""Runs the simulated Contentstack by itself until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from bot.sandbox.contentstack.seed import BOT, BOT_AUTHTOKEN, MEMBERS, ORG_UID
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.contentstack.world import Switches

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


async def run(
    say: Callable[[str], object],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    members: int = MEMBERS,
    unpublished: bool = False,
    certificate: Path | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until `stop` is set, or without one until SIGINT or SIGTERM; `say` gets a line per fact.

    `unpublished` switches `/v4` and `/__sim__` on. With `certificate` the server speaks https and writes its
    self-signed certificate to that file, for clients to trust (for example through NODE_EXTRA_CA_CERTS).
    """
    sandbox = ContentstackSandbox(members=members, switches=Switches(v4=unpublished, sim=unpublished))
    if stop is None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with sandbox.serve(host, port, tls=certificate is not None) as url:
        if certificate is not None:
            await asyncio.to_thread(certificate.write_bytes, sandbox.certificate_pem)
        say(f"contentstack {url}")
        say(f"organization {ORG_UID}")
        say(f"authtoken {BOT_AUTHTOKEN} ({BOT})")
        await stop.wait()
