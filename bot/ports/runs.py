"""The durable engine as the house needs it: it knows ids and order, and decides nothing (design §4)."""

from __future__ import annotations

from typing import Protocol


class Worker(Protocol):
    """What a run consists of. Every step may be called again after a crash and must then do no harm."""

    async def begin(self, operation_id: str, run: int) -> int:
        """Go from queued to running; how many batches there are, 0 if this run may not begin."""

    async def batch(self, operation_id: str, run: int, number: int) -> bool:
        """Do one batch (numbered from 0); False if the run must not go on (held, cancelled)."""

    async def finish(self, operation_id: str, run: int) -> None:
        """Give every line that has none an outcome and end the operation, unless it is held."""


class Runs(Protocol):
    """Starts what the outbox asks for, one running operation per binding, across crashes."""

    async def start(self, worker: Worker) -> None:
        """Recover what was interrupted and drain the outbox from now on."""

    def wake(self) -> None:
        """There may be something in the outbox: look now instead of at the next tick."""

    def expect(self) -> None:
        """Somebody sees a preview or decides: a run may be asked for soon, and shall not wait long then."""

    def alive(self) -> bool:
        """Whether what is asked for would be run: started, not stopped, and nothing of it has died."""

    async def stop(self) -> None:
        """Take nothing new, let the step under way settle, and let go of the database."""


def workflow_id(operation_id: str, run: int) -> str:
    """The deterministic id under which one run is known to the engine; also the outbox key."""
    return f"execute-{operation_id}-{run}"


def run_of(key: str, operation_id: str) -> int:
    """The run that :func:`workflow_id` named; raises ValueError for a key of another operation."""
    prefix = workflow_id(operation_id, 0).removesuffix("0")
    if not key.startswith(prefix):
        raise ValueError(f"{key!r} is no run of {operation_id!r}")
    return int(key.removeprefix(prefix))
