"""Brings one message of an operation to what the store says: posts it, edits it, or says why it cannot.

The parts of an operation in Slack: ``main`` (its one message), ``approval`` (in the approvals channel),
``held-N`` (the N-th run is held), ``glass`` (somebody goes on without approvals), and in the thread of
``main``, once it has ended, ``lines-N``, the files ``csv`` and ``picture``, and ``head``; a long ``plan`` is
a file in the thread of ``approval``.
``told``, ``told-end`` and ``told-approval`` are direct messages to a requester where those are lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.operation import ENDS, Operation, State
from bot.ports.clock import Clock
from bot.ports.sink import HeadSink
from bot.ports.store import Post, Store
from bot.service.house import Binding
from bot.service.story import Story
from bot.slack.continuing import Continuing
from bot.slack.messages import approval, glass, head, held, operation, papers
from bot.slack.messages.message import Message
from bot.slack.messages.rows import Links
from bot.slack.naming import Channels, Naming
from bot.slack.paperwork import BETWEEN_POSTS, Paperwork
from bot.slack.permalinks import Permalinks
from bot.slack.poster import Place, Placed, Posted, Poster, Refused, Wait
from bot.slack.private import Private
from bot.slack.updater import Edited, Key, Later, Nothing, Result, Slower
from bot.words import operation as words

_LOG = logging.getLogger(__name__)

THREAD = "thread"
"""The key under which the thread of an ended operation is completed; no part of its own."""
TOLD = "told"
TOLD_END = "told-end"
_TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"})


class Upkeep:
    """What is shown of the operations of one workspace, part by part."""

    def __init__(
        self,
        client: AsyncWebClient,
        store: Store,
        binding: Binding,
        clock: Clock,
        mark: Callable[[Key], None],
        sink: HeadSink | None = None,
    ) -> None:
        """``mark`` asks for the refresh of another part; ``sink`` is told of every head that is posted."""
        self._clock = clock
        self._sink = sink
        self._binding = binding
        self._mark = mark
        self._poster = Poster(client, store, clock)
        self._private = Private(client, store, clock)
        self._channels = Channels(client, clock, names_in_public=binding.names_in_public)
        self._links = Permalinks(client)
        self._sent: dict[Key, Message] = {}
        self._gone: set[str] = set()
        self._asking: set[str] = set()
        self._paperwork = Paperwork(client, store, clock)
        self._continuing = Continuing(store)

    def pressed_next(self, operation_id: str) -> str:
        """The part that whoever took the next step has before him: the request while it asks."""
        return approval.PART if operation_id in self._asking else operation.PART

    async def refresh(self, story: Story, part: str) -> Result:
        """Bring one part up to date."""
        if part == THREAD:
            return await self._thread(story)
        if part == papers.PLAN:
            return await self._plan(story)
        return await (self._main(story) if part == operation.PART else self._aside(story, part))

    async def announce(self, story: Story) -> Posted:
        """Make sure that the main message stands; whether it is up to date is for :meth:`refresh`."""
        one = story.operation
        naming = await self._channels.naming(one.channel)
        if not isinstance(naming, Naming):
            return naming
        post = Post(one.id, operation.PART, one.channel)
        placed: Posted = Wait()
        for message in _main_forms(story, naming, await self._links.of(story)):
            placed = await self._post(story, post, message)
            if not _too_long(placed):
                break
        return placed

    async def lost(self, story: Story, code: str) -> Result:
        """The main message is lost: its requester is told so once, and once how it ended."""
        one = story.operation
        result: Result = Nothing() if one.id in self._gone else Edited()
        if one.id not in self._gone:
            self._gone.add(one.id)
            await self._private.once(one, TOLD, words.undeliverable(code))
        if one.state in ENDS:
            await self._private.once(one, TOLD_END, words.ended(one, story.outcomes.values()))
            self._forget(one.id)
        return result

    async def unreadable(self, operation_id: str, reason: str, since: datetime) -> Result:
        """The stored plan cannot be trusted: nothing of it is shown, and the admins are told once."""
        channel = self._binding.approvals_channel or self._binding.channel
        if not channel:
            return Nothing()
        post, message = Post(operation_id, held.UNREAD, channel), held.unreadable(operation_id, reason)
        placed = await self._poster.ensure(post, message, Place(since))
        return Later(placed.seconds, spent=False) if isinstance(placed, Wait) else Nothing()

    # the parts --------------------------------------------------------------------------------------

    async def _main(self, story: Story) -> Result:
        one = story.operation
        for part in _parts_aside(story):
            self._mark((one.id, part))
        if one.id in self._gone:
            return await self.lost(story, "")
        naming = await self._channels.naming(one.channel)
        if isinstance(naming, Naming):
            forms = _main_forms(story, naming, await self._links.of(story))
            result = await self._bring(story, operation.PART, one.channel, forms)
        else:
            result = _not_now(naming)
        if _told_whole(story):  # edited once more, because a retry or an undo of it took a step
            self._forget(one.id)
            return Edited() if isinstance(result, Refused) else result
        if isinstance(result, Refused):
            return await self.lost(story, result.code)
        if one.state in ENDS and isinstance(result, Edited | Nothing):
            self._mark((one.id, THREAD))
        return result

    async def _aside(self, story: Story, part: str) -> Result:
        """The request for approval, or the word that it is held: both in the approvals channel."""
        channel = self._binding.approvals_channel or story.operation.channel
        naming = await self._channels.naming(channel)
        if isinstance(naming, Naming):
            forms = _aside_forms(story, part, naming, await self._links.of(story))
            result = await self._bring(story, part, channel, forms)
        else:
            result = _not_now(naming)
        if isinstance(result, Refused):
            _LOG.warning("part %s of %s cannot be shown: %s", part, story.operation.id, result.code)
            await self._private.once(story.operation, f"{TOLD}-{part}", words.unasked(result.code))
            return Edited()
        if part == approval.PART:
            self._note_asking(story.operation)
            self._mark((story.operation.id, papers.PLAN))
        return result

    def _note_asking(self, one: Operation) -> None:
        if one.state is State.AWAITING_APPROVAL:
            self._asking.add(one.id)
        else:
            self._asking.discard(one.id)

    async def _plan(self, story: Story) -> Result:
        """A plan of which the request for approval shows the first lines only: all of it, in its thread."""
        asked = story.posts.get(approval.PART)
        if asked is None or not asked.ts or not papers.plan_wanted(story, approval.LINES):
            return Nothing()
        naming = await self._channels.naming(asked.channel)
        if not isinstance(naming, Naming) or not naming.names:
            return Nothing() if not isinstance(naming, Wait) else Later(naming.seconds, spent=False)
        return await self._paperwork.send(story, papers.PLAN, asked) or Nothing()

    async def _thread(self, story: Story) -> Result:
        """What continues the list, then the audit head: each once, never edited, one post a second."""
        one, main = story.operation, story.posts.get(operation.PART)
        naming = await self._channels.naming(one.channel)
        if main is None or isinstance(naming, Refused):
            return Nothing()
        if isinstance(naming, Wait):
            return Later(naming.seconds, spent=False)
        if naming.names:
            async for part, message in self._continuing.missing(story):
                waits = await self._in_thread(story, main, part, message)
                if waits is not None:
                    return waits
        for part in papers.wanted(story, names=naming.names):
            waits = await self._paperwork.send(story, part, main)
            if waits is not None:
                return waits
        waits = await self._in_thread(story, main, head.PART, head.build(one.id, story.head))
        if waits is None:
            self._forget(one.id)
        return waits or Nothing()

    async def _in_thread(self, story: Story, main: Post, part: str, message: Message) -> Result | None:
        """One message of the thread; what to wait for, or None if it stands already."""
        placed = await self._post(story, Post(story.operation.id, part, main.channel), message, main.ts)
        if isinstance(placed, Refused):
            _LOG.warning("part %s of %s is not posted: %s", part, story.operation.id, placed.code)
            return Nothing()
        if isinstance(placed, Wait):
            return Later(placed.seconds, spent=False)
        if placed.fresh and part == head.PART and self._sink is not None:
            await self._sink.keep(story.head, story.operation.id, self._clock.now())
        return Later(BETWEEN_POSTS, spent=False) if placed.fresh and part != head.PART else None

    # one message ------------------------------------------------------------------------------------

    async def _bring(
        self, story: Story, part: str, channel: str, forms: Iterable[Message]
    ) -> Result | Refused:
        """Post or edit one part, in the first of its forms that is not too long for Slack."""
        result: Result | Refused = Nothing()
        for message in forms:
            result = await self._bring_as(story, part, channel, message)
            if not _too_long(result):
                break
        return result

    async def _bring_as(self, story: Story, part: str, channel: str, message: Message) -> Result | Refused:
        placed = await self._post(story, Post(story.operation.id, part, channel), message)
        if not isinstance(placed, Placed):
            return _not_now(placed)
        key = (story.operation.id, part)
        if self._sent.get(key) == message:
            return Nothing()
        stands = story.posts.get(part) or Post(story.operation.id, part, channel)
        edited = await self._poster.edit(Post(stands.operation, part, stands.channel, placed.ts), message)
        if isinstance(edited, Refused):
            return edited
        if isinstance(edited, Wait):
            return Slower(edited.seconds or 1.0) if edited.limited else Later(edited.seconds)
        self._sent[key] = message
        return Edited()

    async def _post(self, story: Story, post: Post, message: Message, thread_ts: str = "") -> Posted:
        known = story.posts.get(post.part)
        if known is not None and known.ts:
            return Placed(known.ts)
        placed = await self._poster.ensure(post, message, Place(story.operation.created_at, thread_ts))
        if isinstance(placed, Placed) and placed.fresh:
            self._sent[post.operation, post.part] = message
        return placed

    def _forget(self, operation_id: str) -> None:
        """An operation that has all of its messages needs no memory."""
        self._sent = {key: message for key, message in self._sent.items() if key[0] != operation_id}
        self._gone.discard(operation_id)
        self._asking.discard(operation_id)
        self._paperwork.forget(operation_id)
        self._continuing.forget(operation_id)


def _told_whole(story: Story) -> bool:
    """Whether the thread is complete, which its head says: nothing of it is posted, or missed, any more."""
    last = story.posts.get(head.PART)
    return last is not None and bool(last.ts)


def _parts_aside(story: Story) -> list[str]:
    """Parts besides the main message that have to stand or to be brought up to date."""
    one = story.operation
    parts = [part for part in story.posts if part == approval.PART or part.startswith(held.PREFIX)]
    if one.state is State.AWAITING_APPROVAL:
        parts.append(approval.PART)
    if one.state is State.HELD:
        parts.append(held.part(one.run))
    if one.glass is not None:
        parts.append(glass.PART)
    return list(dict.fromkeys(parts))


def _main_forms(story: Story, naming: Naming, links: Links) -> Iterator[Message]:
    """With names where they may be named, then without; the second is drawn where the first is too long."""
    if naming.names:
        yield operation.build(story, names=True, links=links)
    yield operation.build(story, names=False, links=links)


def _aside_forms(story: Story, part: str, naming: Naming, links: Links) -> Iterator[Message]:
    if part == glass.PART:
        yield glass.build(story)
        return
    if part != approval.PART:
        yield held.build(story, part)
        return
    if naming.names:
        yield approval.build(story, names=True, links=links)
    yield approval.build(story, names=False, links=links)


def _too_long(result: object) -> bool:
    return isinstance(result, Refused) and result.code in _TOO_LONG


def _not_now(result: Refused | Wait) -> Refused | Later:
    """A post or a question that has to wait costs no edit, and does not stop the edits of others."""
    return result if isinstance(result, Refused) else Later(result.seconds, spent=False)
