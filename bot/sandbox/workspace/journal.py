"""What the app was sent and what it asked, bounded, with tokens taken out.

Tests and the page's drawer read it.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.workspace.errors import Json

SIZE = 2000
SECRET_ARGUMENTS = frozenset({"token", "client_secret", "refresh_token"})


def redacted(arguments: Mapping[str, object]) -> Json:
    """Arguments without secrets."""
    return {k: "(redacted)" if k in SECRET_ARGUMENTS else v for k, v in arguments.items()}


@dataclass(slots=True)
class Journal:
    """The last entries, oldest first, each with a growing `seq`."""

    seq: int = 0
    entries: deque[Json] = field(default_factory=lambda: deque(maxlen=SIZE))
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, entry: Json) -> Json:
        """Append; returns the entry, which its writer may fill in later (an acknowledgement's time)."""
        self.seq += 1
        entry["seq"] = self.seq
        self.entries.append(entry)
        self.changed.set()
        return entry

    def read(self, since: int = 0, kind: str | None = None) -> list[Json]:
        """Entries after `since`, of one kind if asked."""
        return [e for e in self.entries if e["seq"] > since and kind in {None, e["kind"]}]

    def clear(self) -> None:
        """Forget everything; `seq` goes on."""
        self.entries.clear()
