"""The one workflow: begin, batch after batch, finish. Everything else is the worker's (design §4)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dbos import DBOS

from bot.engine.gate import Gate
from bot.ports.runs import Worker, workflow_id

NAME = "execute"
"""Under this name runs stand in ``engine.db``: runs of another shape need another name."""

_log = logging.getLogger(__name__)

T = TypeVar("T")
Execute = Callable[[str, int], Coroutine[Any, Any, None]]


class Stumbled(Exception):
    """A step ended with an error that its worker did not catch; the message has no personal data."""


def register(worker: Worker, gate: Gate) -> Execute:
    """Register the workflow with DBOS; before every launch, since the registry goes with its instance.

    Its steps are not repeated by DBOS: a step that raises ends the workflow in ERROR, from where
    :mod:`bot.engine.revival` takes it up again.
    """

    # Attempts count restarts (engine.md §3.2): there may be any number of them while a run goes on.
    @DBOS.workflow(name=NAME, max_recovery_attempts=None)
    async def execute(operation_id: str, run: int) -> None:
        gate.enter()
        try:
            await _run(worker, _Steps(gate, operation_id, run))
        finally:
            gate.leave()

    return execute


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps of one run, each recorded in ``engine.db`` when it has ended."""

    gate: Gate
    operation_id: str
    run: int

    async def do(self, name: str, work: Callable[..., Awaitable[T]], *arguments: int) -> T:
        async def guarded() -> T:
            await self.gate.before_step()
            try:
                return await work(self.operation_id, self.run, *arguments)
            except Exception as error:  # noqa: BLE001  whatever it is, its text must not reach log or engine.db
                raise _stumbled(name, self.operation_id, self.run, error) from None

        return await DBOS.run_step_async({"name": name}, guarded)


async def _run(worker: Worker, steps: _Steps) -> None:
    batches = await steps.do("begin", worker.begin)
    if not batches:
        return
    for number in range(batches):
        if not await steps.do("batch", worker.batch, number):
            break
    await steps.do("finish", worker.finish)


def _stumbled(step: str, operation_id: str, run: int, error: Exception) -> Stumbled:
    """One line for the log, with kind and place of the error but without its text."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
    message = f"{workflow_id(operation_id, run)} stumbled in {step}: {what}"
    _log.error(message)
    return Stumbled(message)
