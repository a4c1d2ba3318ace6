"""A disk that is full while a run is under way: held if that can be written, said in any case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from bot.domain.actions import ActionKey
from bot.domain.operation import State
from bot.ports.store import Store, StoreFull, Transaction
from bot.sandbox.contentstack import seed
from bot.service.run.room import Roomy
from tests.service.stage import ADA, Stage

T = TypeVar("T")


class Full:
    """A worker that finds no room at any step."""

    async def begin(self, operation_id: str, run: int) -> int:
        raise StoreFull

    async def batch(self, operation_id: str, run: int, number: int) -> bool:
        raise StoreFull

    async def finish(self, operation_id: str, run: int) -> None:
        raise StoreFull


class ReadOnly:
    """A store that can be read and no longer written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(self, change: Callable[[Transaction], T]) -> T:
        raise StoreFull

    async def read(self, look: Callable[[Transaction], T]) -> T:
        return await self._store.read(look)

    async def close(self) -> None:
        await self._store.close()


async def test_a_step_without_room_holds_its_operation(stage: Stage) -> None:
    """The next word about it can be written: held, with its reason, and the run goes no further."""
    queued = await stage.queued(ActionKey.UNLOCK, seed.TIMED_LOCK)
    worker = Roomy(Full(), stage.house)
    assert (await worker.begin(queued.id, 1), await stage.load(queued.id)) == (
        0,
        replace(await stage.load(queued.id), state=State.HELD, held_reason="store_full"),
    )


async def test_where_nothing_can_be_written_the_requester_is_told_once(stage: Stage) -> None:
    """Every step fails, so that the engine takes the run up again; the operation stands as it stood."""
    queued = await stage.queued(ActionKey.UNLOCK, seed.TIMED_LOCK)
    stage.told.changes.clear()
    worker = Roomy(Full(), replace(stage.house, store=ReadOnly(stage.house.store)))
    with pytest.raises(StoreFull):
        await worker.begin(queued.id, 1)
    with pytest.raises(StoreFull):
        await worker.batch(queued.id, 1, 0)
    with pytest.raises(StoreFull):
        await worker.finish(queued.id, 1)
    assert (await stage.load(queued.id), stage.told.changes) == (queued, [f"{ADA}:no_room:{queued.id}"])
