"""What Slack remembers of the audit chain: the newest head that we posted in a channel (design §7)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.audit import Head
from bot.slack.messages import head, operation
from bot.slack.messages.message import EVENT
from bot.slack.poster import BROKEN

_HEAD = re.compile(r"\b(\d+):([0-9a-f]{64})\b")
_LOOKED_AT = 100
_THREADS = 5
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A head as it stands in Slack, and when it was posted."""

    head: Head
    at: datetime


async def newest_head(client: AsyncWebClient, channel: str, bot_id: str) -> Witnessed | None:
    """The head with the highest number in the newest threads of our own; None where Slack tells of none.

    Only our own posts count: anybody can write something that looks like a head. Best effort, since a start
    does not wait for a Slack that is slow.
    """
    if not channel:
        return None
    try:
        async with asyncio.timeout(_SECONDS):
            history = await client.conversations_history(
                channel=channel, limit=_LOOKED_AT, include_all_metadata=True
            )
            ours = [one for one in history["messages"] if _is_part(one, operation.PART, bot_id)]
            threads = [one["ts"] for one in ours if one.get("reply_count")][:_THREADS]
            replies = await asyncio.gather(*(_replies(client, channel, ts) for ts in threads))
    except (SlackApiError, *BROKEN):
        return None
    heads = [_head(one) for thread in replies for one in thread if _is_part(one, head.PART, bot_id)]
    return max((one for one in heads if one), key=lambda one: one.head.seq, default=None)


async def _replies(client: AsyncWebClient, channel: str, ts: str) -> list[dict[str, Any]]:
    answer = await client.conversations_replies(
        channel=channel, ts=ts, limit=_LOOKED_AT, include_all_metadata=True
    )
    found: list[dict[str, Any]] = answer["messages"]
    return found


def _is_part(message: dict[str, Any], part: str, bot_id: str) -> bool:
    metadata = message.get("metadata") or {}
    of_ours = metadata.get("event_type") == EVENT and message.get("bot_id") == bot_id
    return of_ours and (metadata.get("event_payload") or {}).get("part") == part


def _head(message: dict[str, Any]) -> Witnessed | None:
    found = _HEAD.search(str(message.get("text", "")))
    if found is None:
        return None
    at = datetime.fromtimestamp(float(message["ts"]), UTC)
    return Witnessed(Head(int(found[1]), found[2]), at)
