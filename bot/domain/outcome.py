"""What became of a line, folded from the results of its calls (design §2).

A call is one request made for one or more lines; per line it has one result. The fold is the only
place where results become an outcome, so that no two screens can disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class ResultKind(StrEnum):
    """What one call did for one line."""

    VERIFIED = "verified"
    ACCEPTED = "accepted"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Result:
    """One call's result for one line; ``retryable`` matters for FAILED alone."""

    kind: ResultKind
    reason: str = ""
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """Verified by re-reading."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Contentstack said yes; nothing can be re-read to prove it."""


@dataclass(frozen=True, slots=True)
class Partial:
    """Some calls of the line took effect and others did not."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing was done, for a reason that is no fault."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was done because something refused; ``retryable`` says whether trying again can help."""

    reason: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened; it is said by name and never repeated unasked."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotRun:
    """Its turn never came."""

    reason: str


Outcome = Done | Accepted | Partial | Skipped | Failed | Unknown | NotRun

KINDS: tuple[type[Outcome], ...] = (Done, Accepted, Partial, Skipped, Failed, Unknown, NotRun)
"""All kinds, in the order in which a summary lists them."""


def kind(outcome: Outcome) -> str:
    """The word under which an outcome is stored: ``done``, ``accepted``, …, ``not_run``."""
    match outcome:
        case Done():
            return "done"
        case Accepted():
            return "accepted"
        case Partial():
            return "partial"
        case Skipped():
            return "skipped"
        case Failed():
            return "failed"
        case Unknown():
            return "unknown"
        case NotRun():
            return "not_run"
        case _:
            assert_never(outcome)


def document(outcome: Outcome) -> dict[str, str | int]:
    """The outcome as canonical JSON holds it."""
    value: dict[str, str | int] = {"kind": kind(outcome), "reason": getattr(outcome, "reason", "")}
    if isinstance(outcome, Failed):
        value["retryable"] = int(outcome.retryable)
    return value


def parse(value: dict[str, str | int]) -> Outcome:
    """Rebuild an outcome from :func:`document`; raises ValueError for an unknown kind."""
    reason = str(value["reason"])
    match value["kind"]:
        case "done":
            return Done()
        case "accepted":
            return Accepted()
        case "partial":
            return Partial(reason)
        case "skipped":
            return Skipped(reason)
        case "failed":
            return Failed(reason, bool(value["retryable"]))
        case "unknown":
            return Unknown(reason)
        case "not_run":
            return NotRun(reason)
        case other:
            raise ValueError(f"no outcome is called {other!r}")


def fold(results: Sequence[Result]) -> Outcome:
    """One outcome from the results of all calls that were planned for a line, in their order.

    Doubt wins over everything (what may have happened must be said); then a mixture is Partial; then
    the worst single kind. Raises ValueError for no results: a line without calls has no outcome.
    """
    if not results:
        raise ValueError("a line without calls has no outcome")
    kinds = {result.kind for result in results}
    reason = "; ".join(dict.fromkeys(result.reason for result in results if result.reason))
    took_effect = kinds & {ResultKind.VERIFIED, ResultKind.ACCEPTED}
    if ResultKind.UNKNOWN in kinds:
        return Unknown(reason)
    if took_effect and kinds - took_effect - {ResultKind.SKIPPED}:
        return Partial(reason)
    if took_effect:
        return Accepted() if ResultKind.ACCEPTED in kinds else Done()
    if ResultKind.FAILED in kinds:
        failures = [result for result in results if result.kind is ResultKind.FAILED]
        return Failed(reason, all(failure.retryable for failure in failures))
    if ResultKind.NOT_SENT in kinds:
        return NotRun(reason)
    return Skipped(reason)
