"""The line in which runs wait: one at a time per binding, bindings side by side (design §4)."""

from __future__ import annotations

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

from bot.engine.workflow import Execute
from bot.ports.runs import run_of
from bot.ports.store import OutboxRow

QUEUE = "operations"

_RUNNING_AT_ONCE = 20


async def register(poll_seconds: float) -> None:
    """Make the queue, or set it to what this program wants of it."""
    await DBOS.register_queue_async(
        QUEUE,
        partition_concurrency=1,
        worker_concurrency=_RUNNING_AT_ONCE,
        polling_interval_sec=poll_seconds,
        on_conflict="always_update",
    )


async def look_every(seconds: float) -> None:
    """Set how often the queue is looked at, from its next look on."""
    queue = await DBOS.retrieve_queue_async(QUEUE)
    if queue is not None:
        await queue.set_polling_interval_sec_async(seconds)


async def enqueue(execute: Execute, row: OutboxRow) -> None:
    """Put a run in line; the same key again changes nothing, since it is the workflow's id."""
    with SetWorkflowID(row.key), SetEnqueueOptions(queue_partition_key=row.binding):
        await DBOS.enqueue_workflow_async(QUEUE, execute, row.operation, run_of(row.key, row.operation))
