"""Time, ids and secrets, all passed in, so that a run with a fixed clock repeats itself."""

import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Clock:
    """Unix seconds, with an offset that the control API can move forward."""

    source: Callable[[], float] = time.time
    offset: float = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return self.source() + self.offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once: triggers, response URLs and rate windows age."""
        self.offset += seconds


@dataclass(slots=True)
class Ids:
    """Counted ids per kind, and Slack timestamps that never repeat."""

    clock: Clock
    secret: Callable[[int], str] = secrets.token_hex
    counts: Counter[str] = field(default_factory=Counter)
    last_ts: int = 0

    def next(self, prefix: str) -> str:
        """`V0000001`, `V0000002`, ..."""
        self.counts[prefix] += 1
        return f"{prefix}{self.counts[prefix]:07d}"

    def ts(self) -> str:
        """A message timestamp: seconds, a dot, six digits; strictly increasing."""
        self.last_ts = max(int(self.clock.now() * 1_000_000), self.last_ts + 1)
        seconds, micros = divmod(self.last_ts, 1_000_000)
        return f"{seconds}.{micros:06d}"
