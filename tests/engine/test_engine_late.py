"""The engine that is loaded late: until then nothing is lost, and nothing is claimed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bot.engine.late import LateRuns
from bot.engine.runs import DbosRuns
from bot.ports.runs import Worker
from bot.store.database import SqliteStore
from tests.engine.recorder import Recorder, SystemClock, ask
from tests.store.samples import operation


async def test_what_was_asked_for_before_the_start_is_run(directory: Path, store: SqliteStore) -> None:
    """Slack is served while the engine is loaded: what was confirmed meanwhile waits in the outbox."""
    loaded_in: list[threading.Thread] = []

    def load() -> DbosRuns:
        loaded_in.append(threading.current_thread())
        return DbosRuns(directory, store, SystemClock(), poll_seconds=0.05, settle_seconds=2)

    runs, worker = LateRuns(load), Recorder()
    await ask(store, [operation("op_1")])
    runs.wake()
    await runs.load()
    before = runs.alive()
    await runs.start(worker)
    try:
        await worker.has_seen("finish op_1")
        during = runs.alive()
    finally:
        await runs.stop()
    assert (before, during, runs.alive()) == (False, True, False)
    assert len(loaded_in) == 1
    assert threading.main_thread() not in loaded_in


class Noting:
    """An engine that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def start(self, worker: Worker) -> None:
        del worker
        self.asked.append("start")

    def expect(self) -> None:
        """Nobody waits for it."""

    def wake(self) -> None:
        self.asked.append("wake")

    def alive(self) -> bool:
        return self.asked[-1] != "stop"

    async def stop(self) -> None:
        self.asked.append("stop")


async def test_a_started_engine_is_asked_itself() -> None:
    """From the start on everything goes through to it, in the same order."""
    engine = Noting()
    runs = LateRuns(lambda: engine)
    runs.wake()
    await runs.load()
    await runs.start(Recorder())
    runs.wake()
    alive = runs.alive()
    await runs.stop()
    assert (engine.asked, alive, runs.alive()) == (["start", "wake", "stop"], True, False)


async def test_a_stop_before_the_start_is_nothing() -> None:
    """A process that is told to stop while it starts has no engine that could be stopped."""

    def load() -> DbosRuns:
        raise AssertionError("loaded")

    runs = LateRuns(load)
    await runs.stop()
    assert not runs.alive()


async def test_an_engine_that_cannot_be_loaded_fails_the_start() -> None:
    """Whoever loads or starts it is told: a bot without an engine must not look like one that works."""

    def load() -> DbosRuns:
        raise ImportError("no engine")

    runs = LateRuns(load)
    with pytest.raises(ImportError, match="no engine"):
        await runs.load()
    with pytest.raises(RuntimeError, match="not loaded"):
        await runs.start(Recorder())
    assert not runs.alive()
