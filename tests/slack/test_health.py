"""`/health` can fail: it asks the store, the engine and Slack, and says which of them does not work."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.slack.app import Identity, build_app
from bot.slack.health import Health
from bot.slack.serve import build_web, listening
from bot.store.database import open_store
from tests.slack.conftest import Office

WELL = {"ok": True, "store": True, "engine": True, "slack": True}


async def ask(office: Office, health: Health) -> tuple[int, object]:
    """What `/health` answers over HTTP."""
    app = build_app(office.desk, Identity("T0SANDBOX", "U0ROLLCALL", "B0ROLLCALL"), uninstalled=_nothing)
    async with (
        listening(build_web(app, health), "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as web,
        web.get(f"http://127.0.0.1:{port}/health") as answer,
    ):
        return answer.status, await answer.json()


async def _nothing(event: str) -> None:
    """Nobody to tell."""


async def test_a_bot_that_works_is_healthy(office: Office) -> None:
    """All three parts answer."""
    assert await ask(office, Health(office.desk)) == (200, WELL)


async def test_a_store_that_cannot_be_read_is_503(office: Office, tmp_path: Path) -> None:
    """Closed, or its disk is gone: the same to whoever asks."""
    closed = await open_store(tmp_path / "closed", clock=office.house.clock, entropy=secrets.token_bytes)
    await closed.close()
    desk = replace(office.desk, house=replace(office.house, store=closed))
    assert await ask(office, Health(desk)) == (503, {**WELL, "ok": False, "store": False})


async def test_an_engine_that_has_died_is_503(office: Office) -> None:
    """Confirmed operations would wait for ever."""
    office.runs.lives = False
    assert await ask(office, Health(office.desk)) == (503, {**WELL, "ok": False, "engine": False})


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive"])
async def test_a_token_that_slack_refuses_is_503(office: Office, code: str) -> None:
    """Nobody can be answered."""
    await office.workspace.order("tokens", revoke="bot", error=code)
    assert await ask(office, Health(office.desk)) == (503, {**WELL, "ok": False, "slack": False})


async def test_whoever_asks_often_does_not_ask_slack_as_often(office: Office) -> None:
    """Slack's answer is believed for a few seconds."""
    health, journal = Health(office.desk), office.workspace.journal
    before = [entry for entry in await journal("api") if entry["method"] == "auth.test"]
    for _ in range(3):
        await health()
    after = [entry for entry in await journal("api") if entry["method"] == "auth.test"]
    assert len(after) == len(before) + 1
