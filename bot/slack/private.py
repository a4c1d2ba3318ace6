"""Direct messages: one sentence to one person, best effort, some of them at most once."""

from __future__ import annotations

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.operation import Operation
from bot.ports.clock import Clock
from bot.ports.store import Post, Store, Transaction
from bot.slack.messages import private
from bot.slack.messages.message import Message
from bot.slack.poster import BROKEN, failure, unrepeating

_LOG = logging.getLogger(__name__)


class Private:
    """Tells people things in private."""

    def __init__(self, client: AsyncWebClient, store: Store, clock: Clock) -> None:
        self._client = unrepeating(client)
        self._store = store
        self._clock = clock

    async def say(self, slack_user: str, operation: Operation | None, sentence: str, link: str = "") -> str:
        """Send one sentence; where it stands, or nothing if Slack did not say that it does."""
        return await self._send(slack_user, private.build(operation, sentence, link))

    async def once(self, operation: Operation, part: str, sentence: str) -> None:
        """Tell the requester something once for ever; where it is in doubt it is not repeated."""
        slack_user, now = operation.requester.slack_user, self._clock.now()

        def intend(tx: Transaction) -> bool:
            if part in tx.posts(operation.id):
                return False
            tx.put_post(Post(operation.id, part, slack_user), now)
            return True

        if not await self._store.write(intend):
            return
        ts = await self.say(slack_user, operation, sentence)
        if ts:
            at = self._clock.now()
            await self._store.write(lambda tx: tx.posted(operation.id, part, ts, at))

    async def _send(self, slack_user: str, message: Message) -> str:
        try:
            answer = await self._client.chat_postMessage(
                channel=slack_user, text=message.text, blocks=list(message.blocks)
            )
        except SlackApiError as error:
            _LOG.warning("a direct message was not sent: %s", failure(error))
            return ""
        except BROKEN as error:
            _LOG.warning("a direct message may not have been sent: %s", type(error).__name__)
            return ""
        return str(answer["ts"])
