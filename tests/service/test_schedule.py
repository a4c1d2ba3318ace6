"""The clock that releases what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from bot.domain.actions import ActionKey
from bot.domain.hours import DAYS, MIDNIGHT, Hours
from bot.domain.operation import State
from bot.domain.policy import Policy, Rule, When
from bot.domain.verdict import Verdict
from bot.ports.store import Store
from bot.sandbox.contentstack import seed
from bot.service.propose import propose
from bot.service.run.worker import Runner
from bot.service.schedule import go_on_within_hours, keep_time
from bot.service.seal import Proposal
from tests.clocks import LaterClock
from tests.service.approvers import ahead
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


async def test_what_is_held_outside_of_its_hours_goes_on_by_itself(stage: Stage) -> None:
    """Sealed within them, it may not start after them; the next day it does, by itself."""
    clock = ahead(stage)
    start = stage.house.clock.now().replace(second=0, microsecond=0)
    minute = start.hour * 60 + start.minute
    hours = Hours(DAYS, minute, (minute + 60) % MIDNIGHT, "UTC")
    rule = Rule(When(hours=hours), Verdict(rule="office", execution_expiry=timedelta(days=3)))
    stage.house = replace(stage.house, binding=replace(stage.house.binding, policy=Policy((rule,))))
    waiting = await agreed(stage, await stage.propose(ActionKey.PASSWORD_RESET, seed.PLUS))
    clock.ahead = timedelta(hours=2)
    held = await stage.run(waiting, Runner(stage.house))
    assert (held.state, held.held_reason) == (State.HELD, "outside_hours")
    assert await go_on_within_hours(stage.house) == []
    clock.ahead = timedelta(hours=24)
    assert await go_on_within_hours(stage.house) == [held.id]
    queued = await stage.load(held.id)
    assert (queued.state, queued.run) == (State.QUEUED, 2)
    assert (await stage.run(queued, Runner(stage.house))).state is State.DONE
