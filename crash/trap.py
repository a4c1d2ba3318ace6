"""Ends its own process at an exact point: seen from the store and from the worker, never from inside them.

These stand in front of two ports (`bot.bootstrap.Seams`), wired by `crash/bot.py` alone.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any, TypeVar, cast

from bot.domain.operation import ENDS, State
from bot.ports.runs import Worker
from bot.ports.store import Store, Transaction

T = TypeVar("T")

WRITES = {
    "add_intent": "intent",
    "add_reply": "result",
    "set_outcome": "outcome",
    "delivered": "outbox",
    "put_post": "post intended",
    "posted": "post recorded",
}
"""Methods of a transaction by the name of their point; moves are named by where they lead."""

BEGINS, ENDED = "run begins", "run ends"
STORE_POINTS = (BEGINS, *WRITES.values(), ENDED)
STEPS = ("begin", "batch", "finish")


class Trap:
    """Springs when a point is passed for the n-th time."""

    def __init__(self, point: str, nth: int) -> None:
        self._point = point
        self._left = nth

    def passes(self, point: str) -> None:
        """Die here, if this is where."""
        if point == self._point:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


class _Watching:
    """A transaction that notes which of its points were passed."""

    def __init__(self, tx: Transaction, passed: set[str]) -> None:
        self._tx = tx
        self._passed = passed

    def __getattr__(self, name: str) -> Any:
        if name in WRITES:
            self._passed.add(WRITES[name])
        return getattr(self._tx, name)

    def move(self, operation_id: str, source: State, target: State, *rest: Any, **named: Any) -> bool:
        """As the port's, and noted where a run begins or ends by it."""
        if target is State.RUNNING:
            self._passed.add(BEGINS)
        elif target in ENDS and source in {State.RUNNING, State.CANCELLING}:
            self._passed.add(ENDED)
        return self._tx.move(operation_id, source, target, *rest, **named)


class TrappedStore:
    """A store before whose commits, and right after them, the process may end."""

    def __init__(self, store: Store, trap: Trap) -> None:
        self._store = store
        self._trap = trap

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """As the port's. *before* is inside the transaction, which is rolled back by the death."""
        passed: set[str] = set()

        def watched(tx: Transaction) -> T:
            result = change(cast("Transaction", _Watching(tx, passed)))
            for point in sorted(passed):
                self._trap.passes(f"before {point}")
            return result

        result = await self._store.write(watched)
        for point in sorted(passed):
            self._trap.passes(f"after {point}")
        return result

    async def read(self, look: Callable[[Transaction], T]) -> T:
        """As the port's."""
        return await self._store.read(look)

    async def close(self) -> None:
        """As the port's."""
        await self._store.close()


class TrappedWorker:
    """A worker whose steps end just before the engine can note it, or begin just after it noted the last."""

    def __init__(self, worker: Worker, trap: Trap) -> None:
        self._worker = worker
        self._trap = trap

    async def begin(self, operation_id: str, run: int) -> int:
        """As the port's."""
        self._trap.passes("before begin")
        batches = await self._worker.begin(operation_id, run)
        self._trap.passes("checkpoint of begin")
        return batches

    async def batch(self, operation_id: str, run: int, number: int) -> bool:
        """As the port's."""
        self._trap.passes("before batch")
        goes_on = await self._worker.batch(operation_id, run, number)
        self._trap.passes("checkpoint of batch")
        return goes_on

    async def finish(self, operation_id: str, run: int) -> None:
        """As the port's."""
        self._trap.passes("before finish")
        await self._worker.finish(operation_id, run)
        self._trap.passes("checkpoint of finish")
