"""Whether people may be named in a channel: only where it is private, unless a setting allows public ones."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports.clock import Clock
from bot.slack.poster import BROKEN, Refused, Wait, failure, unrepeating

REMEMBERED = 60.0
"""Seconds for which an answer is believed: a private channel can be made public."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What may be shown in a channel."""

    names: bool


class Channels:
    """Asks Slack, and remembers for a minute."""

    def __init__(self, client: AsyncWebClient, clock: Clock, *, names_in_public: bool) -> None:
        self._client = unrepeating(client)
        self._clock = clock
        self._names_in_public = names_in_public
        self._known: dict[str, tuple[float, Naming]] = {}

    async def naming(self, channel: str) -> Naming | Refused | Wait:
        """Whether names may stand there; never a guess: without an answer there is nothing to show."""
        until, known = self._known.get(channel, (0.0, Naming(names=False)))
        if until > self._clock.monotonic():
            return known
        try:
            answer = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            return failure(error)
        except BROKEN:
            return Wait()
        found = answer["channel"]
        outside = found.get("is_ext_shared", True)
        private = found.get("is_private") is True
        naming = Naming(names=not outside and (private or self._names_in_public))
        self._known[channel] = (self._clock.monotonic() + REMEMBERED, naming)
        return naming
