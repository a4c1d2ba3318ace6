"""The one workflow: begin, some batches after the others, finish. All else is the worker's (design §4)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from dbos import DBOS

from bot.engine.gate import Gate
from bot.ports.runs import Worker, workflow_id

NAME = "execute"
"""Under this name runs stand in ``engine.db``: runs of another shape need another name."""

_log = logging.getLogger(__name__)

BATCHES_AT_ONCE = 10
"""Batches in one step. To record a step costs as much as the requests of a batch (docs/speed.md), and our own
store knows what was done: after a crash a batch that was over costs a look."""

_HELD = -1

T = TypeVar("T")
Execute = Callable[[str, int], Coroutine[Any, Any, None]]


class Stumbled(Exception):
    """A step ended with an error that its worker did not catch; the message has no personal data."""


def register(worker: Worker, gate: Gate, begun: Callable[[], None] = lambda: None) -> Execute:
    """Register the workflow with DBOS; before every launch, since the registry goes with its instance.

    ``begun`` is told of every run that is taken from the queue. Its steps are not repeated by DBOS: a step
    that raises ends the workflow in ERROR, from where :mod:`bot.engine.revival` takes it up again.
    """

    # Attempts count restarts (engine.md §3.2): there may be any number of them while a run goes on.
    @DBOS.workflow(name=NAME, max_recovery_attempts=None)
    async def execute(operation_id: str, run: int) -> None:
        gate.enter(workflow_id(operation_id, run))
        begun()
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
    number = 0
    while 0 <= number < batches:
        number = await steps.do("batches", partial(_several, worker, steps.gate, batches), number)
    await steps.do("finish", worker.finish)


async def _several(worker: Worker, gate: Gate, batches: int, operation_id: str, run: int, first: int) -> int:
    """One batch after the other, unless a stop is asked for; the number of the next one, or _HELD."""
    last = min(first + BATCHES_AT_ONCE, batches)
    for number in range(first, last):
        if number > first and not gate.open:
            return number
        if not await worker.batch(operation_id, run, number):
            return _HELD
    return last


def _stumbled(step: str, operation_id: str, run: int, error: Exception) -> Stumbled:
    """One line for the log, with kind and place of the error but without its text."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
    message = f"{workflow_id(operation_id, run)} stumbled in {step}: {what}"
    _log.error(message)
    return Stumbled(message)
