"""The hash chain of everything that happened (design §7); its head is posted to Slack as the witness.

Row n's hash covers its own content and the hash of row n-1, so that a changed, missing or reordered
row breaks the chain, and a head posted to the channel betrays a cut tail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.plan import canonical

GENESIS = "0" * 64
"""What the first row names as its predecessor."""


class EventKind(StrEnum):
    """Everything that is worth a row; `bot.words.audit` tells each."""

    # of the bot
    STARTED = "started"
    POLICY_CHANGED = "policy_changed"
    # of a person, without an operation
    OPENED = "opened"
    REFUSED = "refused"
    EXPORTED = "exported"
    LINKED = "linked"
    UNLINKED = "unlinked"
    DELEGATED = "delegated"
    # of an operation
    PROPOSED = "proposed"
    DECIDED = "decided"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    BROKE_GLASS = "broke_glass"
    MOVED = "moved"
    INTENT = "intent"
    RESULT = "result"
    OUTCOME = "outcome"
    # of the log's own personal values
    REDACTED = "redacted"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Personal values are pseudonyms; ``data`` has a canonical form."""

    kind: EventKind
    binding: str
    operation: str = ""
    actor: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """An event in its place in the chain; ``at`` is RFC 3339 text in UTC."""

    seq: int
    at: str
    event: Event
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row: its number and its whole hash (64 hex characters); as a witness at least half of it."""

    seq: int
    hash: str

    def __str__(self) -> str:
        """``SEQ:HASH``, as it is posted and as ``audit verify --head`` takes it."""
        return f"{self.seq}:{self.hash}"


_HEAD = re.compile("([1-9][0-9]{0,17}):([0-9a-f]{32,64})")


def parse_head(text: str) -> Head:
    """A head as it was posted, ``SEQ:HASH`` with at least half of the hash; raises ValueError otherwise."""
    found = _HEAD.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(
            "a head is SEQ:HASH, as Rollcall posted it in the thread, with at least 32 characters"
        )
    return Head(int(found[1]), found[2])


START = Head(0, GENESIS)
"""The head of an empty chain."""


def row_hash(seq: int, at: str, event: Event, previous: str) -> str:
    """The hash of one row, over canonical JSON."""
    document = {
        "seq": seq,
        "at": at,
        "previous": previous,
        "kind": event.kind.value,
        "binding": event.binding,
        "operation": event.operation,
        "actor": event.actor,
        "data": dict(event.data),
    }
    return hashlib.sha256(canonical(document)).hexdigest()


def append(head: Head, event: Event, at: str) -> Row:
    """The row that follows ``head``."""
    seq = head.seq + 1
    return Row(seq, at, event, head.hash, row_hash(seq, at, event, head.hash))


def holds(row: Row) -> bool:
    """Whether a row is what its own hash says; one that cannot even be hashed is not."""
    try:
        return row.hash == row_hash(row.seq, row.at, row.event, row.previous)
    except (TypeError, ValueError):  # values that no row of ours has: they have no canonical form
        return False


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that does not fit, and what is wrong with it."""

    seq: int
    why: str


def verify(rows: Iterable[Row], witnessed: Iterable[Head] = ()) -> Broken | Head:
    """Walk the chain from its first row; the head if it holds, otherwise the first fault.

    ``witnessed`` are heads seen elsewhere (in Slack), whole or shortened: a chain that does not reach one,
    or has another hash there, was cut or rewritten.
    """
    head = START
    expected = _by_number(witnessed)
    for row in rows:
        if row.seq != head.seq + 1:
            return Broken(head.seq + 1, "missing or out of order")
        if row.previous != head.hash or not holds(row):
            return Broken(row.seq, "changed")
        if not all(row.hash.startswith(seen) for seen in expected.pop(row.seq, ())):
            return Broken(row.seq, "rewritten, it or a row before it: a head with another hash was posted")
        head = Head(row.seq, row.hash)
    if expected:
        return Broken(head.seq + 1, f"cut off: a head with number {min(expected)} was posted")
    return head


def _by_number(witnessed: Iterable[Head]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for one in witnessed:
        found.setdefault(one.seq, set()).add(one.hash)
    return found
