"""One engine for several bindings: each run goes to the runner of its operation's binding."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ports.runs import Worker
from bot.ports.store import Store


class NoHouse(LookupError):
    """The operation's binding is not served by this process: its token was refused, or it was taken out.

    The engine takes the run up again later; the operation stays as it stands.
    """


class Switchboard:
    """`bot.ports.runs.Worker` over all bindings."""

    def __init__(self, store: Store, runners: Mapping[str, Worker]) -> None:
        """``runners``: binding key -> the worker of its house."""
        self._store = store
        self._runners = runners
        self._bindings: dict[str, str] = {}
        """Operation -> its binding, which never changes, of the runs under way."""

    async def begin(self, operation_id: str, run: int) -> int:
        """As the port says; an operation that the store does not know has nothing to begin."""
        runner = await self._runner(operation_id)
        return await runner.begin(operation_id, run) if runner else 0

    async def batch(self, operation_id: str, run: int, number: int) -> bool:
        """As the port says."""
        runner = await self._runner(operation_id)
        return await runner.batch(operation_id, run, number) if runner else False

    async def finish(self, operation_id: str, run: int) -> None:
        """As the port says."""
        runner = await self._runner(operation_id)
        if runner:
            await runner.finish(operation_id, run)
        self._bindings.pop(operation_id, None)

    async def _runner(self, operation_id: str) -> Worker | None:
        """Whose run it is; None for an unknown operation. Raises NoHouse."""
        known = self._bindings.get(operation_id)
        binding = known or await self._store.read(lambda tx: tx.binding_of(operation_id))
        if binding is None:
            return None
        self._bindings[operation_id] = binding
        if binding not in self._runners:
            raise NoHouse(binding)
        return self._runners[binding]
