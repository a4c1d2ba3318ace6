"""Operations from the form to their end, driven from the simulated workspace and watched in the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench import hands
from bench.children import Child
from bench.place import Place, until
from bot.domain.audit import EventKind, Row
from bot.domain.operation import ENDS, State
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.journal import Entry
from bot.sandbox.workspace.state import Message, Person
from bot.service.house import binding_key
from bot.store.database import ReadingStore, open_beside

REASON = "a test of speed"
LOOK = 0.05
READING = 2.0
"""Seconds for which somebody looks at the preview of ten people, at least, before he confirms it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at a bot's store while it runs."""

    store: ReadingStore
    binding: str

    async def operations(self, states: Collection[State] | None = None) -> Sequence[str]:
        """Ids of the binding's operations, newest first."""
        return await self.store.read(lambda tx: tx.operations(self.binding, states=states, limit=100))

    async def state(self, operation: str) -> State | None:
        """Where one operation stands."""
        standing = await self.store.read(lambda tx: tx.standing(operation))
        return standing[0] if standing else None

    async def ended(self, count: int, seconds: float, bot: Child) -> Sequence[str]:
        """Wait until so many operations have come to their end."""
        async with asyncio.timeout(seconds):
            while len(found := await self.operations(ENDS)) < count:
                bot.check()
                await asyncio.sleep(LOOK)
        return found

    async def moved(self, operation: str, target: State) -> float:
        """When the operation came to this state, in seconds since 1970."""
        rows: Sequence[Row] = await self.store.read(lambda tx: list(tx.rows(operation=operation)))
        for row in rows:
            if row.event.kind is EventKind.MOVED and row.event.data["to"] == target.value:
                return datetime.fromisoformat(row.at).timestamp()
        raise LookupError(f"{operation} never came to {target.value}")


@asynccontextmanager
async def watching(place: Place, data: Path) -> AsyncIterator[Watch]:
    """Look beside the bot with this data directory."""
    store = await open_beside(data)
    try:
        yield Watch(store, binding_key(place.core.workspace.team_id, seed.ORG_UID))
    finally:
        await store.close()


async def confirm(place: Place, person: Person, text: str) -> None:
    """Ask for an operation by command and confirm its preview."""
    core = place.core
    hands.put_away(core, person)
    view = await hands.form(core, person, text)
    await hands.fill(core, person, view, "reason", REASON)
    await hands.submit(core, person, view)
    preview = await hands.opened(core, person, "preview")
    await asyncio.sleep(READING)
    await hands.submit(core, person, preview)


async def agree(place: Place, person: Person, seconds: float = hands.PATIENCE) -> None:
    """Click on Approve in the newest request for approval, as soon as it is there."""
    core = place.core
    channel = core.workspace.channel_by_name("approvals")
    if channel is None:
        raise LookupError("the workspace has no channel approvals")

    def waiting() -> list[Message]:
        return [one for one in channel.messages.values() if _can_be_approved(one.blocks)]

    await until(lambda: bool(waiting()), "a request for approval", seconds)
    newest = {"channel": channel.id, "ts": waiting()[-1].ts}
    await hands.click(core, person, newest, "operation_approve")


def _can_be_approved(blocks: Sequence[hands.Json]) -> bool:
    return any(
        element.get("action_id") == "operation_approve"
        for block in blocks
        for element in block.get("elements", ())
    )


def asked(place: Place, begin: float, end: float) -> list[Entry]:
    """Requests that Contentstack got between two moments (seconds since 1970)."""
    return [one for one in place.contentstack.journal.entries if begin <= one.at <= end]
