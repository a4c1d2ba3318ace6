"""The files of operations in their threads: sent once, given up after some tries, in nobody's way."""

from __future__ import annotations

import logging
from collections import Counter

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports.clock import Clock
from bot.ports.store import Post, Store
from bot.service.story import Story
from bot.slack.filer import Filer
from bot.slack.messages import papers
from bot.slack.poster import Placed, Wait
from bot.slack.updater import Key, Later, Result

_LOG = logging.getLogger(__name__)

TRIES = 5
"""Tries for a file in the life of a process; then the log says that it is not there."""
BETWEEN_POSTS = 1.0
"""Seconds between two posts in one channel (SL §6)."""


class Paperwork:
    """What was sent, and what was tried in vain."""

    def __init__(self, client: AsyncWebClient, store: Store, clock: Clock) -> None:
        self._store = store
        self._filer = Filer(client, store, clock)
        self._vain: Counter[Key] = Counter()

    async def send(self, story: Story, part: str, parent: Post) -> Result | None:
        """Make sure that one file is in the thread of ``parent``; what to wait for before anything else."""
        key = (story.operation.id, part)
        if self._vain[key] >= TRIES:
            return None
        post = story.posts.get(part) or Post(story.operation.id, part, parent.channel)
        placed = await self._filer.ensure(post, papers.parcel(self._store, story, part), parent.ts)
        if isinstance(placed, Placed):
            return Later(BETWEEN_POSTS, spent=False) if placed.fresh else None
        self._vain[key] = self._vain[key] + 1 if isinstance(placed, Wait) else TRIES
        if isinstance(placed, Wait) and self._vain[key] < TRIES:
            return Later(placed.seconds, spent=False)
        _LOG.warning("part %s of %s is not sent: Slack does not take it", part, story.operation.id)
        return None

    def forget(self, operation_id: str) -> None:
        """An operation that has all of its messages needs no memory."""
        for part in papers.PARTS:
            del self._vain[operation_id, part]
