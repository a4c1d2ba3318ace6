"""Keeps the messages of operations as the store has them (ports.notifier); the store is the truth.

Whatever is asked here ends in reading the operation anew: ``bot.slack.updater`` decides whose turn it is,
``bot.slack.upkeep`` what becomes of the message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.operation import ENDS, State
from bot.domain.plan import Line, UnknownSchemaError
from bot.ports.clock import Clock
from bot.ports.sink import HeadSink
from bot.ports.store import PlanTampered, Store, Transaction
from bot.service.house import Binding
from bot.service.story import UNFINISHED, Story, read_story
from bot.slack.messages import approval, glass, head, operation
from bot.slack.neighbours import Neighbours
from bot.slack.permalinks import Permalinks
from bot.slack.poster import Placed, Refused
from bot.slack.private import Private
from bot.slack.updater import Key, Nothing, Result, Updater
from bot.slack.upkeep import TOLD_END, Upkeep
from bot.words import operation as words

_LOG = logging.getLogger(__name__)

_HIDDEN = frozenset({State.PROPOSED, State.DISCARDED})
_ATTEMPTS = 4
_PAUSE = 1.0
_LONGEST_PAUSE = 10.0
_RECENT = timedelta(days=7)
_MOST_ENDED = 50
_MOST_UNFINISHED = 1_000


class SlackNotifier:
    """`bot.ports.notifier.Notifier` for one workspace."""

    def __init__(
        self,
        client: AsyncWebClient,
        store: Store,
        binding: Binding,
        clock: Clock,
        *,
        sink: HeadSink | None = None,
    ) -> None:
        self._store = store
        self._binding = binding
        self._clock = clock
        self._updater = Updater(self._refresh, self._ended, clock)
        self._upkeep = Upkeep(client, store, binding, clock, self._updater.mark, sink)
        self._neighbours = Neighbours(store, binding.key, self._updater.mark)
        self._private = Private(client, store, clock)
        self._links = Permalinks(client)
        self._task: asyncio.Task[None] | None = None
        self._watching: list[Callable[[str], None]] = []

    def watch(self, watcher: Callable[[str], None]) -> None:
        """Tell this one, too, of every operation that changed; it must neither block nor fail."""
        self._watching.append(watcher)

    async def start(self) -> None:
        """Bring everything up to date that a former process may have left behind, and keep it so."""
        await self.recover()
        self._task = asyncio.create_task(self._updater.run(), name="slack-updater")

    async def stop(self) -> None:
        """Leave what is under way: whatever is in doubt then is found by the next process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def quiet(self) -> None:
        """Wait until every message is as the store has it."""
        await self._updater.quiet()

    async def recover(self) -> None:
        """Mark what is not finished, and what ended lately without all of its messages."""
        since = self._clock.now() - _RECENT

        def look(tx: Transaction) -> list[str]:
            key = self._binding.key
            waiting = tx.operations(key, states=UNFINISHED, limit=_MOST_UNFINISHED)
            ended = tx.operations(key, states=ENDS - _HIDDEN, changed_after=since, limit=_MOST_ENDED)
            return [*waiting, *(one for one in ended if not _complete(tx, one))]

        for operation_id in await self._store.read(look):
            self.changed(operation_id)

    def changed(self, operation_id: str) -> None:
        """The operation changed: bring its messages up to date soon, first the one that somebody looks at."""
        self._updater.mark((operation_id, self._upkeep.pressed_next(operation_id)))
        self._updater.mark((operation_id, operation.PART))
        for watcher in self._watching:
            watcher(operation_id)

    async def announce(self, operation_id: str) -> bool:
        """Make sure that the operation has its one message; False if Slack would not take it for now."""
        for _ in range(_ATTEMPTS):
            story = await self._story(operation_id)
            if story is None:
                return False
            placed = await self._upkeep.announce(story)
            if isinstance(placed, Placed):
                return True
            if isinstance(placed, Refused):
                await self._upkeep.lost(story, placed.code)
                return False
            await self._clock.sleep(min(placed.seconds or _PAUSE, _LONGEST_PAUSE))
        return False

    async def tell(self, slack_user: str, key: str, operation_id: str = "") -> None:
        """Send one private sentence (a key of ``bot.words.operation``) to somebody; best effort."""
        story = await self._story(operation_id) if operation_id else None
        link = await self._link(story) if story and key in words.LINKED else ""
        await self._private.say(slack_user, story.operation if story else None, words.notice(key), link)

    async def _link(self, story: Story) -> str:
        """Where one decides on it, or stops it."""
        there = (story.posts.get(part) for part in (glass.PART, approval.PART, operation.PART))
        post = next((one for one in there if one is not None and one.ts), None)
        return await self._links.link(post) if post else ""

    async def _refresh(self, key: Key) -> Result:
        operation_id, part = key
        story = await self._read(operation_id)
        if isinstance(story, str):
            since = self._clock.now() - _RECENT
            return await self._upkeep.unreadable(operation_id, story, since)
        if story is None or story.operation.state in _HIDDEN:
            return Nothing()
        await self._neighbours.tell(story)
        return await self._upkeep.refresh(story, part)

    async def _story(self, operation_id: str) -> Story | None:
        story = await self._read(operation_id)
        return None if isinstance(story, str) else story

    async def _read(self, operation_id: str) -> Story | str | None:
        """The operation as it is now; for a plan that cannot be trusted the word under which it is held."""
        try:
            return await self._store.read(lambda tx: read_story(tx, self._binding.key, operation_id, _named))
        except PlanTampered:
            return "tampered"
        except UnknownSchemaError:
            return "unknown_schema"

    async def _ended(self, keys: Collection[Key]) -> frozenset[Key]:
        def look(tx: Transaction) -> frozenset[Key]:
            return frozenset(key for key in keys if (tx.standing(key[0]) or (None, 0))[0] in ENDS)

        return await self._store.read(look)


def _named(story: Story) -> Iterable[Line]:
    """Messages name some; whoever needs more of 10,000 reads them himself, some hundred at a time."""
    waits = story.operation.state is State.AWAITING_APPROVAL
    return [*operation.first(story), *(approval.first(story) if waits else ())]


def _complete(tx: Transaction, operation_id: str) -> bool:
    posts = tx.posts(operation_id)
    posted = posts.get(head.PART)
    return bool(posted and posted.ts) or TOLD_END in posts
