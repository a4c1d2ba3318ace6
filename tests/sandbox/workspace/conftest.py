from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.workspace.client import SlackUser, WorkspaceClient
from bot.sandbox.workspace.core import Timing
from bot.sandbox.workspace.scripted import ScriptedApp, connected
from bot.sandbox.workspace.server import WorkspaceSandbox

SCOPES = [
    "commands",
    "chat:write",
    "users:read",
    "users:read.email",
    "channels:read",
    "groups:read",
    "im:read",
    "channels:history",
    "groups:history",
    "im:history",
    "im:write",
    "files:read",
    "files:write",
    "usergroups:read",
    "channels:join",
    "team:read",
]

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Example"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Example"},
        "shortcuts": [
            {"name": "Start", "type": "global", "callback_id": "start", "description": "Start"},
            {"name": "Quote", "type": "message", "callback_id": "quote", "description": "Quote"},
        ],
        "slash_commands": [
            {"command": "/ask", "description": "Ask", "usage_hint": "[text]", "should_escape": True},
            {"command": "/raw", "description": "Unescaped"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_uninstalled",
                "tokens_revoked",
                "message.channels",
                "message.im",
                "member_joined_channel",
                "member_left_channel",
                "user_change",
                "app_mention",
                "file_shared",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return MANIFEST


RETRIES = (0.0, 0.05, 0.1)

waits_it_out = pytest.mark.parametrize("timing", [Timing(answer=0.5, event_retries=RETRIES)], ids=[""])
"""Shortens Slack's patience for a test in which an answer is too late."""


@pytest.fixture
def timing() -> Timing:
    """Slack's patience, longer than it is: a busy machine is nobody's lateness."""
    return Timing(answer=60.0, trigger=60.0, event_retries=RETRIES)


@pytest.fixture
async def sandbox(timing: Timing) -> AsyncIterator[WorkspaceSandbox]:
    served = WorkspaceSandbox(MANIFEST, timing=timing, rate_scale=None)
    async with served.serve():
        yield served


@pytest.fixture
async def workspace(sandbox: WorkspaceSandbox) -> AsyncIterator[WorkspaceClient]:
    async with WorkspaceClient(sandbox.url) as client:
        yield client


@pytest.fixture
def ada(workspace: WorkspaceClient) -> SlackUser:
    return workspace.user("ada")


@pytest.fixture
def web(sandbox: WorkspaceSandbox) -> AsyncWebClient:
    """Slack's own client, unmodified, with nothing but another address."""
    return AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)


def bolt_app(sandbox: WorkspaceSandbox) -> AsyncApp:
    """Bolt, unmodified, with nothing but another address."""
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    return AsyncApp(client=client, signing_secret=sandbox.signing_secret)


@asynccontextmanager
async def socket_mode(app: AsyncApp, sandbox: WorkspaceSandbox) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app connected over Socket Mode while the block runs."""
    handler = AsyncSocketModeHandler(app, sandbox.app_token, ping_interval=1)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt has no annotation here
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # as above


@pytest.fixture
async def app(sandbox: WorkspaceSandbox) -> AsyncApp:
    return bolt_app(sandbox)


Connect = Callable[[], Awaitable[AsyncSocketModeHandler]]


@pytest.fixture
async def connect(app: AsyncApp, sandbox: WorkspaceSandbox) -> AsyncIterator[Connect]:
    """Connect `app` once its listeners are declared; the connection ends with the test."""
    async with AsyncExitStack() as stack:

        async def go() -> AsyncSocketModeHandler:
            return await stack.enter_async_context(socket_mode(app, sandbox))

        yield go


@pytest.fixture
async def scripted(sandbox: WorkspaceSandbox) -> AsyncIterator[ScriptedApp]:
    """A connected scripted app."""
    app = ScriptedApp(sandbox)
    async with connected(app):
        yield app
