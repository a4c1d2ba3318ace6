"""A modal on somebody's screen: opened at once, filled when there is something to show (design §6).

views.update may arrive before Slack has carried out the ``update`` of an acknowledgement that was sent a
moment earlier; the loading view would then cover the result for ever. So the first update waits a little, and
is looked after once: if the view is no longer ours and nobody here changed it, it is shown again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports.clock import Clock
from bot.slack.client import code_of
from bot.slack.messages.blocks import Json
from bot.slack.modals import loading
from bot.slack.tasks import Tasks
from bot.words.escape import escaped

log = logging.getLogger(__name__)

SETTLE = 0.1
"""Seconds between an acknowledgement and the first update."""
LOOK_AFTER = 1.0
"""Seconds after which a view that was updated that soon is looked after."""
PAUSES = (0.3, 1.0, 3.0)
"""Seconds between tries while Slack cannot be reached or does not know the view yet."""

_OWN_TROUBLE = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "not_json"},
)
_GONE = frozenset({"not_found", "view_not_found"})
_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Screen:
    """A modal of one person; ``fresh_ack`` says that an acknowledgement has just put a view into it."""

    user: str
    view_id: str
    fresh_ack: bool = False


@dataclass(frozen=True, slots=True)
class Instead:
    """What is sent as a direct message where the modal is gone; ``text`` is plain."""

    text: str
    blocks: Sequence[Json] = ()


class Screens:
    """Opens and fills modals of one workspace."""

    def __init__(self, client: AsyncWebClient, clock: Clock, tasks: Tasks) -> None:
        self._client = client
        self._clock = clock
        self._tasks = tasks
        self._turns: dict[str, int] = {}
        self._loading: dict[str, Screen] = {}
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self, trigger_id: str, user: str, view: Json) -> Screen | None:
        """Open a modal; None where Slack would not (the trigger is older than 3 s)."""
        try:
            answer = await self._client.views_open(trigger_id=trigger_id, view=view)
        except (TimeoutError, SlackClientError, aiohttp.ClientError) as error:
            log.warning("a modal could not be opened: %s", code_of(error))
            return None
        screen = Screen(user, str((answer.get("view") or {}).get("id") or ""))
        if view.get("callback_id") == loading.CALLBACK:
            self._loading[trigger_id] = screen
            while len(self._loading) > _REMEMBERED:
                del self._loading[next(iter(self._loading))]
        return screen

    def loading(self, trigger_id: str) -> Screen | None:
        """The modal that this request opened and that still says to wait; what went wrong belongs there."""
        return self._loading.get(trigger_id)

    def acknowledged(self, user: str, view_id: str) -> Screen:
        """The modal that an acknowledgement fills with a loading view right now."""
        self._turn(view_id)
        return Screen(user, view_id, fresh_ack=True)

    async def show(self, screen: Screen, view: Json, instead: Instead | None) -> bool:
        """Put a view on the screen, again until it shows; where the modal is gone, send ``instead``.

        None is for what only adds to something that was read already.
        """
        turn = self._turn(screen.view_id)
        self._has_waited(screen.view_id)
        if screen.fresh_ack:
            await self._clock.sleep(SETTLE)
        async with self._in_turn(screen.view_id):
            if self._turns.get(screen.view_id, 0) > turn:
                return True  # something newer stands there already, or comes next
            shown = await self._update(screen, view)
        if shown is None:
            if instead is not None:
                await self.tell(screen.user, instead)
            return False
        if screen.fresh_ack:
            self._tasks.start_idle(self._look_after(screen, view, turn, shown), "look after a modal")
        return True

    async def tell(self, user: str, what: Instead) -> None:
        """Send a direct message from the app."""
        text = escaped(what.text, 3_000)
        await self._client.chat_postMessage(channel=user, text=text, blocks=list(what.blocks) or None)

    def closed(self, view_id: str) -> None:
        """Forget a view that was closed."""
        self._turns.pop(view_id, None)
        self._has_waited(view_id)

    def _has_waited(self, view_id: str) -> None:
        for trigger_id in [one for one, screen in self._loading.items() if screen.view_id == view_id]:
            del self._loading[trigger_id]

    def _turn(self, view_id: str) -> int:
        turn = self._turns.pop(view_id, 0) + 1
        self._turns[view_id] = turn
        while len(self._turns) > _REMEMBERED:
            del self._turns[next(iter(self._turns))]
        return turn

    def _in_turn(self, view_id: str) -> asyncio.Lock:
        """One update of a view at a time, so that the newest is the last to arrive."""
        return self._under_way.setdefault(view_id, asyncio.Lock())

    async def _update(self, screen: Screen, view: Json) -> str | None:
        """The view's new hash, or None where there is nothing to update any more."""
        for pause in (*PAUSES, None):
            try:
                answer = await self._client.views_update(view_id=screen.view_id, view=view)
                return str((answer.get("view") or {}).get("hash") or "")
            except (TimeoutError, SlackClientError, aiohttp.ClientError) as error:
                code = code_of(error)
                if code in _GONE or pause is None or not _passing(error):
                    log.warning("a modal could not be filled: %s", code)
                    return None
                await self._clock.sleep(pause)
        return None

    async def _look_after(self, screen: Screen, view: Json, turn: int, shown: str) -> None:
        await self._clock.sleep(LOOK_AFTER)
        if self._turns.get(screen.view_id) != turn:
            return
        try:
            await self._client.views_update(view_id=screen.view_id, view=view, hash=shown)
        except SlackApiError as error:
            if code_of(error) == "hash_conflict" and self._turns.get(screen.view_id) == turn:
                await self._update(screen, view)


def _passing(error: Exception) -> bool:
    """Whether trying again can help: no answer, Slack's own trouble, or too many requests."""
    code = code_of(error)
    return not isinstance(error, SlackApiError) or code in _OWN_TROUBLE
