"""Posting exactly once: intent row, post, where it stands; what is in doubt is looked for first (design §6).

slack_sdk repeats a call whose connection broke, and a post may then stand there twice (SL §6): posts and
edits go through a client of their own that repeats nothing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports.clock import Clock
from bot.ports.store import Post, Store, Transaction
from bot.slack.messages.blocks import Json
from bot.slack.messages.message import Message, belongs

_LOG = logging.getLogger(__name__)

TIMEOUT = 10
"""Seconds that Slack has for one answer."""
_PAGES = 10
_PAGE = 200
_LOOK_BACK = 60.0
"""Seconds before the operation was made from which the history is read: clocks differ."""

BROKEN = (ClientError, TimeoutError, ConnectionError)
"""What a call without an answer raises."""


@dataclass(frozen=True, slots=True)
class Placed:
    """It stands there; ``ts`` is Slack's name for it. ``fresh`` where it was posted just now."""

    ts: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack does not take it, and would not take it again: Slack's own error code."""

    code: str


@dataclass(frozen=True, slots=True)
class Wait:
    """It did not work for now; nothing stands there, or it will be found next time."""

    seconds: float | None = None
    limited: bool = False
    """Whether Slack itself asked to wait (429)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look for a post in doubt: not before ``since``, in a thread if ``thread_ts`` names one."""

    since: datetime
    thread_ts: str = ""


Posted = Placed | Refused | Wait

_PASSING = frozenset(
    {
        "ratelimited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        # The app itself is locked out; when that is mended, the message is as good as before.
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_authed",
        "token_expired",
        "token_revoked",
    },
)
"""Errors that say nothing of the message or its place."""


def unrepeating(client: AsyncWebClient) -> AsyncWebClient:
    """The same client without its habit of repeating calls."""
    return AsyncWebClient(
        token=client.token,
        base_url=client.base_url,
        timeout=TIMEOUT,
        ssl=client.ssl,
        proxy=client.proxy,
        session=client.session,
        headers=dict(client.headers),
        retry_handlers=[],
    )


def failure(error: SlackApiError) -> Refused | Wait:
    """What a refusal of Slack means for the message."""
    response: Any = error.response
    # Where a body is no JSON, slack_sdk hands over aiohttp's own response, which names its status otherwise.
    status = getattr(response, "status_code", None) or response.status
    if status == 429:  # noqa: PLR2004  the status itself
        return Wait(float(response.headers.get("Retry-After", 1)), limited=True)
    body = getattr(response, "data", None)
    code = str(body.get("error", "")) if isinstance(body, dict) else ""
    if not code or code in _PASSING or status >= 500:  # noqa: PLR2004  any server error
        return Wait()
    return Refused(code)


class Poster:
    """Posts the parts of operations' messages, each once."""

    def __init__(self, client: AsyncWebClient, store: Store, clock: Clock) -> None:
        self._client = unrepeating(client)
        self._store = store
        self._clock = clock
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def ensure(self, post: Post, message: Message, place: Place) -> Posted:
        """Make sure that this part stands in its channel, or in a thread of it, exactly once."""
        lock = self._locks.setdefault((post.operation, post.part), asyncio.Lock())
        async with lock:
            return await self._ensure(post, message, place)

    async def _ensure(self, post: Post, message: Message, place: Place) -> Posted:
        known, is_new = await self._store.write(lambda tx: self._intend(tx, post))
        if known.ts:
            return Placed(known.ts)
        if not is_new:
            found = await self._look(known, place)
            if found is not None:
                return found
        return await self._post(known, message, place)

    def _intend(self, tx: Transaction, post: Post) -> tuple[Post, bool]:
        known = tx.posts(post.operation).get(post.part)
        return (known, False) if known else (tx.put_post(post, self._clock.now()), True)

    async def _post(self, post: Post, message: Message, place: Place) -> Posted:
        try:
            answer = await self._client.chat_postMessage(
                channel=post.channel,
                text=message.text,
                blocks=list(message.blocks),
                metadata=message.metadata,
                thread_ts=place.thread_ts or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackApiError as error:
            return failure(error)
        except BROKEN:
            return await self._look(post, place) or Wait()
        return await self._stands(post, str(answer["ts"]), fresh=True)

    async def _stands(self, post: Post, ts: str, *, fresh: bool = False) -> Placed:
        now = self._clock.now()
        await self._store.write(lambda tx: tx.posted(post.operation, post.part, ts, now))
        return Placed(ts, fresh)

    async def _look(self, post: Post, place: Place) -> Posted | None:
        """Search for a post in doubt; None where it surely does not stand there."""
        try:
            ts = await self._search(post, place)
        except SlackApiError as error:
            _LOG.warning("cannot look for part %s of %s: %s", post.part, post.operation, failure(error))
            return failure(error)
        except BROKEN:
            return Wait()
        return await self._stands(post, ts) if ts else None

    async def _search(self, post: Post, place: Place) -> str:
        cursor = ""
        for _ in range(_PAGES):
            page = await self._page(post, place, cursor)
            for message in page.get("messages") or ():
                if belongs(message.get("metadata"), post.operation, post.part):
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return ""
        raise TimeoutError

    async def _page(self, post: Post, place: Place, cursor: str) -> Any:
        oldest = place.since.timestamp() - _LOOK_BACK
        asked: Json = {
            "channel": post.channel,
            "include_all_metadata": True,
            "limit": _PAGE,
            "oldest": f"{oldest:.6f}",
            "cursor": cursor or None,
        }
        if place.thread_ts:
            return (await self._client.conversations_replies(ts=place.thread_ts, **asked)).data
        return (await self._client.conversations_history(**asked)).data

    async def edit(self, post: Post, message: Message) -> Posted:
        """Change a message that stands."""
        try:
            await self._client.chat_update(
                channel=post.channel, ts=post.ts, text=message.text, blocks=list(message.blocks)
            )
        except SlackApiError as error:
            return failure(error)
        except BROKEN:
            return Wait()
        return Placed(post.ts)
