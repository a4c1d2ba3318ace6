"""A real store, the simulated workspace over real sockets, and Slack's own client."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.core import PATIENT
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.service.house import Binding
from bot.slack.notifier import SlackNotifier
from bot.store.database import SqliteStore
from tests.clocks import BriskClock
from tests.stores import open_new

SCOPES = [
    "chat:write",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "im:write",
]
MANIFEST = {
    "display_information": {"name": "Rollcall"},
    "features": {"bot_user": {"display_name": "Rollcall"}},
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {"socket_mode_enabled": True},
}


@pytest.fixture
def clock() -> BriskClock:
    return BriskClock()


@pytest.fixture
async def store(tmp_path: Path, clock: BriskClock) -> AsyncIterator[SqliteStore]:
    salts = (number.to_bytes(32, "big") for number in itertools.count(1))
    opened = await open_new(tmp_path / "data", clock=clock, entropy=lambda _: next(salts))
    yield opened
    await opened.close()


@pytest.fixture
async def sandbox() -> AsyncIterator[WorkspaceSandbox]:
    served = WorkspaceSandbox(MANIFEST, timing=PATIENT, rate_scale=None)
    async with served.serve():
        yield served


@pytest.fixture
async def workspace(sandbox: WorkspaceSandbox) -> AsyncIterator[WorkspaceClient]:
    async with WorkspaceClient(sandbox.url) as client:
        yield client


@pytest.fixture
def binding() -> Binding:
    return Binding(
        key="acme",
        team="T0SANDBOX",
        organization="org",
        region="na",
        channel="C0ORGADMINS",
        approvals_channel="C0APPROVALS",
    )


@pytest.fixture
async def notifier(
    sandbox: WorkspaceSandbox, store: SqliteStore, binding: Binding, clock: BriskClock
) -> AsyncIterator[SlackNotifier]:
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    made = SlackNotifier(client, store, binding, clock)
    await made.start()
    yield made
    await made.stop()
