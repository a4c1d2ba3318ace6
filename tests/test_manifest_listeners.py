"""Everything that the manifest subscribes to has a listener: what none takes, Slack repeats (SL §1.3)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.bootstrap import Seams, running
from bot.manifest import read_manifest
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.workspace.seed import APP_ID, TEAM
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.settings import Settings
from bot.slack.app import build_app

OWNER = "U0OWNER"
COMMON = {"team_id": TEAM, "api_app_id": APP_ID}


class Door:
    """The bot's own app, and what none of its listeners took."""

    def __init__(self, app: AsyncApp) -> None:
        self.app = app
        self.untaken: list[str] = []
        app.error(self._failed)

    async def _failed(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        assert isinstance(error, BoltUnhandledRequestError), error
        self.untaken.append(body.get("event", body).get("type", "command"))
        return BoltResponse(status=200, body="")

    async def send(self, body: dict[str, Any]) -> None:
        """Hand a payload to the app as Socket Mode does, which checks no signature."""
        answer = await self.app.async_dispatch(AsyncBoltRequest(body={**COMMON, **body}, mode="socket_mode"))
        assert answer.status == 200


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """The whole bot against both simulated systems, with its app in our hands instead of Slack's."""
    contentstack = ContentstackSandbox(members=60)
    slack = WorkspaceSandbox(read_manifest())
    async with contentstack.serve() as url, slack.serve():
        settings = Settings(
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            slack_api_url=slack.api_url,
            contentstack_region="na",
            contentstack_api_url=url,
            contentstack_organization_uid=seed.ORG_UID,
            contentstack_authtoken=SecretStr(seed.BOT_AUTHTOKEN),
            rollcall_data_dir=tmp_path / "data",
        )
        async with running([settings], Seams()) as [bot]:
            yield Door(build_app(bot.desk, bot.identity, uninstalled=_ignored))
            await bot.desk.tasks.close(5.0)


async def _ignored(_: str) -> None:
    """Nobody to tell."""


async def test_every_subscription_has_a_listener(door: Door) -> None:
    """Each event, command and shortcut of the manifest is taken; one that it does not name is not."""
    manifest = read_manifest()
    features = manifest["features"]
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        tab = {"tab": "home", "user": OWNER} if event == "app_home_opened" else {}
        await door.send({"type": "event_callback", "event": {"type": event, **tab}})
    for command in features["slash_commands"]:
        await door.send({"command": command["command"], "text": "help", "user_id": OWNER, "trigger_id": "1.1",
                         "channel_id": "C0ORGADMINS", "response_url": ""})  # fmt: skip
    for shortcut in features["shortcuts"]:
        await door.send({"type": "shortcut", "callback_id": shortcut["callback_id"], "trigger_id": "1.1",
                         "user": {"id": OWNER, "team_id": TEAM}, "team": {"id": TEAM}})  # fmt: skip
    assert door.untaken == []
    await door.send({"type": "event_callback", "event": {"type": "reaction_added", "user": OWNER}})
    assert door.untaken == ["reaction_added"]
