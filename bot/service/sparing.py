"""Rows that a person can cause by clicking alone: at most one a minute, so that nobody floods the chain."""

from __future__ import annotations

from datetime import datetime

_REMEMBERED = 1_000

Subject = tuple[str, ...]
"""Whose row about what: (kind, Slack user, ...)."""


class Sparing:
    """Decides whether something gets a row of its own; the next row of its subject tells what it covers."""

    def __init__(self) -> None:
        self._last: dict[Subject, tuple[str, int]] = {}

    def spared(self, subject: Subject, at: datetime) -> int | None:
        """How many rows were spared since the last one, or None where this minute has one already."""
        minute = at.strftime("%Y-%m-%dT%H:%M")
        last, more = self._last.pop(subject, ("", 0))
        if last == minute:
            self._last[subject] = (minute, more + 1)
            return None
        self._last[subject] = (minute, 0)
        while len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]
        return more
