"""Whether the bot can do its work, part by part, for ``/health``: no part is taken on trust."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.slack.desk import Desk
from bot.slack.tasks import where

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that one part has for its answer; who asks for health seldom waits for longer than five."""
SLACK_BELIEVED = 15.0
"""Seconds for which Slack's last answer counts, so that whoever asks often does not ask Slack as often."""


class Health:
    """Asks the store, the engine and Slack of one binding."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._slack: tuple[float, bool] | None = None

    async def __call__(self) -> dict[str, object]:
        """``ok`` says whether all parts work; the others say which."""
        store, slack = await asyncio.gather(self._store_answers(), self._slack_answers())
        parts = {"store": store, "engine": self._desk.house.runs.alive(), "slack": slack}
        return {"ok": all(parts.values()), **parts}

    async def _store_answers(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._desk.house.store.read(lambda tx: tx.head())
        except Exception as error:  # noqa: BLE001  whatever keeps the store from being read makes it unhealthy
            log.warning("health: the store cannot be read: %s", where(error))
            return False
        return True

    async def _slack_answers(self) -> bool:
        """Whether Slack takes our token; asked for again when the last answer is old."""
        now = self._desk.house.clock.monotonic()
        if self._slack is None or now - self._slack[0] >= SLACK_BELIEVED:
            self._slack = (now, await self._ask_slack())
        return self._slack[1]

    async def _ask_slack(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._desk.client.auth_test()
        except (TimeoutError, SlackClientError, aiohttp.ClientError) as error:
            log.warning("health: Slack does not answer: %s", where(error))
            return False
        return True
