"""What one person sees at home: what waits for him, what runs, what he asked for, what became of things.

Everything is read for one viewer and one moment. Whether he may look at all is decided before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from bot.domain.actions import OFFERED, Capability
from bot.domain.headcount import HeadCount, head_count
from bot.domain.identity import Identity
from bot.domain.operation import ENDS, Actor, Operation, State
from bot.ports.contentstack import Loading
from bot.ports.slack_people import SlackUnavailable
from bot.ports.store import Transaction
from bot.service.admission import Admitted
from bot.service.awaited import awaited
from bot.service.house import House
from bot.service.quorum import ThinRule, thin_rules
from bot.service.story import SHOWN, UNFINISHED, Story, outlines, readable

PER_PAGE = 5
THIN_SECONDS = 600.0
"""How long it is remembered which rules too few people could agree to."""
MOST = 500
"""Operations of one shelf that can be paged to; older ones are in the audit."""


class Shelf(StrEnum):
    """The lists of the tab, in their order."""

    DECIDE = "decide"
    RUNS = "runs"
    MINE = "mine"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """A part of a shelf; ``number`` counts from 0, ``total`` is the operations of the whole shelf."""

    stories: Sequence[Story] = ()
    number: int = 0
    total: int = 0

    @property
    def first(self) -> int:
        """How many operations are on the pages before."""
        return self.number * PER_PAGE

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return self.first + PER_PAGE >= self.total


@dataclass(frozen=True, slots=True)
class Glance:
    """All that the tab of an admitted person is drawn from.

    ``people`` is None while the directory is read for the first time; ``loading`` says then how far it is.
    """

    viewer: Actor
    identity: Identity
    capabilities: Sequence[Capability]
    pages: Mapping[Shelf, ShelfPage]
    people: HeadCount | None = None
    loading: Loading | None = None
    connect: bool = False
    """Whether accounts can be linked here."""
    thin: Sequence[ThinRule] = ()
    """Rules of the policy that too few people could agree to."""


class Glances:
    """Reads them for one house, and counts a directory once."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._counted: HeadCount | None = None
        self._thin: tuple[float, Sequence[ThinRule]] | None = None

    async def read(self, viewer: Admitted, numbers: Mapping[Shelf, int]) -> Glance:
        """What this person sees now; ``numbers`` has the page of each shelf that is not on its first."""
        house, actor = self._house, viewer.actor
        asked = await house.store.read(lambda tx: _asked(tx, house.binding.key))
        decide = await awaited(house, viewer, asked)
        shelves = await house.store.read(lambda tx: _shelves(tx, house.binding.key, actor, decide))
        pages = {shelf: await self._page(ids, numbers.get(shelf, 0)) for shelf, ids in shelves.items()}
        return Glance(
            viewer=actor,
            identity=viewer.identity,
            capabilities=[house.contentstack.capability(action) for action in OFFERED],
            pages=pages,
            people=await self._count(),
            loading=house.contentstack.loading(),
            connect=house.binding.connect,
            thin=await self._thin_rules(),
        )

    async def _page(self, ids: Sequence[str], wanted: int) -> ShelfPage:
        """The page asked for, or the last one where there are fewer by now.

        One operation a read: outcomes of 10,000 people take a while, and runs wait for the same reader.
        """
        number = min(max(wanted, 0), max(0, (len(ids) - 1) // PER_PAGE))
        start, stories = number * PER_PAGE, []
        for one in ids[start : start + PER_PAGE]:
            stories += await self._house.store.read(partial(outlines, ids=[one]))
        return ShelfPage(stories, number, len(ids))

    async def _thin_rules(self) -> Sequence[ThinRule]:
        """Asked for once in some minutes: it is a question to Slack about every admin."""
        directory, now = self._house.contentstack.cached(), self._house.clock.monotonic()
        if directory is None:
            return ()
        if self._thin is None or now - self._thin[0] > THIN_SECONDS:
            try:
                found = await thin_rules(self._house.binding.policy, directory, self._house.people)
            except SlackUnavailable:
                found = self._thin[1] if self._thin else ()
            self._thin = now, found
        return self._thin[1]

    async def _count(self) -> HeadCount | None:
        """Off the loop: 50,000 members take long enough to be felt in Slack."""
        directory = self._house.contentstack.cached()
        if directory is None:
            return None
        if self._counted is None or self._counted.read_at != directory.read_at:
            self._counted = await asyncio.to_thread(head_count, directory)
        return self._counted


def _asked(tx: Transaction, binding: str) -> list[Operation]:
    """What waits for somebody's decision, the oldest first."""
    waiting = tx.operations(binding, states={State.AWAITING_APPROVAL}, limit=MOST)
    return [one for one in (readable(tx, waits) for waits in reversed(waiting)) if one]


def _shelves(
    tx: Transaction, binding: str, viewer: Actor, decide: Sequence[str]
) -> Mapping[Shelf, Sequence[str]]:
    """Ids of each shelf; what waits for him is not also among what runs."""
    unfinished = tx.operations(binding, states=UNFINISHED, limit=MOST)
    mine, his = viewer.slack_user, frozenset(decide)
    return {
        Shelf.DECIDE: decide,
        Shelf.RUNS: [one for one in unfinished if one not in his],
        Shelf.MINE: [
            *tx.operations(binding, states=UNFINISHED, slack_user=mine, limit=MOST),
            *tx.operations(binding, states=SHOWN & ENDS, slack_user=mine, limit=MOST),
        ],
        Shelf.LAST: tx.operations(binding, states=SHOWN & ENDS, limit=MOST),
    }
