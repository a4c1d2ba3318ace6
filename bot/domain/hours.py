"""Days and hours of a policy, in a time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
"""The end of a day, in minutes from its beginning."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``start`` up to, but not at, ``end``, in minutes of a day that begins on one of ``days``.

    An end that is not after the start is meant on the next day. ``zone`` is an IANA time zone.
    """

    days: tuple[str, ...]
    start: int
    end: int
    zone: str

    def hold(self, at: datetime) -> bool:
        """Whether a moment (with its zone) is within these hours."""
        local = at.astimezone(ZoneInfo(self.zone))
        minute, today = local.hour * 60 + local.minute, local.weekday()
        if self.start < self.end:
            return DAYS[today] in self.days and self.start <= minute < self.end
        begun_today = DAYS[today] in self.days and minute >= self.start
        begun_yesterday = DAYS[today - 1] in self.days and minute < self.end
        return begun_today or begun_yesterday

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it."""
        return {"days": list(self.days), "start": self.start, "end": self.end, "zone": self.zone}


def parse_hours(document: Mapping[str, Any]) -> Hours:
    """The hours that wrote this document."""
    return Hours(tuple(document["days"]), document["start"], document["end"], document["zone"])
