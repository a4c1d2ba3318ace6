"""Who looks at the Home tab, and whose is out of date: pure bookkeeping over a clock that is passed in.

A tab is published on opening. From then on, for ten minutes, a change makes it out of date; it is published
again at most every ten seconds, and the last change is never left out. All viewers of a workspace together
get one a second: views.publish and the reads behind it have limits of their own (SL §6: tier 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports.clock import Clock
from bot.slack.home.pages import FRONT, Pages

WATCHED = 600.0
"""Seconds after the last opening in which changes are still shown."""
APART = 10.0
"""Seconds between two publications to one person that he did not ask for."""
SPACED = 1.0
"""Seconds between two publications to anybody that nobody asked for."""
_TINY = 0.001
"""Seconds for which nobody waits: sums of floating numbers never come out even."""


@dataclass(slots=True)
class _Viewer:
    opened: float
    published: float
    pages: Pages
    stale: bool = False


class Viewers:
    """Everybody who opened the tab within the last ten minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._viewers: dict[str, _Viewer] = {}
        self._next = 0.0

    def opened(self, user: str, pages: Pages) -> None:
        """He looks now, at these pages."""
        now = self._clock.monotonic()
        self._viewers[user] = _Viewer(now, now, pages)

    def left(self, user: str) -> None:
        """Nothing more is shown to him before he opens the tab again."""
        self._viewers.pop(user, None)

    def close(self) -> None:
        """Nobody looks any more."""
        self._viewers.clear()

    def pages(self, user: str) -> Pages:
        """Which pages he looks at."""
        viewer = self._viewers.get(user)
        return viewer.pages if viewer else FRONT

    def changed(self) -> bool:
        """Every tab is out of date; False where nobody looks."""
        since = self._clock.monotonic() - WATCHED
        self._viewers = {user: one for user, one in self._viewers.items() if one.opened >= since}
        for viewer in self._viewers.values():
            viewer.stale = True
        return bool(self._viewers)

    def publishing(self, user: str) -> None:
        """What is read for him from now on is new; called before the reading."""
        viewer = self._viewers.get(user)
        if viewer is not None:
            viewer.stale, viewer.published = False, self._clock.monotonic()

    def failed(self, user: str) -> None:
        """It did not reach him: once more in his turn."""
        viewer = self._viewers.get(user)
        if viewer is not None:
            viewer.stale = True

    def wait(self) -> float | None:
        """Seconds until somebody's turn; None where nobody's tab is out of date."""
        now = self._clock.monotonic()
        due = [one.published + APART for one in self._stale(now).values()]
        if not due:
            return None
        left = max(min(due), self._next) - now
        return left if left > _TINY else 0.0

    def take(self) -> str | None:
        """Whose turn it is: of those whose time has come the one who waited longest."""
        now = self._clock.monotonic()
        if now + _TINY < self._next:
            return None
        ready = {u: v for u, v in self._stale(now).items() if v.published + APART <= now + _TINY}
        if not ready:
            return None
        self._next = now + SPACED
        return min(ready, key=lambda user: ready[user].published)

    def _stale(self, now: float) -> dict[str, _Viewer]:
        return {u: v for u, v in self._viewers.items() if v.stale and v.opened + WATCHED >= now}
