"""Lets steps begin until the engine stops, and knows when those under way have settled."""

from __future__ import annotations

import asyncio


class Gate:
    """A run is inside from its start to its end, or until it is parked before a step.

    A parked run stays where it is: its step has not begun, so the next start does it.
    """

    def __init__(self) -> None:
        self.open = True
        self._moving: set[asyncio.Task[object]] = set()
        self._inside: dict[asyncio.Task[object], str] = {}
        self._parked: set[asyncio.Task[object]] = set()
        self._settled = asyncio.Event()
        self._settled.set()

    @property
    def inside(self) -> frozenset[str]:
        """Workflow ids of the runs that this process has under way, parked ones too."""
        return frozenset(self._inside.values())

    def enter(self, workflow: str) -> None:
        """The current task is a run that goes on from here."""
        self._inside[_current_task()] = workflow
        self._moving.add(_current_task())
        self._settled.clear()

    def leave(self) -> None:
        """The current task's run has come to its end."""
        self._inside.pop(_current_task(), None)
        self._parked.discard(_current_task())
        self._stand_still()

    async def before_step(self) -> None:
        """Pass while the gate is open; afterwards stand still until cancelled."""
        if self.open:
            return
        self._parked.add(_current_task())
        self._stand_still()
        await asyncio.Event().wait()

    async def close(self, seconds: float) -> None:
        """Let nothing begin any more, and wait at most so long for what is under way."""
        self.open = False
        try:
            async with asyncio.timeout(seconds):
                await self._settled.wait()
        except TimeoutError:
            return

    async def clear(self) -> None:
        """Cancel whatever run is left, parked or not, and see it gone."""
        left = self._moving | self._parked
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _stand_still(self) -> None:
        self._moving.discard(_current_task())
        if not self._moving:
            self._settled.set()


def _current_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a run is a task")
    return task
