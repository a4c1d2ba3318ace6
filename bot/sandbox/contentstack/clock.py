"""The time as the simulated Contentstack sees it: passed in, so that locks and tokens can expire."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall seconds since 1970 for records and lifetimes, monotonic seconds for durations."""

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...


class SystemClock:
    """The machine's own clock."""

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


@dataclass
class OffsetClock:
    """The machine's clock plus an offset that tests and the control API move forward."""

    offset: float = 0.0
    base: Clock = field(default_factory=SystemClock)

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC, moved by the offset."""
        return self.base.time() + self.offset

    def monotonic(self) -> float:
        """Seconds that never go back; not moved, because durations are measured with it."""
        return self.base.monotonic()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self.offset += seconds


@dataclass
class ManualClock:
    """A clock that stands still until it is told to move."""

    now: float = 1_790_000_000.0

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self.now

    def monotonic(self) -> float:
        """The same seconds: they only go forward."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self.now += seconds


def iso(seconds: float) -> str:
    """ISO-8601 with milliseconds and `Z`, as every documented sample prints it (CS §8.1)."""
    return (
        datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    )
