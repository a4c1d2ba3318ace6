"""The plainest Bolt app that acknowledges a command and a submission: what Rollcall is compared with."""

from __future__ import annotations

import asyncio
import os

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def acknowledge(ack: AsyncAck) -> None:
    """All that a listener must do."""
    await ack()


async def main() -> None:
    """Serve over Socket Mode until the process is ended."""
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client)
    app.command("/org-users")(acknowledge)
    app.view("choose")(acknowledge)
    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], web_client=client)
    await handler.start_async()  # type: ignore[no-untyped-call]  # untyped in Bolt


if __name__ == "__main__":
    asyncio.run(main())
