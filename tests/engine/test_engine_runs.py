from __future__ import annotations

import asyncio
import logging
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.engine.database import DATABASE, lacks_subseconds
from bot.engine.revival import revive_for_ever
from bot.engine.runs import DbosRuns
from bot.store.database import SqliteStore
from bot.store.directory import DATABASE as STORE_DATABASE
from tests.engine.recorder import Recorder, SystemClock, ask
from tests.journey.town import until
from tests.store.samples import operation

WHOLE_RUN = ["begin op_1", "batch op_1 0", "batch op_1 1", "finish op_1"]


async def test_a_run_is_begin_batches_finish(runs: DbosRuns, store: SqliteStore) -> None:
    """What waits in the outbox at the start is done, step after step, and is delivered."""
    worker = Recorder()
    await ask(store, [operation("op_1")])
    await runs.start(worker)
    await worker.has_seen("finish op_1")
    assert (worker.events, await store.read(lambda tx: tx.outbox())) == (WHOLE_RUN, [])


async def test_a_run_that_may_not_begin_does_nothing_else(runs: DbosRuns, store: SqliteStore) -> None:
    """Neither batches nor a finish that would end what never began."""
    worker = Recorder()
    worker.refuse.add("begin op_1")
    await ask(store, [operation("op_1"), operation("op_2")])
    await runs.start(worker)
    await worker.has_seen("finish op_2")
    assert worker.events == ["begin op_1", "begin op_2", "batch op_2 0", "batch op_2 1", "finish op_2"]


async def test_a_run_that_must_not_go_on_is_finished_at_once(runs: DbosRuns, store: SqliteStore) -> None:
    """Held or cancelled after the first batch: the others are never tried."""
    worker = Recorder(batches=3)
    worker.refuse.add("batch op_1 0")
    await ask(store, [operation("op_1")])
    await runs.start(worker)
    await worker.has_seen("finish op_1")
    assert worker.events == ["begin op_1", "batch op_1 0", "finish op_1"]


async def test_one_run_per_binding_and_bindings_side_by_side(runs: DbosRuns, store: SqliteStore) -> None:
    """While acme's first run is held up, umbra's runs from begin to end and acme's second waits."""
    worker = Recorder()
    worker.hold("batch op_1 0")
    await ask(store, [operation("op_1"), operation("op_2"), operation("op_3", binding="umbra")])
    await runs.start(worker)
    await worker.has_seen("finish op_3")
    await worker.has_begun("batch op_1 0")
    meanwhile = [event for event in worker.events if "op_3" not in event]
    worker.release("batch op_1 0")
    await worker.has_seen("finish op_2")
    acme = [event for event in worker.events if "op_3" not in event]
    second = ["begin op_2", "batch op_2 0", "batch op_2 1", "finish op_2"]
    assert (meanwhile, acme) == (["begin op_1"], WHOLE_RUN + second)


async def test_runs_of_one_binding_keep_their_order(runs: DbosRuns, store: SqliteStore) -> None:
    """First asked, first begun, also within one second (ids sort by time)."""
    worker = Recorder(batches=1)
    ids = [f"op_{number}" for number in range(8)]
    await ask(store, [operation(one) for one in ids])
    await runs.start(worker)
    await worker.has_seen("finish op_7")
    begun = [event for event in worker.events if event.startswith("begin")]
    assert begun == [f"begin {one}" for one in ids]


async def test_a_row_that_is_delivered_twice_runs_once(
    runs: DbosRuns, store: SqliteStore, directory: Path
) -> None:
    """As after a crash between telling the engine and marking the row."""
    worker = Recorder()
    await ask(store, [operation("op_1")])
    await runs.start(worker)
    await worker.has_seen("finish op_1")
    with sqlite3.connect(directory / STORE_DATABASE) as connection:
        connection.execute("UPDATE outbox SET delivered_at = NULL")
    connection.close()
    await ask(store, [operation("op_2")])
    runs.wake()
    await worker.has_seen("finish op_2")
    assert worker.events == [*WHOLE_RUN, "begin op_2", "batch op_2 0", "batch op_2 1", "finish op_2"]


async def test_another_run_of_the_same_operation_is_another_run(runs: DbosRuns, store: SqliteStore) -> None:
    """As after a hold and a resume."""
    worker = Recorder(batches=1)
    await ask(store, [operation("op_1")])
    await runs.start(worker)
    await worker.has_seen("finish op_1")
    await ask(store, [operation("op_1")], run=2)
    runs.wake()
    await worker.has_seen("begin op_1 run 2")
    assert worker.events[:4] == ["begin op_1", "batch op_1 0", "finish op_1", "begin op_1 run 2"]


