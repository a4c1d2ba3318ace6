"""What became of a person, in words. Plain text (see escape); a reason may be Contentstack's own text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from bot.domain.outcome import Accepted, Done, Failed, NotRun, Outcome, Partial, Skipped, Unknown, kind
from bot.words.reasons import told


@dataclass(frozen=True, slots=True)
class Label:
    """An outcome's heading, its word in a count, and a sign that needs no colour and no emoji."""

    heading: str
    counted: str
    symbol: str


_LABELS: Mapping[str, Label] = {
    "unknown": Label("Unknown, may have happened", "unknown", "?"),
    "failed": Label("Failed", "failed", "✗"),
    "partial": Label("Partly done", "partly done", "◐"),
    "not_run": Label("Not run", "not run", "·"),
    "done": Label("Done", "done", "✓"),
    "accepted": Label("Accepted, cannot be verified", "accepted", "≈"),
    "skipped": Label("Skipped", "skipped", "○"),
}

LISTED = tuple(_LABELS)
"""Kinds in the order of lists: what needs somebody's attention first."""

COUNTED = ("done", "accepted", "partial", "skipped", "failed", "unknown", "not_run")
"""Kinds in the order of a count: what was asked for first."""


def label(name: str) -> Label:
    """Heading, counted word and symbol of a kind as `bot.domain.outcome.kind` names it."""
    return _LABELS[name]


def counts(outcomes: Iterable[Outcome]) -> str:
    """``7 done, 2 skipped, 1 unknown``; empty for no outcomes."""
    found = Counter(kind(outcome) for outcome in outcomes)
    return ", ".join(f"{found[name]} {_LABELS[name].counted}" for name in COUNTED if found[name])


def sentence(outcome: Outcome) -> str:
    """What happened to one person, to follow the name."""
    match outcome:
        case Done():
            return "done, and seen by reading again"
        case Accepted():
            return "accepted by Contentstack; nothing can be read to prove it"
        case Partial(reason=reason):
            return _because("only partly done", reason)
        case Skipped(reason=reason):
            return _because("skipped", reason)
        case Failed(reason=reason, retryable=retryable):
            advice = "; trying again may help" if retryable else ""
            return _because("failed", reason) + advice
        case Unknown(reason=reason):
            return _because("may have happened; check it at Contentstack", reason)
        case NotRun(reason=reason):
            return _because("not run", reason)
        case _:
            assert_never(outcome)


def detail(outcome: Outcome) -> str:
    """What a heading of :func:`label` leaves unsaid about one person; empty where it says all."""
    match outcome:
        case Done() | Accepted():
            return ""
        case Failed(reason=reason, retryable=retryable):
            return told(reason) + ("; trying again may help" if retryable else "")
        case Partial(reason=reason) | Skipped(reason=reason) | Unknown(reason=reason) | NotRun(reason=reason):
            return told(reason)
        case _:
            assert_never(outcome)


def _because(what: str, reason: str) -> str:
    return f"{what}: {told(reason)}" if reason else what
