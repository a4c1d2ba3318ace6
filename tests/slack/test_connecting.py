"""`/org-users connect` and `disconnect`: what is said in Slack; the browser's part is in tests/web."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.workspace.shown import Message
from bot.service.house import Linking
from bot.service.linking import Linked, Meeting, arrive, confirm
from bot.slack import connecting
from bot.slack.app import identify
from bot.slack.serve import Door, serve_until_stopped
from bot.web.callback import build_pages
from bot.words import connect as words
from tests.slack.conftest import Office
from tests.slack.steps import refusals, until
from tests.slack.test_private_answers import answer
from tests.slack.test_serve import Settings
from tests.web.browser import Browser, free_port, linking_of

ADDRESS = "http://127.0.0.1:8080"
"""Of the redirect URL that the simulated app is seeded with; nothing listens there."""


@pytest.fixture
def linking(contentstack: tuple[ContentstackSandbox, str]) -> Linking:
    """Accounts can be linked."""
    return linking_of(contentstack[1], ADDRESS, SystemClock())


def address_of(message: Message) -> str:
    (button,) = (one for block in message.blocks if block["type"] == "actions" for one in block["elements"])
    assert button["action_id"] == connecting.OPEN
    return str(button["url"])


async def link(office: Office, message: Message) -> str:
    """Go through the browser's part; what Slack says then."""
    async with aiohttp.ClientSession() as session:
        back = await Browser(ADDRESS, session).consent(address_of(message), seed.ADA)
    asked = parse_qs(urlsplit(back).query)
    found = await arrive(office.house, asked["state"][0], asked["code"][0])
    assert isinstance(found, Meeting), found
    assert isinstance(await confirm(office.house, found.secret, agreed=True), Linked)
    told = await office.user("ada").wait_for_message("@rollcall", lambda m: "is now linked" in m.text)
    return told.text


async def test_connect_gives_a_button_that_is_ones_own(office: Office) -> None:
    """Nobody else sees it; it leads to Contentstack with a state and a challenge; both sides are told."""
    message = await answer(office, "/org-users connect")
    asked = parse_qs(urlsplit(address_of(message)).query)
    assert {name: asked[name] for name in ("client_id", "code_challenge_method", "redirect_uri")} == {
        "client_id": [seed.CLIENT_ID],
        "code_challenge_method": ["S256"],
        "redirect_uri": [f"{ADDRESS}/oauth/callback"],
    }
    assert [m for m in await office.user("grace").messages("#general") if m.is_ephemeral] == []
    assert (await office.user("ada").click(message, connecting.OPEN)).ok
    told = await link(office, message)
    assert told.startswith("Your Slack account is now linked to your Contentstack user.")
    ended = await answer(office, "/org-users disconnect")
    assert ended.text == words.DISCONNECTED


async def test_help_tells_of_both_where_they_are_set_up(office: Office) -> None:
    """With what they do."""
    told = (await answer(office, "/org-users help")).all_text
    assert ("/org-users connect" in told, "/org-users disconnect" in told) == (True, True)


async def test_who_may_not_use_rollcall_gets_no_button(office: Office) -> None:
    """Mia is a member without an admin role; ending a link is anybody's, and she has none."""
    mia = office.user("mia")
    await mia.command("#general", "/org-users connect")
    refused = await mia.wait_for_message("#general", lambda m: m.is_ephemeral)
    assert refused.text.startswith("Only the owner and the admins")
    await mia.command("#general", "/org-users disconnect")
    nothing = await mia.wait_for_message("#general", lambda m: m.is_ephemeral and m.ts != refused.ts)
    assert (nothing.text, await refusals(office)) == (refused.text, [("U0MIA", "not_admin")])


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_the_pages_are_served_beside_slacks_own_way_in(
    office: Office, transport: Literal["socket", "http"]
) -> None:
    """In Socket Mode they, /health and nothing else; in HTTP mode on the port that takes Slack's requests."""
    settings = Settings(
        transport, SecretStr(office.slack.app_token), SecretStr("secret"), ("127.0.0.1", free_port())
    )
    address = f"http://127.0.0.1:{settings.listen[1]}"
    pages = build_pages(office.house, address)
    door = Door(office.desk, await identify(office.desk.client), settings, pages)
    serving = asyncio.create_task(serve_until_stopped([door]))
    async with aiohttp.ClientSession() as session:

        async def status(method: str, path: str) -> int:
            async with session.request(method, f"{address}{path}") as answer:
                return answer.status

        async def listens() -> bool:
            with contextlib.suppress(aiohttp.ClientConnectionError):
                return await status("GET", "/health") == 200
            return False

        assert await until(listens)
        found = [
            await status("GET", f"/oauth/callback?code=x&state={'x' * 43}"),
            await status("POST", "/oauth/confirm"),
            await status("POST", "/slack/events"),
            await status("GET", "/anything"),
        ]
    assert found == [403, 403, 404 if transport == "socket" else 401, 404]
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
