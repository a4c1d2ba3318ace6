"""One app's Socket Mode connection (SL §3)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

CONNECT_SECONDS = 20.0

log = logging.getLogger(__name__)


class AppTokenRefused(Exception):
    """Slack does not accept the app-level token; the message is one sentence for whoever started the bot."""


_REFUSALS = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
        "missing_scope",
        "socket_mode_not_enabled",
    }
)
"""Answers of apps.connections.open that another try does not change."""


@dataclass
class SocketConnection:
    """One app's Socket Mode connection, replaced when it stays silent."""

    app: AsyncApp
    app_token: str
    handler: AsyncSocketModeHandler | None = None

    async def connect(self) -> bool:
        """Connect anew; False where that took too long. slack-sdk itself retries for ever, silently.

        Raises AppTokenRefused.
        """
        await self.close()
        self.handler = AsyncSocketModeHandler(self.app, self.app_token, web_client=self.app.client)
        connect: Callable[[], Awaitable[None]] = self.handler.connect_async  # untyped in Bolt
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._ask_for_address(self.handler)
                await connect()
        except TimeoutError:
            log.warning("no Socket Mode connection within %s s: check SLACK_APP_TOKEN", CONNECT_SECONDS)
            return False
        return True

    @staticmethod
    async def _ask_for_address(handler: AsyncSocketModeHandler) -> None:
        """What slack-sdk asks first when it connects, and would ask for ever where the token is refused."""
        try:
            handler.client.wss_uri = await handler.client.issue_new_wss_url()
        except SlackApiError as error:
            code = str(error.response.get("error", ""))
            if code in _REFUSALS:
                raise AppTokenRefused(
                    f"SLACK_APP_TOKEN: Slack does not accept it ({code}): copy it again, from an app with "
                    "Socket Mode on and with the scope connections:write"
                ) from None
        except (aiohttp.ClientError, OSError):
            return  # slack-sdk tries that again by itself

    async def connected(self) -> bool:
        """Whether Slack can reach us."""
        return self.handler is not None and await self.handler.client.is_connected()

    async def close(self) -> None:
        """Let go of the connection; a closed handler is not used again (SL §3)."""
        handler, self.handler = self.handler, None
        if handler is not None:
            close: Callable[[], Awaitable[None]] = handler.close_async  # untyped in Bolt
            await close()
