"""A run on a full disk: held where that can still be written, said in any case, and nothing is lost."""

from __future__ import annotations

from bot.ports.runs import Worker
from bot.ports.store import StoreFull
from bot.service.house import House
from bot.service.moves import hold_unread


class Roomy:
    """`bot.ports.runs.Worker` around a binding's own.

    A step that cannot write what it did holds its operation. Where not even that can be written, whoever
    asked is told, once a process, and the step fails: the engine takes the run up again by itself, and what
    was under way is settled as after a crash.
    """

    def __init__(self, worker: Worker, house: House) -> None:
        self._worker = worker
        self._house = house
        self._told: set[str] = set()

    async def begin(self, operation_id: str, run: int) -> int:
        """As the port says."""
        try:
            return await self._worker.begin(operation_id, run)
        except StoreFull as full:
            await self._hold(operation_id, full)
            return 0

    async def batch(self, operation_id: str, run: int, number: int) -> bool:
        """As the port says."""
        try:
            return await self._worker.batch(operation_id, run, number)
        except StoreFull as full:
            await self._hold(operation_id, full)
            return False

    async def finish(self, operation_id: str, run: int) -> None:
        """As the port says."""
        try:
            await self._worker.finish(operation_id, run)
        except StoreFull as full:
            await self._hold(operation_id, full)

    async def _hold(self, operation_id: str, full: StoreFull) -> None:
        """Hold it, or raise what happened."""
        house, now = self._house, self._house.clock.now()
        try:
            held = await house.store.write(
                lambda tx: hold_unread(tx, house.binding.key, operation_id, now, "store_full")
            )
        except StoreFull:
            held = False
        if not held:
            await self._tell(operation_id)
            raise full
        house.notifier.changed(operation_id)

    async def _tell(self, operation_id: str) -> None:
        operation = await self._house.store.read(lambda tx: tx.operation(operation_id))
        if operation is not None and operation_id not in self._told:
            self._told.add(operation_id)
            await self._house.notifier.tell(operation.requester.slack_user, "no_room", operation_id)
