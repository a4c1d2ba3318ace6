"""Slack's own addresses of messages, asked once each: a message never moves."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports.store import Post
from bot.service.story import Story
from bot.slack.poster import BROKEN, failure, unrepeating

_LOG = logging.getLogger(__name__)
_REMEMBERED = 1_000


class Permalinks:
    """chat.getPermalink, remembered (SL §6: 600 a minute, far more than there are operations)."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = unrepeating(client)
        self._known: dict[tuple[str, str], str] = {}

    async def of(self, story: Story) -> Mapping[str, str]:
        """Operation id -> address, for everything that this operation's messages lead to."""
        posts = [kin.post for kin in story.kin if kin.post]
        posts += [story.parent] if story.parent else []
        found = {post.operation: await self.link(post) for post in posts}
        return {operation: url for operation, url in found.items() if url}

    async def link(self, post: Post) -> str:
        """The address of one message; empty where Slack does not tell it now."""
        key = (post.channel, post.ts)
        if key not in self._known:
            url = await self._ask(post)
            if not url:
                return ""
            self._known[key] = url
            while len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        return self._known[key]

    async def _ask(self, post: Post) -> str:
        try:
            answer = await self._client.chat_getPermalink(channel=post.channel, message_ts=post.ts)
        except SlackApiError as error:
            _LOG.warning("no permalink for part %s of %s: %s", post.part, post.operation, failure(error))
            return ""
        except BROKEN:
            return ""
        return str(answer.get("permalink") or "")
