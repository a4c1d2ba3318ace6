"""The engine's file was deleted, and the engine's file must not grow for ever."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dbos import DBOS

from bot.domain.operation import State
from bot.engine.database import DATABASE
from bot.engine.runs import DbosRuns
from bot.engine.upkeep import KEPT, forget
from bot.ports.runs import workflow_id
from bot.ports.store import Transaction
from bot.store.database import SqliteStore
from tests.engine.recorder import Recorder, SystemClock, ask
from tests.store.samples import NOON, operation


class Later(SystemClock):
    """A day after finished runs may go."""

    def now(self) -> datetime:
        return datetime.now(UTC) + KEPT + timedelta(days=1)


async def handed_over(store: SqliteStore, uid: str, *states: State) -> None:
    """An operation whose first run was delivered to an engine that is gone now."""
    await ask(store, [operation(uid, state=State.APPROVED)])

    def change(tx: Transaction) -> None:
        tx.delivered(workflow_id(uid, 1), NOON)
        before = State.APPROVED
        for state in states:
            assert tx.move(uid, before, state, NOON, new_run=state is State.QUEUED)
            before = state

    await store.write(change)


async def test_what_a_deleted_engine_file_forgot_is_put_in_line_again(
    runs: DbosRuns, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Queued, running and cancelling ones come back, those that are held or over do not."""
    await handed_over(store, "op_1", State.QUEUED)
    await handed_over(store, "op_2", State.QUEUED, State.RUNNING)
    await handed_over(store, "op_3", State.QUEUED, State.RUNNING, State.CANCELLING)
    await handed_over(store, "op_4", State.QUEUED, State.HELD)
    await handed_over(store, "op_5", State.QUEUED, State.RUNNING, State.DONE)
    worker = Recorder(batches=0)
    await runs.start(worker)
    await worker.has_seen("begin op_1", "begin op_2", "begin op_3")
    assert sorted(worker.events) == ["begin op_1", "begin op_2", "begin op_3"]
    assert [one.message for one in caplog.records if one.name == "bot.engine.upkeep"] == [
        "the engine did not know 3 runs any more: put in line again"
    ]


async def test_an_interrupted_run_is_not_begun_twice(
    directory: Path, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The engine still knows it and takes it up by itself; deleting its file afterwards loses nothing."""
    worker = Recorder(batches=1)
    worker.hold("batch op_1 0")
    await ask(store, [operation("op_1", state=State.APPROVED)])
    await store.write(lambda tx: tx.move("op_1", State.APPROVED, State.QUEUED, NOON, new_run=True))
    first = DbosRuns(directory, store, SystemClock(), poll_seconds=0.05, settle_seconds=0.1)
    await first.start(worker)
    await worker.has_begun("batch op_1 0")
    await first.stop()
    for number in range(2):
        again = Recorder(batches=1)
        then = DbosRuns(directory, store, SystemClock(), poll_seconds=0.05, settle_seconds=0.1)
        again.hold("batch op_1 0")
        await then.start(again)
        await again.has_begun("batch op_1 0")
        await then.stop()
        told = [one for one in caplog.records if one.name == "bot.engine.upkeep"]
        assert (again.events, len(told)) == (["begin op_1"] if number else [], number)
        (directory / DATABASE).unlink()


async def test_runs_that_ended_long_ago_are_forgotten(runs: DbosRuns, store: SqliteStore) -> None:
    """Not the one of today, and after thirty days nothing is left of it but our own rows."""
    worker = Recorder(batches=1)
    await ask(store, [operation("op_1")])
    await runs.start(worker)
    await worker.has_seen("finish op_1")
    async with asyncio.timeout(60):
        while not await DBOS.list_workflows_async(status="SUCCESS"):  # noqa: ASYNC110  DBOS tells nobody
            await asyncio.sleep(0.02)
    await forget(SystemClock())
    assert len(await DBOS.list_workflows_async()) == 1
    await forget(Later())
    assert await DBOS.list_workflows_async() == []
