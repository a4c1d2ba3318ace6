"""`bot.ports.runs.Runs` on DBOS, embedded: one process, one file (design §7, engine.md §5).

DBOS is one per process and replaces the loop's default executor. Here it is built at the start and gone
after the stop, so that a process may start it again, and the loop gets an executor of its own back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from bot.engine import queue, revival, upkeep, workflow
from bot.engine.attention import Attention
from bot.engine.database import create_engine
from bot.engine.dispatcher import Dispatcher
from bot.engine.gate import Gate
from bot.ports.clock import Clock
from bot.ports.runs import Worker
from bot.ports.store import Store

_VERSION = "1"
"""Never DBOS's default, a hash of the source: any edit would strand what waits (engine.md §3.2)."""

_THREADS = 8


class DbosRuns:
    """The engine of one process.

    ``directory`` is the data directory, which the store has made private and locked. ``poll_seconds`` is
    how often the queue is looked at, and so how long a run may wait before it begins; ``soon_seconds`` the
    same while a run is expected. ``settle_seconds`` is how long a stop waits for the calls under way, of the
    10 seconds that it may take in all; ``revive_seconds`` is the pause between two looks for runs that broke.
    """

    _one_per_process: ClassVar[DbosRuns | None] = None

    def __init__(
        self,
        directory: Path,
        store: Store,
        clock: Clock,
        *,
        poll_seconds: float = 0.15,
        soon_seconds: float = 0.02,
        settle_seconds: float = 5.0,
        revive_seconds: float = revival.PAUSE_SECONDS,
    ) -> None:
        self._directory = directory
        self._store = store
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._soon_seconds = min(soon_seconds, poll_seconds)
        self._settle_seconds = settle_seconds
        self._revive_seconds = revive_seconds
        self._engine: sa.Engine | None = None
        self._gate = Gate()
        self._dispatcher: Dispatcher | None = None
        self._attention: Attention | None = None
        self._background: list[asyncio.Task[None]] = []

    async def start(self, worker: Worker) -> None:
        """Recover what was interrupted and drain the outbox from now on.

        Raises RuntimeError if the process has an engine already: DBOS would silently hand that one out.
        """
        if DbosRuns._one_per_process is not None:
            raise RuntimeError("this process has an engine already")
        DbosRuns._one_per_process = self
        self._gate = Gate()
        self._attention = Attention(queue.look_every, often=self._soon_seconds, seldom=self._poll_seconds)
        try:
            execute = self._launch(worker)
            await queue.register(self._poll_seconds)
            await upkeep.put_back(self._store, lambda row: queue.enqueue(execute, row))
        except BaseException:
            await self._let_go()
            raise
        self._dispatcher = Dispatcher(self._store, self._clock, lambda row: queue.enqueue(execute, row))
        self._background = [
            _forever(self._dispatcher.run()),
            _forever(self._attention.run()),
            _forever(revival.revive_for_ever(lambda: self._gate.inside, self._revive_seconds)),
            _forever(upkeep.forget_for_ever(self._clock)),
        ]

    def wake(self) -> None:
        """There may be something in the outbox: look now instead of at the next tick."""
        if self._dispatcher is not None:
            self._dispatcher.wake()

    def expect(self) -> None:
        """A run may be asked for soon."""
        if self._attention is not None:
            self._attention.expect()

    def alive(self) -> bool:
        """Whether the outbox is drained and runs are recovered: started, not stopped, no part of it dead."""
        return bool(self._background) and not any(task.done() for task in self._background)

    async def stop(self) -> None:
        """Take nothing new, let the step under way settle, and let go of the database.

        A step that has not settled in time is cancelled: its call stays in doubt, and the next start
        settles it. Without a start there is nothing to stop.
        """
        if DbosRuns._one_per_process is not self:
            return
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self._dispatcher = self._attention = None
        await self._gate.close(self._settle_seconds)
        await self._let_go()

    def _launch(self, worker: Worker) -> workflow.Execute:
        """Build and launch DBOS; called on the loop, so that workflows run there (engine.md §3.8)."""
        logging.getLogger("dbos").addFilter(_is_news)
        self._engine = create_engine(self._directory)
        DBOS(config=_config(self._engine))
        execute = workflow.register(worker, self._gate, self._begun)
        DBOS.launch()
        return execute

    def _begun(self) -> None:
        if self._attention is not None:
            self._attention.over()

    async def _let_go(self) -> None:
        loop = asyncio.get_running_loop()
        # Runs that are cancelled below are no news to anybody; DBOS would warn of each.
        logging.getLogger("dbos").setLevel(logging.ERROR)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine-stop") as thread:
            await loop.run_in_executor(thread, _destroy)
        await self._gate.clear()
        loop.set_default_executor(ThreadPoolExecutor(_THREADS))
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        DbosRuns._one_per_process = None


def _is_news(record: logging.LogRecord) -> bool:
    """Not what DBOS says of a stumble: our own line has said it, in one line instead of fifty."""
    return record.exc_info is None or not isinstance(record.exc_info[1], workflow.Stumbled)


def _destroy() -> None:
    DBOS.destroy(destroy_registry=True)


def _config(engine: sa.Engine) -> DBOSConfig:
    return DBOSConfig(
        name="rollcall",
        system_database_url=engine.url.render_as_string(),
        system_database_engine=engine,
        application_version=_VERSION,
        executor_id="main",  # one process on this file, held by the store's lock; it recovers its own work
        serializer=DBOSPortableJSONSerializer(),
        max_executor_threads=_THREADS,
        log_level="WARNING",
    )


def _forever(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work)
