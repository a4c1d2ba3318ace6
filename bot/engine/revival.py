"""Takes up again what ended in an error that nobody expected.

A worker settles what it expects (a refused credential, a full store that can still be written to) and says
so by its answer. What escapes it is a bug or a store that cannot even record that it is full. The workflow
then ends in ERROR, which frees its organization's turn, and the operation still stands as running in our
store. Rewound to its first step under the same run it goes on where the store says it is, since every step
may be called again without harm: at each start, and every minute in between.

Where the engine could not even write down that it ended (its disk was full), the workflow stands as under way
and nobody runs it: what two looks in a row find so is put in line again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from dbos import DBOS

from bot.engine.queue import QUEUE
from bot.engine.workflow import NAME

PAUSE_SECONDS = 60.0

_log = logging.getLogger(__name__)


async def revive_for_ever(inside: Callable[[], frozenset[str]], pause: float = PAUSE_SECONDS) -> None:
    """Revive now and after every pause, until cancelled; ``inside`` names the runs under way here."""
    missed: frozenset[str] = frozenset()
    while True:
        try:
            await _take_up_ended()
            missed = await _take_up_forsaken(inside(), missed)
        except Exception as error:  # noqa: BLE001  a busy engine now must not end all later attempts
            _log.error("cannot revive runs yet: %s", type(error).__name__)
        await asyncio.sleep(pause)


async def _take_up_ended() -> None:
    """Put every run that ended in ERROR back into its organization's line, from its first step."""
    ended = await DBOS.list_workflows_async(name=NAME, status="ERROR", load_input=False, load_output=False)
    for one in ended:
        await DBOS.rewind_workflow_async(
            one.workflow_id,
            queue_name=QUEUE,
            queue_partition_key=one.queue_partition_key,
        )


async def _take_up_forsaken(inside: frozenset[str], missed: frozenset[str]) -> frozenset[str]:
    """Put back what stands as under way and was missed before, too; what is missed for the first time.

    Once is no proof: a run that was taken from the line a moment ago has not begun here yet.
    """
    found = await DBOS.list_workflows_async(name=NAME, status="PENDING", load_input=False, load_output=False)
    missing = frozenset(one.workflow_id for one in found) - inside
    for workflow in sorted(missing & missed):
        _log.warning("%s stood as under way and nobody ran it: put in line again", workflow)
        await DBOS.resume_workflow_async(
            workflow, queue_name=QUEUE
        )  # without its queue it would lose its turn
    return missing - missed
