"""Keeps ``engine.db`` and our store together: what it forgot is put in line again, what is old goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from dbos import DBOS

from bot.engine.workflow import NAME
from bot.ports.clock import Clock
from bot.ports.store import OutboxRow, Store

KEPT = timedelta(days=30)
"""How long a finished run stays in ``engine.db``; the store keeps what became of it for ever."""

DAY_SECONDS = 86_400.0

_OVER = ["SUCCESS", "CANCELLED"]
_AT_ONCE = 500

_log = logging.getLogger(__name__)


async def put_back(store: Store, enqueue: Callable[[OutboxRow], Awaitable[None]]) -> None:
    """Put every run in line that was handed over and that the engine does not know.

    That is so after ``engine.db`` was deleted: its outbox rows are delivered, so nothing else would.
    """
    expected = await store.read(lambda tx: tx.unfinished_runs())
    keys = [row.key for row in expected]
    known = set()
    if keys:
        found = await DBOS.list_workflows_async(workflow_ids=keys, load_input=False, load_output=False)
        known = {one.workflow_id for one in found}
    forgotten = [row for row in expected if row.key not in known]
    for row in forgotten:
        await enqueue(row)
    if forgotten:
        _log.warning("the engine did not know %d runs any more: put in line again", len(forgotten))


async def forget_for_ever(clock: Clock, pause: float = DAY_SECONDS) -> None:
    """Delete what is old now and after every pause, until cancelled."""
    while True:
        try:
            await forget(clock)
        except Exception as error:  # noqa: BLE001  a busy engine now must not end all later attempts
            _log.error("cannot delete old runs yet: %s", type(error).__name__)
        await asyncio.sleep(pause)


async def forget(clock: Clock) -> None:
    """Delete runs that ended long ago, some hundred at a time."""
    before = (clock.now() - KEPT).isoformat()
    while True:
        old = await DBOS.list_workflows_async(
            name=NAME,
            status=_OVER,
            completed_before=before,
            limit=_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if not old:
            return
        await DBOS.delete_workflows_async([one.workflow_id for one in old])
