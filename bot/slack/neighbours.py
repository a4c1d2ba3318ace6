"""Whose messages a step changes besides the operation's own: its parent's, and of what waits behind it."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.operation import ENDS, State
from bot.ports.store import Store
from bot.service.story import Story
from bot.slack.messages import operation
from bot.slack.updater import Key

_LEAVES_THE_LINE = ENDS | {State.HELD}
_REMEMBERED = 1_000
_MOST_WAITING = 50


class Neighbours:
    """Marks them once a step: a run that ticks every second changes nobody else."""

    def __init__(self, store: Store, binding: str, mark: Callable[[Key], None]) -> None:
        """``mark`` asks for the refresh of a message."""
        self._store = store
        self._binding = binding
        self._mark = mark
        self._seen: dict[str, State] = {}

    async def tell(self, story: Story) -> None:
        """Bring the others up to date if this operation is in another state than when it was last seen."""
        one = story.operation
        if self._seen.pop(one.id, None) is one.state:
            self._seen[one.id] = one.state
            return
        self._remember(one.id, one.state)
        if one.parent:
            self._mark((one.parent, operation.PART))
        if one.state in _LEAVES_THE_LINE:
            for waiting in await self._waiting():
                self._mark((waiting, operation.PART))

    def _remember(self, operation_id: str, state: State) -> None:
        self._seen[operation_id] = state
        while len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]

    async def _waiting(self) -> list[str]:
        states = {State.QUEUED}
        return list(
            await self._store.read(
                lambda tx: tx.operations(self._binding, states=states, limit=_MOST_WAITING)
            )
        )
