"""The clock that releases what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from bot.domain.actions import ActionKey
from bot.domain.operation import State
from bot.ports.store import Store
from bot.sandbox.contentstack import seed
from bot.service.propose import propose
from bot.service.schedule import keep_time
from bot.service.seal import Proposal
from tests.clocks import LaterClock
from tests.service.stage import Stage
from tests.service.test_again import agreed


class FailsOnce:
    """A store whose first look goes wrong in a way that nobody expected."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failed = False

    async def read(self, look: Callable[[Any], Any]) -> Any:
        if not self.failed:
            self.failed = True
            raise RuntimeError
        return await self._store.read(look)

    async def write(self, change: Callable[[Any], Any]) -> Any:
        return await self._store.write(change)


async def test_a_look_that_fails_ends_no_later_one(stage: Stage) -> None:
    """What was due while Rollcall was down, or while its store was busy, is queued at the next look."""
    draft = await stage.draft(ActionKey.PASSWORD_RESET, seed.PLUS)
    due = replace(draft, due_at=stage.house.clock.now() + timedelta(hours=1))
    proposal = await propose(stage.house, await stage.admitted(), due)
    assert isinstance(proposal, Proposal)
    operation = await agreed(stage, proposal)
    assert operation.state is State.SCHEDULED
    store = FailsOnce(stage.house.store)
    later = LaterClock(timedelta(hours=1))
    keeping = asyncio.create_task(keep_time(replace(stage.house, store=cast("Store", store), clock=later)))
    async with asyncio.timeout(60):
        while (await stage.load(operation.id)).state is State.SCHEDULED:  # noqa: ASYNC110  the store tells nobody
            await asyncio.sleep(0.02)
    keeping.cancel()
    assert (store.failed, (await stage.load(operation.id)).state) == (True, State.QUEUED)
