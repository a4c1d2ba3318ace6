"""Files in an operation's thread, each once: intent, upload, its id kept, shared; in doubt looked up.

Slack shares what has been uploaded under one id. That id is kept before the file is shared, so whoever
comes back after a crash asks Slack whether this very file is in the channel, and otherwise shares it again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports.clock import Clock
from bot.ports.store import Post, Store, Transaction
from bot.slack import uploads
from bot.slack.client import code_of
from bot.slack.poster import BROKEN, Placed, Posted, Refused, Wait, failure, unrepeating
from bot.slack.uploads import File, Target

_LOG = logging.getLogger(__name__)

_GONE = frozenset({"file_not_found", "file_deleted"})


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file that is made only where it is needed."""

    title: str
    make: Callable[[], Awaitable[File]]


class Filer:
    """Sends the files of operations into threads."""

    def __init__(self, client: AsyncWebClient, store: Store, clock: Clock) -> None:
        self._client = unrepeating(client)
        self._store = store
        self._clock = clock

    async def ensure(self, post: Post, parcel: Parcel, thread_ts: str) -> Posted:
        """Make sure that this file is in the thread, exactly once."""
        known, file_id = await self._store.write(lambda tx: self._intend(tx, post))
        if known.ts:
            return Placed(known.ts)
        target = Target(known.channel, thread_ts)
        try:
            if file_id and await self._is_shared(file_id, target):
                return await self._stands(known, file_id)
            shared = await self._share(known, file_id, parcel, target)
        except SlackApiError as error:
            return self._failed(post, error)
        except BROKEN as error:
            what = type(error).__name__
            _LOG.warning("part %s of %s may not be there yet: %s", post.part, post.operation, what)
            return Wait()
        return await self._stands(known, shared, fresh=True)

    def _intend(self, tx: Transaction, post: Post) -> tuple[Post, str]:
        known = tx.put_post(post, self._clock.now())
        bytes_at = tx.posts(post.operation).get(_bytes_part(post))
        return known, bytes_at.ts if bytes_at else ""

    async def _is_shared(self, file_id: str, target: Target) -> bool:
        """Whether Slack shows the file in the channel, as the file itself or the thread tells."""
        try:
            found = (await self._client.files_info(file=file_id))["file"]
        except SlackApiError as error:
            if code_of(error) in _GONE:  # uploaded and not shared yet, or nobody kept it
                return False
            raise
        if target.channel in _channels(found):
            return True
        answer = await self._client.conversations_replies(
            channel=target.channel, ts=target.thread_ts, limit=1_000
        )
        messages = answer.get("messages") or ()
        return any(one.get("id") == file_id for message in messages for one in message.get("files") or ())

    async def _share(self, post: Post, file_id: str, parcel: Parcel, target: Target) -> str:
        if file_id:
            try:
                await uploads.share(self._client, file_id, parcel.title, target)
            except SlackApiError as error:
                if code_of(error) not in _GONE:
                    raise
            else:
                return file_id
        file = await parcel.make()
        file_id = await uploads.put(self._client, file)
        await self._store.write(lambda tx: self._keep_id(tx, post, file_id))
        await uploads.share(self._client, file_id, parcel.title, target)
        return file_id

    def _keep_id(self, tx: Transaction, post: Post, file_id: str) -> None:
        now, part = self._clock.now(), _bytes_part(post)
        tx.put_post(replace(post, part=part, ts=file_id), now)
        tx.posted(post.operation, part, file_id, now)

    async def _stands(self, post: Post, file_id: str, *, fresh: bool = False) -> Placed:
        now = self._clock.now()
        await self._store.write(lambda tx: tx.posted(post.operation, post.part, file_id, now))
        return Placed(file_id, fresh)

    def _failed(self, post: Post, error: SlackApiError) -> Posted:
        code = code_of(error)
        _LOG.warning("part %s of %s was not taken: %s", post.part, post.operation, code)
        # An app without the scope gets it by a new installation, long after this thread was of interest.
        return Refused(code) if code == "missing_scope" else failure(error)


def _bytes_part(post: Post) -> str:
    """Under which part the id of the uploaded bytes is kept."""
    return f"{post.part}-file"


def _channels(found: Any) -> set[str]:
    """Every channel that a file object names."""
    shares = found.get("shares") or {}
    listed = [*(found.get("channels") or ()), *(found.get("groups") or ()), *(found.get("ims") or ())]
    return {*listed, *(channel for kind in shares.values() for channel in kind)}
