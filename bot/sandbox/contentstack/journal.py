"""Everything the simulated Contentstack was asked, in order, with secrets taken out."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

KEEP = 200_000
REDACTED = "[redacted]"
SECRETS = frozenset(
    {
        "password",
        "password_confirmation",
        "tfa_token",
        "authtoken",
        "reset_password_token",
        "acceptance_token",
        "client_secret",
        "code",
        "code_verifier",
        "refresh_token",
        "access_token",
        "token",
    }
)


@dataclass(slots=True)
class Entry:
    """One request. Times are seconds; `status` is None while it runs, 0 when no answer was given."""

    seq: int
    monotonic: float
    at: float
    method: str
    path: str
    query: str
    org: str | None
    who: str | None
    body: Any
    status: int | None = None
    ms: float | None = None
    faults: list[str] = field(default_factory=list)
    committed: bool = False


@dataclass(slots=True)
class Journal:
    """The last 200,000 requests."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEEP))
    seq: int = 0

    def open(self, entry: Entry) -> Entry:
        """Keep a request from its arrival on, so that one that never ends is seen too."""
        self.seq += 1
        entry.seq = self.seq
        self.entries.append(entry)
        return entry

    def since(self, seq: int, limit: int) -> list[dict[str, Any]]:
        """At most `limit` entries after number `seq`, oldest first, as JSON."""
        first = self.entries[0].seq if self.entries else 0
        start = max(0, seq - first + 1)
        return [asdict(entry) for entry in islice(self.entries, start, start + limit)]

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self.entries.clear()


def redact(value: Any) -> Any:
    """The same JSON with the values of secret keys replaced."""
    if isinstance(value, dict):
        return {key: REDACTED if key in SECRETS else redact(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [redact(inner) for inner in value]
    return value
