"""Refusals as audit rows, at most one per person and minute so that clicking cannot flood the chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.audit import Event, EventKind

_REMEMBERED = 1_000


class RefusalLog:
    """Decides whether a refusal gets a row of its own; the next row of that person tells what it covers."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, int]] = {}

    def event(self, binding: str, slack_user: str, facts: Mapping[str, str], at: datetime) -> Event | None:
        """The row to append for this refusal, or None where this minute has one already."""
        minute = at.strftime("%Y-%m-%dT%H:%M")
        last, more = self._last.pop(slack_user, ("", 0))
        if last == minute:
            self._last[slack_user] = (minute, more + 1)
            return None
        self._last[slack_user] = (minute, 0)
        while len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]
        data = {**facts, "slack_user": slack_user, "not_written_before": more}
        return Event(EventKind.REFUSED, binding, data=data)
