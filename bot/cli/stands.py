"""Commands that stand for the outside world: the manifest for Slack, the sandbox, the demo."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from pathlib import Path

import click

from bot.manifest import read_manifest

ENTRY = Path(__file__).resolve().parent.parent.parent / "app.py"
"""What the demo starts as its bot: the same file that anybody starts."""


@click.command()
def manifest() -> None:
    """Print manifest.yml as JSON, as Slack's command line asks for it (.slack/hooks.json)."""
    click.echo(json.dumps(read_manifest()))


@click.command()
@click.argument("system", type=click.Choice(["contentstack", "slack"]))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free port.")
def sandbox(system: str, port: int) -> None:
    """Run one simulated system alone on 127.0.0.1; prints the settings that point Rollcall at it."""
    serve = _serve_contentstack if system == "contentstack" else _serve_slack
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(port))


async def _serve_contentstack(port: int) -> None:
    from bot.sandbox.contentstack import seed  # noqa: PLC0415  the product runs without the sandbox
    from bot.sandbox.contentstack.server import ContentstackSandbox  # noqa: PLC0415  likewise

    stop = _asked_to_stop()
    async with ContentstackSandbox().serve(port=port) as url:
        click.echo(
            f"CONTENTSTACK_API_URL={url}\nCONTENTSTACK_REGION=na\n"
            f"CONTENTSTACK_ORGANIZATION_UID={seed.ORG_UID}\nCONTENTSTACK_AUTHTOKEN={seed.BOT_AUTHTOKEN}"
        )
        await stop.wait()


async def _serve_slack(port: int) -> None:
    from bot.sandbox.workspace.server import WorkspaceSandbox  # noqa: PLC0415  the product runs without it

    sandbox, stop = WorkspaceSandbox(read_manifest()), _asked_to_stop()
    async with sandbox.serve(port=port) as url:
        click.echo(
            f"# The workspace: {url}\nSLACK_API_URL={sandbox.api_url}\n"
            f"SLACK_BOT_TOKEN={sandbox.bot_token}\nSLACK_APP_TOKEN={sandbox.app_token}"
        )
        await stop.wait()


def _asked_to_stop() -> asyncio.Event:
    """Set by SIGINT or SIGTERM, also where a shell started us in the background and SIGINT is ignored."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4780, show_default=True, help="0 takes a free port."
)
@click.option("--connect", is_flag=True, help="Let people link their accounts first (docs/identity.md).")
def demo(*, port: int, connect: bool) -> None:
    """Run Rollcall against both simulated systems, with a page to click on."""
    from bot.sandbox.demo import supervisor  # noqa: PLC0415  the product runs without the sandbox

    asyncio.run(supervisor.run(ENTRY, read_manifest(), click.echo, port=port, connect=connect))


COMMANDS = (manifest, sandbox, demo)
