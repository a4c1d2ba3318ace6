"""Serving over Socket Mode and over signed HTTP, and stopping within ten seconds."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import aiohttp
import pytest
from pydantic import SecretStr

from bot.manifest import read_manifest
from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.core import PATIENT
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.service.house import House
from bot.slack.app import build_app, identify
from bot.slack.client import build_client, open_session
from bot.slack.desk import open_desk
from bot.slack.people import WorkspacePeople
from bot.slack.serve import Door, Unsigned, build_web, run_http, serve_until_stopped
from tests.slack.conftest import Office
from tests.slack.steps import open_form, until

SLACKS_PATIENCE = 3.0
"""Seconds after which Slack gives up on a command (SL §1.1); the simulated one waits longer in tests."""


async def test_a_connection_that_slack_closes_comes_back_by_itself(office: Office) -> None:
    """refresh_requested: commands are answered over a new connection.

    slack-sdk sometimes connects twice, once for the message and once for the close, and what comes over the
    first of both connections is lost: Slack then says that the command failed, and a person repeats it.
    """
    await office.workspace.order("disconnect", reason="refresh_requested")
    ada = office.user("ada")

    async def answered() -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SLACKS_PATIENCE):
                return (await ada.command("#general", "/org-users")).ok
        return False

    assert await until(answered, 4 * SLACKS_PATIENCE)
    await ada.wait_for_modal(lambda modal: modal.callback_id == "choose")


async def test_an_uninstalled_app_is_told_to_whoever_runs_it(office: Office) -> None:
    """app_uninstalled and tokens_revoked both have a listener."""
    await office.user("olivia").act("app", act="uninstall")

    async def both() -> bool:
        return set(office.uninstalled) == {"app_uninstalled", "tokens_revoked"}

    assert await until(both)


async def test_a_request_that_nobody_listens_to_is_acknowledged(office: Office) -> None:
    """A button that no listener knows: otherwise Slack would show an error (SL §1.3)."""
    ada = office.user("ada")
    button = {"type": "button", "action_id": "old", "text": {"type": "plain_text", "text": "Old"}}
    blocks = [{"type": "actions", "elements": [button]}]
    await office.desk.client.chat_postMessage(channel="C0GENERAL", text="old", blocks=blocks)
    message = await ada.wait_for_message("#general", lambda m: m.text == "old")
    assert (await ada.click(message, "old")).ok


@dataclass
class Settings:
    """What serving needs to know."""

    transport: Literal["socket", "http"]
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    listen: tuple[str, int] = ("127.0.0.1", 0)


async def test_a_stop_by_the_workspace_ends_serving_within_ten_seconds(office: Office) -> None:
    """A second connection of the same app, served as the settings say; the app is taken out."""
    settings = Settings("socket", SecretStr(office.slack.app_token))
    door = Door(office.desk, await identify(office.desk.client), settings)
    serving = asyncio.create_task(serve_until_stopped([door]))

    async def twice() -> bool:
        return int((await office.workspace.workspace())["app"]["connections"]) == 2

    assert await until(twice)
    began = time.monotonic()
    for _ in range(2):  # events go to either connection; the app's own stop comes with the second
        await office.user("olivia").act("app", act="uninstall")
        if await _ended(serving):
            break
        await office.user("olivia").act("app", act="install")
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert time.monotonic() - began < 10


async def _ended(serving: asyncio.Task[None]) -> bool:
    await asyncio.wait({serving}, timeout=1)
    return serving.done()


async def test_http_without_a_secret_is_refused(office: Office) -> None:
    """Every request could be forged."""
    app = build_app(office.desk, await identify(office.desk.client), uninstalled=_nothing)
    served = build_web(app, _health)
    with pytest.raises(Unsigned):
        await run_http(served, office.desk, "", ("127.0.0.1", 0), stop=asyncio.Event())


async def _nothing(event: str) -> None:
    """Nobody to tell."""


async def _health() -> dict[str, object]:
    return {"ok": True}


@asynccontextmanager
async def over_http(office: Office) -> AsyncIterator[tuple[WorkspaceClient, str]]:
    """The same house behind signed HTTP, and a workspace that sends to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    slack = WorkspaceSandbox(
        read_manifest(), timing=PATIENT, rate_scale=None, request_url=f"{address}/slack/events"
    )
    stop, ready = asyncio.Event(), asyncio.Event()
    async with slack.serve(), open_session() as session, WorkspaceClient(slack.url) as workspace:
        client = build_client(slack.bot_token, slack.api_url, session)
        house = _moved(office.house, WorkspacePeople(client, office.house.binding.team))
        desk = open_desk(house, client)
        app = build_app(
            desk, await identify(client), uninstalled=_nothing, signing_secret=slack.signing_secret
        )
        serving = asyncio.create_task(
            run_http(
                build_web(app, _health),
                desk,
                slack.signing_secret,
                ("127.0.0.1", port),
                stop=stop,
                ready=lambda _: ready.set(),
            )
        )
        await ready.wait()
        yield workspace, address
        stop.set()
        await serving


def _moved(house: House, people: WorkspacePeople) -> House:
    return House(
        binding=house.binding,
        contentstack=house.contentstack,
        store=house.store,
        people=people,
        notifier=house.notifier,
        runs=house.runs,
        clock=house.clock,
        ids=house.ids,
        sparing=house.sparing,
    )


async def test_signed_http_serves_the_same_modals_and_refuses_what_is_not_signed(office: Office) -> None:
    """A command opens the form; the same request without a signature is 401; /health answers."""
    async with over_http(office) as (workspace, address):
        ada = workspace.user("ada")
        await open_form(ada)
        assert len(await ada.options("people", "people", "mia.mem")) == 1
        async with aiohttp.ClientSession() as session:
            body = {"command": "/org-users", "user_id": "U0ADA", "team_id": "T0SANDBOX", "text": "help"}
            async with session.post(f"{address}/slack/events", data=body) as answer:
                assert answer.status == 401
            async with session.get(f"{address}/health") as answer:
                assert (answer.status, await answer.json()) == (200, {"ok": True})
