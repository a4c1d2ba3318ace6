"""The engine, loaded beside everything else that a start does.

DBOS with SQLAlchemy and psycopg is a third of all that a start imports (docs/speed.md), and nothing that is
acknowledged needs it: it is loaded in a thread while the bot looks for what is old and connects to Slack.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.ports.runs import Runs, Worker


class LateRuns:
    """`bot.ports.runs.Runs` before there is an engine: what is asked for meanwhile waits in the outbox."""

    def __init__(self, load: Callable[[], Runs]) -> None:
        """``load`` imports and builds the engine; it is called once, in a thread of its own."""
        self._load = load
        self._runs: Runs | None = None

    async def load(self) -> None:
        """Load the engine; it is started by ``start``."""
        self._runs = await asyncio.to_thread(self._load)

    async def start(self, worker: Worker) -> None:
        """Start the engine that was loaded."""
        if self._runs is None:
            raise RuntimeError("the engine is not loaded")
        await self._runs.start(worker)

    def wake(self) -> None:
        """There may be something in the outbox; an engine that starts looks there by itself."""
        if self._runs is not None:
            self._runs.wake()

    def expect(self) -> None:
        """A run may be asked for soon."""
        if self._runs is not None:
            self._runs.expect()

    def alive(self) -> bool:
        """Whether there is an engine, and whether it says so."""
        return self._runs is not None and self._runs.alive()

    async def stop(self) -> None:
        """Stop the engine, where there is one."""
        if self._runs is not None:
            await self._runs.stop()
