"""Standing in: an approver who is away names somebody who decides in his place for a time.

There are no chains: a stand-in counts in the place of the one who named him, never in the place of those
for whom that one stands in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.operation import Actor

LONGEST = timedelta(days=90)
"""A stand-in that nobody remembers is a right that nobody watches (docs/decisions/0005)."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """From ``since`` until ``until``, ``to`` may decide in the place of ``of``."""

    binding: str
    of: Actor
    to: Actor
    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at that time."""
        return self.since <= at < self.until