async def test_a_stop_lets_the_step_settle_and_the_next_start_goes_on(
    runs: DbosRuns, store: SqliteStore
) -> None:
    """No step is done twice and none is left out; nothing begins after the stop was asked for."""
    first, second = Recorder(batches=3), Recorder(batches=3)
    first.hold("batch op_1 1")
    await ask(store, [operation("op_1")])
    await runs.start(first)
    await first.has_begun("batch op_1 1")
    stopping = asyncio.create_task(runs.stop())
    await asyncio.sleep(0.1)
    first.release("batch op_1 1")
    await stopping
    await runs.start(second)
    await second.has_seen("finish op_1")
    assert (first.events, second.events) == (
        ["begin op_1", "batch op_1 0", "batch op_1 1"],
        ["batch op_1 2", "finish op_1"],
    )


async def test_a_stop_does_not_wait_for_ever(directory: Path, store: SqliteStore) -> None:
    """A step that does not settle in time is cut off and asked for again at the next start."""
    runs = DbosRuns(directory, store, SystemClock(), poll_seconds=0.05, settle_seconds=0.1)
    first, second = Recorder(), Recorder()
    first.hold("batch op_1 0")
    await ask(store, [operation("op_1")])
    await runs.start(first)
    await first.has_begun("batch op_1 0")
    await runs.stop()
    await runs.start(second)
    await second.has_seen("finish op_1")
    await runs.stop()
    assert (first.events, second.events) == (["begin op_1"], WHOLE_RUN[1:])


async def test_a_stop_leaves_nothing_behind(runs: DbosRuns, store: SqliteStore, directory: Path) -> None:
    """No task, no engine thread; the loop's own threads work, and the files are the owner's alone."""
    worker, others = Recorder(), _threads()
    worker.hold("batch op_1 0")
    await ask(store, [operation("op_1")])
    await runs.start(worker)
    await worker.has_begun("batch op_1 0")
    worker.release("batch op_1 0")
    await runs.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert _threads() - others == set()
    assert await asyncio.to_thread(lambda: "works") == "works"
    assert stat.S_IMODE((directory / DATABASE).stat().st_mode) == 0o600


def _threads() -> set[int | None]:
    """Every thread but the store's own; a worker of the test runner has some of earlier tests."""
    return {thread.ident for thread in threading.enumerate() if "store" not in thread.name}


async def test_a_stop_without_a_start_is_nothing(runs: DbosRuns) -> None:
    """Also a second stop."""
    await runs.stop()
    await runs.start(Recorder())
    await runs.stop()
    await runs.stop()


async def test_a_second_engine_in_the_process_is_refused(
    runs: DbosRuns, directory: Path, store: SqliteStore
) -> None:
    """It would silently share the first one's file; and its stop does not stop the first one."""
    worker = Recorder()
    await runs.start(worker)
    second = DbosRuns(directory / "else", store, SystemClock())
    with pytest.raises(RuntimeError, match="has an engine already"):
        await second.start(Recorder())
    await second.stop()
    await ask(store, [operation("op_1")])
    runs.wake()
    await worker.has_seen("finish op_1")


async def test_a_start_that_fails_can_be_tried_again(directory: Path, store: SqliteStore) -> None:
    """An engine file that cannot be opened leaves no half-built engine in the process."""
    (directory / DATABASE).mkdir()
    runs = DbosRuns(directory, store, SystemClock(), poll_seconds=0.05)
    with pytest.raises(IsADirectoryError):
        await runs.start(Recorder())
    (directory / DATABASE).rmdir()
    await runs.start(Recorder())
    await runs.stop()


