"""A worker that says what it is asked for, and can be held up, made to fail or to refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.domain.operation import Operation
from bot.ports.runs import workflow_id
from bot.ports.store import OutboxRow, Transaction
from bot.store.database import SqliteStore
from tests.store.samples import NOON, StillClock

PATIENCE_SECONDS = 60.0


class SystemClock(StillClock):
    """The present; the engine reads it when it marks rows as delivered."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Recorder:
    """Events read ``begin op_1``, ``batch op_1 0``, ``finish op_1``: written when a step is over.

    ``hold`` keeps a step from ending until released, ``fail`` makes it raise each time, ``refuse`` lets
    ``begin`` give 0 batches and ``batch`` answer False.
    """

    def __init__(self, batches: int = 2) -> None:
        self.batches = batches
        self.events: list[str] = []
        self.refuse: set[str] = set()
        self.fail: dict[str, Exception] = {}
        self._held: dict[str, asyncio.Event] = {}
        self._begun: set[str] = set()
        self._news = asyncio.Condition()

    async def begin(self, operation_id: str, run: int) -> int:
        step = f"begin {operation_id}" + (f" run {run}" if run > 1 else "")
        await self._step(step)
        return 0 if step in self.refuse else self.batches

    async def batch(self, operation_id: str, run: int, number: int) -> bool:
        step = f"batch {operation_id} {number}"
        await self._step(step)
        return step not in self.refuse

    async def finish(self, operation_id: str, run: int) -> None:
        await self._step(f"finish {operation_id}")

    def hold(self, step: str) -> None:
        self._held[step] = asyncio.Event()

    def release(self, step: str) -> None:
        self._held[step].set()

    async def has_begun(self, *steps: str) -> None:
        """Wait until these steps are under way or over."""
        await self._until(lambda: self._begun.issuperset(steps))

    async def has_seen(self, *events: str) -> None:
        """Wait until these steps are over."""
        await self._until(lambda: set(self.events).issuperset(events))

    async def sees_times(self, event: str, times: int) -> None:
        """Wait until a step has been over that often."""
        await self._until(lambda: self.events.count(event) >= times)

    async def _until(self, true: object) -> None:
        assert callable(true)
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(true)

    async def _step(self, step: str) -> None:
        await self._tell(self._begun.add, step)
        if step in self._held:
            await self._held[step].wait()
        if step in self.fail:
            raise self.fail[step]
        await self._tell(self.events.append, step)

    async def _tell(self, note: object, step: str) -> None:
        assert callable(note)
        async with self._news:
            note(step)
            self._news.notify_all()


async def ask(store: SqliteStore, operations: Iterable[Operation], run: int = 1) -> None:
    """Put operations into the store, each with its outbox row."""

    def change(tx: Transaction) -> None:
        for one in operations:
            if tx.standing(one.id) is None:
                tx.add_operation(one)
            tx.put_outbox(OutboxRow(workflow_id(one.id, run), one.id, one.binding), NOON)

    await store.write(change)
