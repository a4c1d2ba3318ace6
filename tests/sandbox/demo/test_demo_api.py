"""The drawer's contract (docs/page.md), over real HTTP, a process that sleeps being the bot."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.manifest import read_manifest
from bot.sandbox.contentstack import seed
from bot.sandbox.demo.supervisor import Demo, running

SLEEPER = "import time\ntime.sleep(600)\n"
OFF = {"slow": False, "rate_limit": False, "server_error": False, "disconnect": False}


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    entry = tmp_path / "sleeper.py"
    entry.write_text(SLEEPER)
    async with running(entry, read_manifest()) as made:
        yield made


@pytest.fixture
async def drawer(demo: Demo) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"{demo.url}/_demo/v1/") as session:
        yield session


async def read(drawer: aiohttp.ClientSession, path: str) -> Any:
    async with drawer.get(path) as answer:
        return await answer.json()


async def order(drawer: aiohttp.ClientSession, path: str, **body: object) -> Any:
    async with drawer.post(path, json=body) as answer:
        return await answer.json()


async def asked(demo: Demo) -> tuple[int, str]:
    """What Contentstack answers to one read."""
    headers = {"authtoken": seed.BOT_AUTHTOKEN}
    url = f"{demo.contentstack_url}/v3/organizations/{seed.ORG_UID}?include_plan=true"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_the_bot_is_killed_and_started(demo: Demo, drawer: aiohttp.ClientSession) -> None:
    """Kill leaves no process behind, not even a dead one; start makes a new one."""
    pid = demo.bot.pid
    assert await read(drawer, "status") == {
        "ok": True,
        "bot": {"state": "starting", "pid": pid},
        "faults": OFF,
    }
    killed = await order(drawer, "bot", action="kill")
    assert killed["bot"] == {"state": "stopped", "pid": None}
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    started = await order(drawer, "bot", action="start")
    assert started["bot"]["state"] == "starting"
    assert started["bot"]["pid"] not in {None, pid}


async def test_a_bot_that_ends_by_itself_is_seen_as_stopped(
    demo: Demo, drawer: aiohttp.ClientSession
) -> None:
    """Whoever ended it."""
    assert demo.bot.pid is not None
    os.kill(demo.bot.pid, signal.SIGKILL)
    await demo.bot.kill()  # waits for the end
    assert (await read(drawer, "status"))["bot"] == {"state": "stopped", "pid": None}


async def test_faults_are_switched_one_by_one(demo: Demo, drawer: aiohttp.ClientSession) -> None:
    """On until off, each in its own time; one that does not exist is refused."""
    assert (await order(drawer, "faults", rate_limit=True))["faults"] == {**OFF, "rate_limit": True}
    assert (await asked(demo))[0] == 429
    both = await order(drawer, "faults", rate_limit=False, server_error=True)
    assert both["faults"] == {**OFF, "server_error": True}
    assert (await asked(demo))[0] == 500
    await order(drawer, "faults", server_error=False, disconnect=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await asked(demo)
    assert (await order(drawer, "faults", disconnect=False))["faults"] == OFF
    assert (await asked(demo))[0] == 200
    async with drawer.post("faults", json={"flood": True}) as answer:
        assert answer.status == 400


async def test_requests_are_listed_when_they_are_over(demo: Demo, drawer: aiohttp.ClientSession) -> None:
    """Both systems in one list, each entry once, with what the row shows."""
    await asked(demo)
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {demo.workspace.bot_token}"}
        async with session.post(f"{demo.workspace.api_url}auth.test", headers=headers) as answer:
            assert (await answer.json())["ok"]
    listed = await read(drawer, "requests?after=0")
    first, second = listed["requests"]
    path = f"/v3/organizations/{seed.ORG_UID}?include_plan=true"
    shown = ("seq", "system", "method", "path", "status", "note")
    assert [first[key] for key in shown] == [1, "contentstack", "GET", path, 200, None]
    assert [second[key] for key in shown] == [2, "slack", "POST", "auth.test", "ok", None]
    assert listed["last"] == 2
    assert await read(drawer, "requests?after=2") == {"ok": True, "last": 2, "requests": []}
