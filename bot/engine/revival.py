"""Takes up again what ended in an error that nobody expected.

A worker settles what it expects (a refused credential, a full store that can still be written to) and says
so by its answer. What escapes it is a bug or a store that cannot even record that it is full. The workflow
then ends in ERROR, which frees its organization's turn, and the operation still stands as running in our
store. Rewound to its first step under the same run it goes on where the store says it is, since every step
may be called again without harm: at each start, and every minute in between.
"""

from __future__ import annotations

import asyncio
import logging

from dbos import DBOS

from bot.engine.queue import QUEUE
from bot.engine.workflow import NAME

PAUSE_SECONDS = 60.0

_log = logging.getLogger(__name__)


async def revive_for_ever(pause: float = PAUSE_SECONDS) -> None:
    """Revive now and after every pause, until cancelled."""
    while True:
        try:
            await revive()
        except Exception as error:  # noqa: BLE001  a busy engine now must not end all later attempts
            _log.error("cannot revive runs yet: %s", type(error).__name__)
        await asyncio.sleep(pause)


async def revive() -> None:
    """Put every run that ended in ERROR back into its organization's line, from its first step."""
    ended = await DBOS.list_workflows_async(name=NAME, status="ERROR", load_input=False, load_output=False)
    for one in ended:
        await DBOS.rewind_workflow_async(
            one.workflow_id,
            queue_name=QUEUE,
            queue_partition_key=one.queue_partition_key,
        )
