"""A file that somebody uploaded: fetched from Slack's own file host only, bounded, never on credit (SL §6).

The bot token goes along with the request, so nothing is followed: no redirect, no other host, and
what the payload said of the file counts for nothing. A token that Slack does not accept for files gets its
login page with status 200, which the content type betrays.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.address_file import MOST_BYTES
from bot.domain.problems import Field as Where
from bot.domain.problems import Problem, Trouble
from bot.slack.client import code_of
from bot.slack.tasks import where

log = logging.getLogger(__name__)

TIMEOUT = 30
_CHUNK = 64 * 1024
_OK = 200
_PORTS = {"http": 80, "https": 443}
_GONE = frozenset({"file_not_found", "file_deleted", "access_denied", "not_visible"})


class SlackFile(BaseModel):
    """As much of a file object as is needed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    user: str = ""
    size: int = Field(default=0, ge=0)
    url_private: str = Field(default="", max_length=3000)
    is_external: bool = False


def is_slacks(url: str, api_url: str) -> bool:
    """Whether a file's address is at Slack's file host.

    For ``https://slack.com/api/`` that is ``https://files.slack.com`` (GovSlack likewise); for anything that
    stands in for Slack it is exactly the place of the API.
    """
    try:
        asked, api = urlsplit(url), urlsplit(api_url)
        asked_port, api_port = (one.port or _PORTS.get(one.scheme) for one in (asked, api))
    except ValueError:
        return False
    if asked.username is not None or asked.password is not None or not asked.hostname:
        return False
    host = (api.hostname or "").removeprefix("www.")
    if host in {"slack.com", "slack-gov.com"}:
        return (asked.scheme, asked.hostname, asked_port) == ("https", f"files.{host}", 443)
    return (asked.scheme, asked.hostname, asked_port) == (api.scheme, api.hostname, api_port)


async def fetch(client: AsyncWebClient, file_id: str, slack_user: str) -> bytes | Problem:
    """The bytes of a file that this person uploaded; or why they cannot be had."""
    try:
        answer = await client.files_info(file=file_id)
        found = SlackFile.model_validate(answer.get("file"))
        if found.user != slack_user or found.is_external or not is_slacks(found.url_private, client.base_url):
            log.warning("a file was not fetched: it is not the requester's own, or not at Slack's file host")
            return _problem(Trouble.FILE_ELSEWHERE)
        if found.size > MOST_BYTES:
            return _problem(Trouble.FILE_TOO_BIG)
        return await _download(client, found.url_private)
    except SlackApiError as error:
        return _refused(error)
    except (TimeoutError, SlackClientError, aiohttp.ClientError, ValidationError) as error:
        log.warning("a file could not be fetched: %s", where(error))
        return _problem(Trouble.FILE_UNREACHABLE)


def _refused(error: SlackApiError) -> Problem:
    code = code_of(error)
    if code == "missing_scope":
        return _problem(Trouble.MISSING_SCOPE, str(error.response.get("needed") or "files:read"))
    log.warning("a file could not be looked at: %s", code)
    return _problem(Trouble.FILE_GONE if code in _GONE else Trouble.FILE_UNREACHABLE)


@asynccontextmanager
async def opened(client: AsyncWebClient) -> AsyncIterator[aiohttp.ClientSession]:
    """The client's own session, or one for this call where it has none."""
    if client.session is not None:
        yield client.session
        return
    async with aiohttp.ClientSession(trust_env=client.trust_env_in_session) as session:
        yield session


async def _download(client: AsyncWebClient, url: str) -> bytes | Problem:
    headers = {"Authorization": f"Bearer {client.token}"}
    limit = aiohttp.ClientTimeout(total=TIMEOUT)
    async with (
        opened(client) as session,
        session.get(url, headers=headers, allow_redirects=False, timeout=limit) as response,
    ):
        if response.status != _OK:
            log.warning("a file was answered with status %s", response.status)
            return _problem(Trouble.FILE_GONE if response.status in {404, 410} else Trouble.FILE_UNREACHABLE)
        if _is_login_page(response.headers):
            log.error("Slack answered a file with its login page: the bot token lacks files:read, or is old")
            return _problem(Trouble.FILE_TOKEN)
        return await _bounded(response)


def _is_login_page(headers: Mapping[str, Any]) -> bool:
    kind = str(headers.get("Content-Type", "")).partition(";")[0].strip().casefold()
    return kind in {"text/html", "application/xhtml+xml"}


async def _bounded(response: aiohttp.ClientResponse) -> bytes | Problem:
    """The body, given up as soon as it is too long, whatever was announced."""
    data = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > MOST_BYTES:
            return _problem(Trouble.FILE_TOO_BIG)
    return bytes(data)


def _problem(trouble: Trouble, detail: str = "") -> Problem:
    return Problem(trouble, Where.FILE, detail)
