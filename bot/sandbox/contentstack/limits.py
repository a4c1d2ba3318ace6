"""Rate limits per organization in windows of one second, GET and writes apart (CS §5.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bot.sandbox.contentstack.clock import Clock

DEFAULT = 10  # §5.1
SCIM_LIMIT = 10  # §5.1


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether one call may pass, and what both headers say."""

    allowed: bool
    limit: int
    remaining: int

    def headers(self) -> dict[str, str]:
        """The two documented headers; there is no other (CS §5.1)."""
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(self.remaining)}


@dataclass(slots=True)
class RateLimiter:
    """Counts calls per key in the running second; the window resets at its start (CS §5.1)."""

    clock: Clock
    windows: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def take(self, org_uid: str, kind: str, limit: int) -> Allowance:
        """Count one call of `kind` (`get`, `write`, `scim_get`, `scim_write`) against `limit` per second."""
        second = math.floor(self.clock.monotonic())
        start, used = self.windows.get((org_uid, kind), (second, 0))
        if start != second:
            used = 0
        if used >= limit:
            return Allowance(allowed=False, limit=limit, remaining=0)
        self.windows[org_uid, kind] = (second, used + 1)
        return Allowance(allowed=True, limit=limit, remaining=limit - used - 1)
