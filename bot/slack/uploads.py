"""Sending files to Slack in its three steps (SL §6): ask for an address, send the bytes there, share them.

Each step is a function of its own, so that whoever must not share anything twice can remember in between.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.files import is_slacks, opened

TIMEOUT = 30
ALT_TEXT = 1_000
"""Characters of a picture's description that Slack takes."""
_OK = 200


class NotTaken(aiohttp.ClientError):
    """Slack's file host did not take the bytes; nothing was shared."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to send; ``alt_text`` describes a picture to whoever does not see it."""

    name: str
    title: str
    content: bytes
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to share: a channel's id (of a direct message too), in a thread of it if one is named."""

    channel: str
    thread_ts: str = ""
    comment: str = ""
    """mrkdwn, escaped already."""


async def put(client: AsyncWebClient, file: File) -> str:
    """Steps one and two: the bytes are at Slack under this id, and nobody sees them yet.

    Raises slack_sdk's errors, aiohttp's, TimeoutError.
    """
    answer = await client.files_getUploadURLExternal(
        filename=file.name, length=len(file.content), alt_txt=file.alt_text[:ALT_TEXT] or None
    )
    url = str(answer["upload_url"])
    if not is_slacks(url, client.base_url):
        raise NotTaken("the address for the upload is not at Slack's file host")
    limit = aiohttp.ClientTimeout(total=TIMEOUT)
    async with (
        opened(client) as session,
        session.post(url, data=io.BytesIO(file.content), allow_redirects=False, timeout=limit) as response,
    ):
        if response.status != _OK:
            raise NotTaken(f"status {response.status}")
    return str(answer["file_id"])


async def share(client: AsyncWebClient, file_id: str, title: str, target: Target) -> None:
    """Step three: everybody in the channel sees the file. Raises as :func:`put` does."""
    await client.files_completeUploadExternal(
        files=[{"id": file_id, "title": title}],
        channel_id=target.channel,
        thread_ts=target.thread_ts or None,
        initial_comment=target.comment or None,
    )


async def send_directly(client: AsyncWebClient, slack_user: str, file: File, comment: str) -> None:
    """Send a file to one person as a direct message from the app. Raises as :func:`put` does."""
    opened = await client.conversations_open(users=slack_user)
    channel = str((opened.get("channel") or {}).get("id") or "")
    await share(client, await put(client, file), file.title, Target(channel, comment=comment))
