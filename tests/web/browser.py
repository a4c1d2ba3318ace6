"""A house whose accounts can be linked, its pages on a real socket, and a browser that goes through them."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

from bot.clock import SystemClock
from bot.contentstack.oauth import App, ContentstackOAuth
from bot.domain.identity import Link
from bot.domain.linking import WhyNotLinked
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.clock import OffsetClock
from bot.service.house import House, Linking
from bot.service.linking import begin
from bot.settings_connect import SCOPES
from bot.slack.serve import build_pages as build_app
from bot.slack.serve import listening
from bot.vault import Keyring
from bot.web.callback import build_pages, make_secret
from tests.service.stage import ADA, Stage, staged

KEY = bytes(range(32))


class Ahead(SystemClock):
    """The machine's clock, some seconds ahead."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the browser shows: status, headers, and the text with its form."""

    status: int
    headers: dict[str, str]
    html: str

    @property
    def title(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.html)
        return found[1] if found else ""

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]*)"', self.html)
        return found[1] if found else ""


@dataclass
class Browser:
    """One person's browser, with cookies of its own."""

    address: str
    session: aiohttp.ClientSession

    async def consent(self, url: str, email: str, answer: str = "allow") -> str:
        """Agree at Contentstack as somebody who is signed in there; where it sends the browser back to."""
        async with self.session.get(url) as page:
            html = await page.text()
            assert page.status == 200, html
        hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', html.replace("&amp;", "&")))
        form = {**hidden, "signed_in": email, "answer": answer}
        target = url.split("?", maxsplit=1)[0]
        async with self.session.post(target, data=form, allow_redirects=False) as back:
            assert back.status == 302, await back.text()
            return back.headers["Location"]

    async def open(self, url: str) -> Shown:
        async with self.session.get(url) as answer:
            return Shown(answer.status, dict(answer.headers), await answer.text())

    def keep(self, page: Shown) -> None:
        """Put the cookie of a page back that the browser was told to forget."""
        name, _, value = page.headers["Set-Cookie"].split(";", maxsplit=1)[0].partition("=")
        self.session.cookie_jar.update_cookies({name: value})

    async def press(self, token: str, choice: str = "link") -> Shown:
        form = {"token": token, "choice": choice}
        async with self.session.post(f"{self.address}/oauth/confirm", data=form) as answer:
            return Shown(answer.status, dict(answer.headers), await answer.text())

    async def arrive(self, url: str, email: str) -> Shown:
        """Through Contentstack to the page that names both accounts, or to the one that says no."""
        return await self.open(await self.consent(url, email))


@dataclass
class Door:
    """Everything that a test of linked accounts may touch."""

    stage: Stage
    house: House
    address: str
    clock: Ahead
    directory: Path
    sessions: list[aiohttp.ClientSession] = field(default_factory=list)

    def browser(self) -> Browser:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.sessions.append(session)
        return Browser(self.address, session)

    async def begin(self, slack_user: str = ADA) -> str:
        found = await begin(self.house, slack_user)
        assert isinstance(found, str), found
        return found

    async def linked(self, slack_user: str = ADA, email: str = seed.ADA) -> Link:
        """Go the whole way."""
        browser = self.browser()
        page = await browser.arrive(await self.begin(slack_user), email)
        assert (await browser.press(page.token)).title == "Your accounts are linked"
        link = await self.link(slack_user)
        assert link is not None
        return link

    async def link(self, slack_user: str = ADA) -> Link | None:
        return await self.house.store.read(lambda tx: tx.link(self.house.binding.key, slack_user))

    def uid(self, email: str) -> str:
        return self.stage.contentstack.state.accounts_by_email[email].uid

    def pass_(self, seconds: float) -> None:
        """Let time pass on both sides."""
        self.clock.seconds += seconds
        clock = self.stage.contentstack.clock
        assert isinstance(clock, OffsetClock)
        clock.advance(seconds)

    def consents(self, email: str) -> int:
        """How many consents of this user live at Contentstack."""
        authorizations = self.stage.contentstack.state.oauth.authorizations.values()
        return sum(one.user_uid == self.uid(email) for one in authorizations)

    def asked(self, method: str, path: str) -> int:
        return len(self.stage.asked(method, path))

    async def refusals(self) -> list[object]:
        """Why linking was refused, as the audit has it."""
        rows = await self.house.store.read(lambda tx: list(tx.rows()))
        refused = [row.event.data for row in rows if row.event.kind.value == "refused"]
        found = [data["why"] for data in refused if data["at"] == "connect"]
        return [why for why in found if why in set(WhyNotLinked)]

    async def told(self) -> list[str]:
        """Who was told what in Slack."""
        return [one.rstrip(":") for one in self.stage.told.changes]


def state_of(url: str) -> str:
    """The state in an address."""
    return parse_qs(urlsplit(url).query)["state"][0]


def linking_of(url: str, address: str, clock: SystemClock, *keys: bytes) -> Linking:
    """Linking against the simulated Contentstack."""
    app = App(
        app_host=url,
        developer_hub=url,
        api=url,
        organization=seed.ORG_UID,
        app_uid=seed.APP_UID,
        client_id=seed.CLIENT_ID,
        client_secret=seed.CLIENT_SECRET,
        redirect_uri=f"{address}/oauth/callback",
        scopes=SCOPES,
    )
    return Linking(ContentstackOAuth(app, clock), Keyring(keys or (KEY,), secrets.token_bytes), make_secret)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _health() -> dict[str, object]:
    return {"ok": True}


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[Door]:
    """A house with its pages, until the context ends."""
    async with staged(directory) as stage:
        port, clock = free_port(), Ahead()
        address = f"http://127.0.0.1:{port}"
        stage.contentstack.state.oauth.apps[seed.APP_UID].redirect_uris.append(f"{address}/oauth/callback")
        house = replace(
            stage.house,
            clock=clock,
            binding=replace(stage.house.binding, connect=True),
            linking=linking_of(stage.url, address, clock),
        )
        served: web.Application = build_app(_health, build_pages(house, address))
        door = Door(stage, house, address, clock, directory / "data")
        async with listening(served, "127.0.0.1", port):
            try:
                yield door
            finally:
                for session in door.sessions:
                    await session.close()