async def test_a_step_that_stumbles_frees_the_line_and_is_taken_up_again(
    runs: DbosRuns, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The others of its organization go on; at the next start the same run begins anew."""
    first, second = Recorder(), Recorder()
    first.fail["batch op_1 1"] = ValueError("ada@example.com")
    await ask(store, [operation("op_1"), operation("op_2")])
    with caplog.at_level(logging.ERROR):
        await runs.start(first)
        await first.has_seen("finish op_2")
        await runs.stop()
    await runs.start(second)
    await second.has_seen("finish op_1")
    assert (first.events, second.events) == (
        ["begin op_1", "batch op_1 0", "begin op_2", "batch op_2 0", "batch op_2 1", "finish op_2"],
        WHOLE_RUN,
    )
    [line] = [record.getMessage() for record in caplog.records if "stumbled" in record.getMessage()]
    assert line.startswith("execute-op_1-1 stumbled in batches: ValueError at recorder.py:")


@pytest.fixture
async def reviving(directory: Path, store: SqliteStore) -> AsyncIterator[DbosRuns]:
    """An engine that looks all the time for what has to be taken up again."""
    engine = DbosRuns(
        directory, store, SystemClock(), poll_seconds=0.05, settle_seconds=2, revive_seconds=0.2
    )
    yield engine
    await engine.stop()


async def test_a_stumble_is_taken_up_again_without_a_restart(reviving: DbosRuns, store: SqliteStore) -> None:
    """Once its cause is gone, as after a disk that was full."""
    worker, runs = Recorder(), reviving
    worker.fail["finish op_1"] = OSError("full")
    await ask(store, [operation("op_1"), operation("op_2")])
    await runs.start(worker)
    await worker.has_seen("finish op_2")
    await worker.sees_times("batch op_1 1", 3)
    del worker.fail["finish op_1"]
    await worker.has_seen("finish op_1")
    events = [event for event in worker.events if "op_1" in event]
    attempts, rest = divmod(len(events), 3)
    assert (rest, events) == (1, [*WHOLE_RUN[:3] * attempts, "finish op_1"])


async def test_a_run_that_nobody_runs_is_put_in_line_again(
    reviving: DbosRuns, store: SqliteStore, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It ended while the engine could not write that down; one that is under way is left alone."""
    worker = Recorder()
    await ask(store, [operation("op_1"), operation("op_3", binding="umbra")])
    worker.hold("batch op_3 0")
    await reviving.start(worker)
    await worker.has_seen("finish op_1")
    await forsake(directory, "execute-op_1-1")
    await worker.sees_times("finish op_1", 2)
    worker.release("batch op_3 0")
    await worker.has_seen("finish op_3")
    of_one = [event for event in worker.events if "op_1" in event]
    of_three = [event for event in worker.events if "op_3" in event]
    assert (of_one, len(of_three)) == ([*WHOLE_RUN, *WHOLE_RUN], len(WHOLE_RUN))
    told = [message for message in caplog.messages if "nobody ran it" in message]
    assert told == ["execute-op_1-1 stood as under way and nobody ran it: put in line again"]


async def forsake(directory: Path, workflow: str) -> None:
    """Take away that this workflow ended, once it has, and what its steps came to."""
    await until(lambda: asyncio.to_thread(_forsaken, directory, workflow))


def _forsaken(directory: Path, workflow: str) -> bool:
    engine = sqlite3.connect(directory / DATABASE, timeout=30)
    with engine:
        changed = engine.execute(
            "UPDATE workflow_status SET status = 'PENDING' WHERE workflow_uuid = ? AND status = 'SUCCESS'",
            [workflow],
        )
        if changed.rowcount:
            engine.execute("DELETE FROM operation_outputs WHERE workflow_uuid = ?", [workflow])
    engine.close()
    return changed.rowcount == 1


async def test_a_revival_that_fails_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """Here there is no engine at all; its errors end nothing."""
    reviving = asyncio.create_task(revive_for_ever(frozenset, pause=0))
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            await asyncio.sleep(0)
    await _cancelled(reviving)
    assert caplog.messages[:2] == ["cannot revive runs yet: DBOSException"] * 2


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_an_error_says_stays_out_of_the_engines_file(
    runs: DbosRuns, store: SqliteStore, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Errors of others may carry names and e-mails: neither file nor log gets them."""
    worker = Recorder()
    worker.fail["begin op_1"] = ValueError("ada@example.com")
    await ask(store, [operation("op_1"), operation("op_2")])
    await runs.start(worker)
    await worker.has_seen("finish op_2")
    await runs.stop()
    assert b"ada@example.com" not in (directory / DATABASE).read_bytes()
    assert "ada@example.com" not in caplog.text


@pytest.mark.parametrize(
    ("python", "sqlite", "lacking"),
    [
        ((3, 11), (3, 40), False),
        ((3, 12), (3, 40), True),
        ((3, 12), (3, 42), False),
        ((3, 13), (3, 46), False),
    ],
)
def test_subseconds_are_lent_only_where_asked_for_and_missing(
    python: tuple[int, int], sqlite: tuple[int, int], lacking: bool
) -> None:
    """DBOS asks from Python 3.12 on; SQLite answers from 3.42 on."""
    assert lacks_subseconds(python, sqlite) == lacking


def test_nothing_else_in_the_house_knows_dbos() -> None:
    """The engine can be exchanged behind its port."""
    bot = Path(__file__).parents[2] / "bot"
    knowing = {
        path.relative_to(bot).parts[0]
        for path in bot.rglob("*.py")
        if "import dbos" in path.read_text() or "from dbos" in path.read_text()
    }
    assert knowing == {"engine"}
