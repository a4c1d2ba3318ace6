"""A file of the form is fetched with the bot token: from nowhere else, no further, no more than 5 MB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.address_file import MOST_BYTES
from bot.domain.problems import Field, Problem, Trouble
from bot.slack import files

ADA = "U0ADA"
LIST = b"Email\r\na@example.com\r\n"


@dataclass
class Host:
    """Slack's API and file host at once; ``asked`` are the paths of files with the token that came along."""

    about: dict[str, Any] = field(default_factory=dict)
    body: bytes = LIST
    status: int = 200
    leads_to: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0

    async def info(self, request: web.Request) -> web.Response:
        """`files.info`; what the test says of the file goes before."""
        url = f"http://{request.host}/files-pri/list.csv"
        known = {"id": "F1", "user": ADA, "size": len(LIST), "url_private": url}
        return web.json_response({"ok": True, "file": {**known, **self.about}})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """The bytes, without saying how many they are."""
        self.asked.append((request.path, request.headers.get("Authorization", "")))
        if self.leads_to:
            raise web.HTTPFound(self.leads_to)
        answer = web.StreamResponse(status=self.status, headers={"Content-Type": "text/csv"})
        await answer.prepare(request)
        for start in range(0, len(self.body), 65_536):
            await answer.write(self.body[start : start + 65_536])
            self.sent += len(self.body[start : start + 65_536])
        return answer


@asynccontextmanager
async def served(host: Host) -> AsyncIterator[BaseTestServer]:
    app = web.Application()
    app.router.add_route("*", "/api/files.info", host.info)
    app.router.add_get("/{path:.*}", host.file)
    async with TestServer(app) as server:
        yield server


async def fetched(host: Host) -> bytes | Problem:
    async with served(host) as server:
        return await files.fetch(AsyncWebClient("xoxb-1", base_url=f"{server.make_url('/api/')}"), "F1", ADA)


async def test_a_file_of_ones_own_is_fetched_with_the_token() -> None:
    """Once, from where Slack says that it is."""
    host = Host()
    assert (await fetched(host), host.asked) == (LIST, [("/files-pri/list.csv", "Bearer xoxb-1")])


@pytest.mark.parametrize("further", ["/files-pri/other.csv", "there"])
async def test_a_redirect_is_not_followed(further: str) -> None:
    """Neither on Slack's own host nor to another one: nobody else gets the token."""
    elsewhere = Host()
    async with served(elsewhere) as there:
        host = Host(leads_to=str(there.make_url("/list.csv")) if further == "there" else further)
        found = await fetched(host)
    assert found == Problem(Trouble.FILE_UNREACHABLE, Field.FILE)
    assert (len(host.asked), elsewhere.asked) == (1, [])


ELSEWHERE = [
    {"url_private": "http://127.0.0.1:9/files-pri/list.csv"},
    {"url_private": ""},
    {"is_external": True},
    {"user": "U0GRACE"},
    {"user": ""},
]


@pytest.mark.parametrize("about", ELSEWHERE)
async def test_what_is_not_ones_own_file_at_slack_is_never_asked_for(about: dict[str, Any]) -> None:
    """Another host, somebody else's, or only a link: the token stays here."""
    host = Host(about=about)
    assert (await fetched(host), host.asked) == (Problem(Trouble.FILE_ELSEWHERE, Field.FILE), [])


async def test_a_file_that_is_said_to_be_too_big_is_not_fetched() -> None:
    """One byte more than 5 MB."""
    host = Host(about={"size": MOST_BYTES + 1})
    assert (await fetched(host), host.asked) == (Problem(Trouble.FILE_TOO_BIG, Field.FILE), [])


async def test_a_file_that_is_bigger_than_it_was_said_to_be_is_given_up() -> None:
    """The bound holds while the bytes come in; of 40 MB by far not all are read."""
    host = Host(body=bytes(8 * MOST_BYTES))
    assert await fetched(host) == Problem(Trouble.FILE_TOO_BIG, Field.FILE)
    assert host.sent < 4 * MOST_BYTES


async def test_a_file_of_just_5_mb_is_taken() -> None:
    """The limit itself is allowed."""
    host = Host(about={"size": MOST_BYTES}, body=bytes(MOST_BYTES))
    assert await fetched(host) == bytes(MOST_BYTES)


@pytest.mark.parametrize(("status", "trouble"), [(404, Trouble.FILE_GONE), (500, Trouble.FILE_UNREACHABLE)])
async def test_a_file_that_is_not_handed_over_is_said(status: int, trouble: Trouble) -> None:
    """Gone, or not now."""
    assert await fetched(Host(status=status)) == Problem(trouble, Field.FILE)
