"""Keeps the messages of operations as the store has them (ports.notifier); the store is the truth.

The parts of an operation in Slack: ``main`` (its one message), ``approval`` (in the approvals channel),
``held-N`` (the N-th run is held), and in the thread of ``main``, once it has ended, ``lines-N`` and ``head``.
``told`` and ``told-end`` are direct messages to a requester whose main message is gone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from datetime import timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.operation import ENDS, Operation, State
from bot.domain.plan import UnknownSchemaError
from bot.ports.clock import Clock
from bot.ports.store import PlanTampered, Post, Store, Transaction
from bot.service.house import Binding
from bot.service.story import UNFINISHED, Story, read_story
from bot.slack.messages import approval, head, held, operation, private
from bot.slack.messages.message import Message
from bot.slack.naming import Channels, Naming
from bot.slack.poster import BROKEN, Place, Placed, Posted, Poster, Refused, Wait, failure, unrepeating
from bot.slack.updater import Edited, Key, Later, Nothing, Result, Slower, Updater
from bot.words import operation as words

_LOG = logging.getLogger(__name__)

THREAD = "thread"
"""The key under which the thread of an ended operation is completed; no part of its own."""
TOLD = "told"
TOLD_END = "told-end"
_HIDDEN = frozenset({State.PROPOSED, State.DISCARDED})
_TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"})
_ATTEMPTS = 4
_PAUSE = 1.0
_LONGEST_PAUSE = 10.0
_RECENT = timedelta(days=7)
_MOST_ENDED = 50
_MOST_UNFINISHED = 1_000


class SlackNotifier:
    """`bot.ports.notifier.Notifier` for one workspace."""

    def __init__(self, client: AsyncWebClient, store: Store, binding: Binding, clock: Clock) -> None:
        self._client = unrepeating(client)
        self._store = store
        self._binding = binding
        self._clock = clock
        self._poster = Poster(client, store, clock)
        self._channels = Channels(client, clock, names_in_public=binding.names_in_public)
        self._updater = Updater(self._refresh, self._ended, clock)
        self._sent: dict[Key, Message] = {}
        self._gone: set[str] = set()
        self._task: asyncio.Task[None] | None = None

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
            ended = tx.operations(key, states=ENDS - _HIDDEN, limit=_MOST_ENDED)
            left = [one for one in ended if one.changed_at > since and not _complete(tx, one)]
            return [one.id for one in (*waiting, *left)]

        try:
            found = await self._store.read(look)
        except (PlanTampered, UnknownSchemaError) as error:
            _LOG.error("messages are not brought up to date: operation %s cannot be read", error)
            return
        for operation_id in found:
            self.changed(operation_id)

    def changed(self, operation_id: str) -> None:
        """The operation changed: bring its messages up to date soon."""
        self._updater.mark((operation_id, operation.PART))

    async def announce(self, operation_id: str) -> bool:
        """Make sure that the operation has its one message; False if Slack would not take it for now."""
        for _ in range(_ATTEMPTS):
            story = await self._story(operation_id)
            if story is None:
                return False
            placed = await self._place_main(story)
            if isinstance(placed, Placed):
                return True
            if isinstance(placed, Refused):
                await self._unreachable(story, placed.code)
                return False
            await self._clock.sleep(min(placed.seconds or _PAUSE, _LONGEST_PAUSE))
        return False

    async def tell(self, slack_user: str, key: str, operation_id: str = "") -> None:
        """Send one private sentence (a key of ``bot.words.operation``) to somebody; best effort."""
        story = await self._story(operation_id) if operation_id else None
        await self._say(slack_user, private.build(story.operation if story else None, words.notice(key)))

    # refreshing -------------------------------------------------------------------------------------

    async def _refresh(self, key: Key) -> Result:
        operation_id, part = key
        story = await self._story(operation_id)
        if story is None or story.operation.state in _HIDDEN:
            return Nothing()
        if part == THREAD:
            return await self._complete_thread(story)
        if part == operation.PART:
            return await self._refresh_main(story)
        return await self._refresh_aside(story, part)

    async def _refresh_main(self, story: Story) -> Result:
        one = story.operation
        for part in _aside(story):
            self._updater.mark((one.id, part))
        if one.id in self._gone:
            return await self._unreachable(story, "")
        naming = await self._channels.naming(one.channel)
        if not isinstance(naming, Naming):
            return await self._trouble(story, naming)
        forms = [operation.build(story, names=naming.names)]
        forms += [operation.build(story, names=False)] if naming.names else []
        result = await self._bring(story, operation.PART, one.channel, forms)
        if isinstance(result, Refused | Wait):
            return await self._trouble(story, result)
        if one.state in ENDS:
            self._updater.mark((one.id, THREAD))
        return result

    async def _refresh_aside(self, story: Story, part: str) -> Result:
        """The approval message or the word that it is held: both in the approvals channel."""
        channel = self._binding.approvals_channel or story.operation.channel
        naming = await self._channels.naming(channel)
        if not isinstance(naming, Naming):
            return self._trouble_aside(story, part, naming)
        if part == approval.PART:
            forms = [approval.build(story, names=naming.names), approval.build(story, names=False)]
        else:
            forms = [held.build(story, part)]
        result = await self._bring(story, part, channel, forms)
        return self._trouble_aside(story, part, result) if isinstance(result, Refused | Wait) else result

    async def _bring(
        self, story: Story, part: str, channel: str, forms: Sequence[Message]
    ) -> Edited | Nothing | Refused | Wait:
        """Post or edit one part, in the first of its forms that Slack takes."""
        result: Edited | Nothing | Refused | Wait = Nothing()
        for message in forms:
            result = await self._bring_as(story, part, channel, message)
            if not (isinstance(result, Refused) and result.code in _TOO_LONG):
                return result
        return result

    async def _bring_as(
        self, story: Story, part: str, channel: str, message: Message
    ) -> Edited | Nothing | Refused | Wait:
        key = (story.operation.id, part)
        placed = await self._ensure(story, Post(story.operation.id, part, channel), message)
        if not isinstance(placed, Placed):
            return placed
        if placed.fresh:
            self._sent[key] = message
        if self._sent.get(key) == message:
            return Nothing()
        stands = (await self._posts(story)).get(part, Post(story.operation.id, part, channel, placed.ts))
        edited = await self._poster.edit(stands, message)
        if not isinstance(edited, Placed):
            return edited
        self._sent[key] = message
        return Edited()

    async def _complete_thread(self, story: Story) -> Result:
        """What continues the list, then the audit head; each once, never edited."""
        one = story.operation
        main = story.posts.get(operation.PART)
        naming = await self._channels.naming(one.channel)
        if main is None or isinstance(naming, Refused):
            return Nothing()
        if isinstance(naming, Wait):
            return Later(naming.seconds)
        parts = [
            (f"lines-{number}", message)
            for number, message in enumerate(operation.lines(story, names=naming.names), start=1)
        ]
        for part, message in (*parts, (head.PART, head.build(one.id, story.head))):
            placed = await self._ensure(story, Post(one.id, part, main.channel), message, main.ts)
            if isinstance(placed, Wait):
                return Later(placed.seconds)
            if isinstance(placed, Refused):
                _LOG.warning("part %s of %s is not posted: %s", part, one.id, placed.code)
                return Nothing()
        self._forget(one.id)
        return Nothing()

    # trouble ----------------------------------------------------------------------------------------

    async def _trouble(self, story: Story, result: Refused | Wait) -> Result:
        if isinstance(result, Refused):
            return await self._unreachable(story, result.code)
        return _wait(result)

    def _trouble_aside(self, story: Story, part: str, result: Refused | Wait) -> Result:
        if isinstance(result, Refused):
            _LOG.warning("part %s of %s cannot be shown: %s", part, story.operation.id, result.code)
            return Edited()
        return _wait(result)

    async def _unreachable(self, story: Story, code: str) -> Result:
        """The main message is lost: its requester is told so once, and once how it ended."""
        one = story.operation
        if one.id not in self._gone:
            self._gone.add(one.id)
            await self._say_once(story, TOLD, words.undeliverable(code))
        if one.state in ENDS:
            await self._say_once(story, TOLD_END, words.ended(one, story.outcomes.values()))
            self._forget(one.id)
        return Edited()

    async def _say_once(self, story: Story, part: str, sentence: str) -> None:
        """A direct message at most once: where it is in doubt it is not repeated."""
        one, now = story.operation, self._clock.now()

        def intend(tx: Transaction) -> bool:
            if part in tx.posts(one.id):
                return False
            tx.put_post(Post(one.id, part, one.requester.slack_user), now)
            return True

        if await self._store.write(intend):
            ts = await self._say(one.requester.slack_user, private.build(one, sentence))
            if ts:
                await self._store.write(lambda tx: tx.posted(one.id, part, ts, self._clock.now()))

    async def _say(self, slack_user: str, message: Message) -> str:
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

    # the store --------------------------------------------------------------------------------------

    async def _place_main(self, story: Story) -> Posted:
        one = story.operation
        naming = await self._channels.naming(one.channel)
        if not isinstance(naming, Naming):
            return naming
        message = operation.build(story, names=naming.names)
        placed = await self._ensure(story, Post(one.id, operation.PART, one.channel), message)
        if isinstance(placed, Placed) and placed.fresh:
            self._sent[one.id, operation.PART] = message
        if isinstance(placed, Refused) and placed.code in _TOO_LONG:
            short = operation.build(story, names=False)
            return await self._ensure(story, Post(one.id, operation.PART, one.channel), short)
        return placed

    async def _ensure(self, story: Story, post: Post, message: Message, thread_ts: str = "") -> Posted:
        known = story.posts.get(post.part)
        if known is not None and known.ts:
            return Placed(known.ts)
        return await self._poster.ensure(post, message, Place(story.operation.created_at, thread_ts))

    async def _posts(self, story: Story) -> dict[str, Post]:
        found = await self._store.read(lambda tx: tx.posts(story.operation.id))
        return {part: post for part, post in found.items() if post.ts}

    async def _story(self, operation_id: str) -> Story | None:
        """The operation as it is now; None also where its plan cannot be trusted, so nothing is shown."""
        try:
            return await self._store.read(lambda tx: read_story(tx, self._binding.key, operation_id))
        except (PlanTampered, UnknownSchemaError) as error:
            _LOG.error("operation %s cannot be shown: %s", operation_id, type(error).__name__)
            return None

    async def _ended(self, keys: Collection[Key]) -> frozenset[Key]:
        def look(tx: Transaction) -> frozenset[Key]:
            return frozenset(key for key in keys if (tx.standing(key[0]) or (None, 0))[0] in ENDS)

        return await self._store.read(look)

    def _forget(self, operation_id: str) -> None:
        """An operation that has all of its messages needs no memory."""
        self._sent = {key: message for key, message in self._sent.items() if key[0] != operation_id}
        self._gone.discard(operation_id)


def _aside(story: Story) -> list[str]:
    """Parts besides the main message that have to stand or to be brought up to date."""
    one = story.operation
    parts = [part for part in story.posts if part == approval.PART or part.startswith(held.PREFIX)]
    if one.state is State.AWAITING_APPROVAL:
        parts.append(approval.PART)
    if one.state is State.HELD:
        parts.append(held.part(one.run))
    return list(dict.fromkeys(parts))


def _complete(tx: Transaction, one: Operation) -> bool:
    posts = tx.posts(one.id)
    posted = posts.get(head.PART)
    return bool(posted and posted.ts) or TOLD_END in posts


def _wait(result: Wait) -> Later | Slower:
    return Slower(result.seconds or _PAUSE) if result.limited else Later(result.seconds)
