"""Starts the three servers of the demo and ends them again."""

from __future__ import annotations

import asyncio
import base64
import secrets
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.contentstack.world import Switches
from bot.sandbox.demo.api import DemoApi
from bot.sandbox.demo.process import BotProcess
from bot.sandbox.workspace.server import WorkspaceSandbox

ENDPOINTS = Path(__file__).parent / "endpoints.toml"
CHANNEL = "org-admins"
APPROVALS = "approvals"


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: where its page is, and its parts for whoever tests it."""

    url: str
    contentstack_url: str
    contentstack: ContentstackSandbox
    workspace: WorkspaceSandbox
    bot: BotProcess
    data: Path
    """Where the bot keeps its data."""


def settings(workspace: WorkspaceSandbox, contentstack_url: str, directory: Path) -> dict[str, str]:
    """The settings that point a bot at both simulated systems; the same names as for the real ones."""
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
        "CONTENTSTACK_REGION": "na",
        "CONTENTSTACK_API_URL": contentstack_url,
        "CONTENTSTACK_ORGANIZATION_UID": seed.ORG_UID,
        "CONTENTSTACK_AUTHTOKEN": seed.BOT_AUTHTOKEN,
        "ROLLCALL_CHANNEL": _channel(workspace, CHANNEL),
        "ROLLCALL_APPROVALS_CHANNEL": _channel(workspace, APPROVALS),
        "ROLLCALL_DATA_DIR": str(directory / "data"),
        "ROLLCALL_ENDPOINTS": str(ENDPOINTS),
    }


def connecting(contentstack: ContentstackSandbox) -> dict[str, str]:
    """The settings with which people link their accounts (docs/identity.md), on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    app = contentstack.state.oauth.apps[seed.APP_UID]
    app.redirect_uris.append(f"http://{address}/oauth/callback")
    return {
        "ROLLCALL_LISTEN": address,
        "ROLLCALL_PUBLIC_URL": f"http://{address}",
        "ROLLCALL_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "CONTENTSTACK_OAUTH_APP_UID": app.uid,
        "CONTENTSTACK_OAUTH_CLIENT_ID": app.client_id,
        "CONTENTSTACK_OAUTH_CLIENT_SECRET": app.client_secret,
    }


def _channel(workspace: WorkspaceSandbox, name: str) -> str:
    found = workspace.core.workspace.channel_by_name(name)
    if found is None:
        raise LookupError(f"the seed has no channel {name}")
    return found.id


@asynccontextmanager
async def running(
    entry: Path,
    manifest: Mapping[str, Any],
    *,
    port: int = 0,
    members: int = seed.MEMBERS,
    connect: bool = False,
    kept: int = 0,
) -> AsyncIterator[Demo]:
    """Serve both simulated systems and the page, and run the bot against them until the context ends.

    ``connect`` has people link their accounts, which the default policy then asks of everybody. ``kept`` are
    the seconds for which a browser may keep the page's files.
    """
    contentstack = ContentstackSandbox(members=members, switches=Switches(v4=True, sim=True))
    api = DemoApi(contentstack)
    workspace = WorkspaceSandbox(manifest, demo=api.app(), kept=kept)
    with tempfile.TemporaryDirectory(prefix="rollcall-demo-") as name:
        directory = Path(name)
        async with contentstack.serve() as contentstack_url, workspace.serve(port=port) as url:
            chosen = settings(workspace, contentstack_url, directory)
            linking = connecting(contentstack) if connect else {}
            bot = BotProcess(entry, chosen | linking, directory)
            api.attend(workspace, bot)
            await bot.start()
            try:
                yield Demo(url, contentstack_url, contentstack, workspace, bot, directory / "data")
            finally:
                await bot.stop()


async def run(
    entry: Path,
    manifest: Mapping[str, Any],
    say: Callable[[str], object],
    *,
    port: int,
    connect: bool = False,
) -> None:
    """Run the demo until Ctrl-C; ``say`` gets the address of the page."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(entry, manifest, port=port, connect=connect) as demo:
        say(f"The simulated workspace is at {demo.url}/  (Ctrl-C ends it)")
        if connect:
            say("Type /org-users connect there to link accounts.")
        await stop.wait()
