"""Private sentences: where nobody but the person who asked can read them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.messages.blocks import Json
from bot.slack.modals import message
from bot.slack.payloads import Request
from bot.slack.screens import Instead, Screen, Screens
from bot.words.escape import escaped

log = logging.getLogger(__name__)

_LONGEST = 3_000
_OK = 200


class Replies:
    """Answers one person, by whatever way his request left open."""

    def __init__(self, client: AsyncWebClient, screens: Screens) -> None:
        self._client = client
        self._screens = screens

    async def privately(self, asked: Request, sentence: str) -> None:
        """Say one sentence: in a modal that waits, beside message or command, in the modal, or directly."""
        waits = self._screens.loading(asked.trigger_id)
        if waits is not None:
            await self._screens.show(waits, message.saying(sentence), Instead(sentence))
            return
        if asked.response_url and await self.ephemeral(asked.response_url, sentence):
            return
        user = asked.who.id
        if asked.view is not None and asked.view.callback_id:
            screen = Screen(user, asked.view.id)
            await self._screens.show(screen, message.saying(sentence), Instead(sentence))
        elif not (asked.trigger_id and await self._opened(asked.trigger_id, user, sentence)):
            await self._screens.tell(user, Instead(sentence))

    async def _opened(self, trigger_id: str, user: str, sentence: str) -> bool:
        return await self._screens.open(trigger_id, user, message.saying(sentence)) is not None

    async def ephemeral(
        self,
        response_url: str,
        sentence: str,
        blocks: Sequence[Json] = (),
        *,
        replace: bool = False,
    ) -> bool:
        """Answer through a response_url (five times in half an hour, SL §2); False where Slack would not."""
        webhook = AsyncWebhookClient(
            response_url,
            session=self._client.session,
            proxy=self._client.proxy,
            retry_handlers=[],
        )
        try:
            answer = await webhook.send(
                text=escaped(sentence, _LONGEST),
                blocks=list(blocks) or None,
                response_type="ephemeral",
                replace_original=replace,
            )
        except (TimeoutError, SlackClientError, aiohttp.ClientError) as error:
            log.warning("a response_url did not answer: %s", type(error).__name__)
            return False
        return answer.status_code == _OK
