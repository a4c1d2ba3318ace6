"""The workspace alone, for apps in any language.

`python -m bot.sandbox.workspace MANIFEST [--port N] [--request-url URL]` prints one line of JSON
(addresses, tokens, signing secret) and serves until it is told to stop.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

import yaml

from bot.sandbox.workspace.server import WorkspaceSandbox


async def _serve(options: argparse.Namespace) -> None:
    manifest = yaml.safe_load(await asyncio.to_thread(options.manifest.read_text, "utf-8"))
    sandbox = WorkspaceSandbox(manifest, request_url=options.request_url)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with sandbox.serve(options.host, options.port) as url:
        facts = {
            "url": url,
            "api_url": sandbox.api_url,
            "bot_token": sandbox.bot_token,
            "app_token": sandbox.app_token,
            "signing_secret": sandbox.signing_secret,
        }
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.sandbox.workspace", description="A simulated Slack workspace."
    )
    parser.add_argument("manifest", type=Path, help="the app's manifest, YAML or JSON")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--request-url", help="signed HTTP to this address instead of Socket Mode")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
