"""The messages that continue an ended operation's list of people in its thread, a page at a time.

A page is as long as its people's names leave room for, so to find where the last of 10,000 lines stands, all
have to be drawn. That is done once, with one page's people in memory; what is kept is where each page begins.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from bot.domain.plan import Line
from bot.ports.store import Store
from bot.service.named import named
from bot.service.story import Story
from bot.slack.messages import operation
from bot.slack.messages.message import Message

Pages = Sequence[Sequence[Line]]


class Continuing:
    """Pages of ended operations, as long as their threads are not complete."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pages: dict[str, Pages] = {}

    async def missing(self, story: Story) -> AsyncIterator[tuple[str, Message]]:
        """Part and message of each that is not known to stand yet, in their order; drawn in its turn."""
        pages = await self._of(story)
        for number, lines in enumerate(pages, start=1):
            known = story.posts.get(operation.part_of(number))
            if known is None or not known.ts:
                told = await self._with(story, lines)
                yield operation.part_of(number), operation.page(told, lines, number, len(pages))

    def forget(self, operation_id: str) -> None:
        """Its thread is complete."""
        self._pages.pop(operation_id, None)

    async def _of(self, story: Story) -> Pages:
        one = story.operation.id
        if one not in self._pages:
            self._pages[one] = await self._divided(story)
        return self._pages[one]

    async def _divided(self, story: Story) -> Pages:
        found, rest = [], operation.rest(story)
        while rest:
            told = await self._with(story, rest[: operation.PAGE])
            page = operation.next_page(told, rest)
            found.append(page)
            rest = rest[len(page) :]
        return found

    async def _with(self, story: Story, lines: Sequence[Line]) -> Story:
        """The story with the people of these lines."""
        return replace(story, people=await self._store.read(lambda tx: named(tx, lines)))
