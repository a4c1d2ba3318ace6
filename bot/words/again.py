"""Retry and undo: what their modals and messages say. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from bot.domain.actions import ActionKey
from bot.domain.operation import Origin, State
from bot.words.counting import count, people, verb
from bot.words.operation import state

RETRY = "Retry what failed"
UNDO = "Undo"
RETRY_TITLE = "Retry what failed"
UNDO_TITLE = "Undo"

FAILED = "Will be tried again"
UNKNOWN = "May have happened: choose whom to try again"
UNKNOWN_MORE = "May have happened, continued"
UNKNOWN_HINT = "Whoever is chosen may get it twice. Look at Contentstack first."
REASON = "Reason"

LINK = "its message"
FIRST = "an earlier operation"

_UNDOES: Mapping[ActionKey, str] = {
    ActionKey.ORG_ROLE: "Gives everybody back exactly the organization roles that they had before.",
    ActionKey.STACK_ACCESS: "Gives everybody back the roles that they had in these stacks before, and takes "
    "out again who was not in them.",
    ActionKey.REINVITE: "Invites the removed people again with the organization roles and stacks that "
    "they had.",
}
"""What an undo does, by the action that carries it out."""


def retry_explained(failed: int, unknown: int) -> str:
    """Above the lists of the retry modal."""
    parts = []
    if failed:
        parts.append(f"{people(failed)} failed for a reason that may have passed.")
    if unknown:
        parts.append(f"Of {people(unknown)} it is not known: nobody is tried again unless you choose so.")
    return " ".join([*parts, "You see a preview before anything is done, and the policy judges it anew."])


def undo_explained(number: int) -> str:
    """In the undo modal."""
    return (
        f"{people(number)} {verb(number, 'gets', 'get')} back what was recorded before, each their own. "
        "Whoever changed since is left alone. You see a preview, with what cannot come back, before anything "
        "is done, and the policy judges it anew."
    )


def undoes(action: ActionKey) -> str:
    """What an undo does, as one sentence."""
    return _UNDOES[action]


def origin(made: Origin, action: ActionKey) -> str:
    """In the preview: what a retry or an undo is; empty for what was asked for."""
    match made:
        case Origin.ASKED:
            return ""
        case Origin.RETRY:
            return "Tries again what failed in an earlier operation."
        case Origin.UNDO:
            return undoes(action)
        case _:
            assert_never(made)


def reason(origin: Origin, first: str) -> str:
    """What the field of the reason starts with."""
    return f"{'Undo' if origin is Origin.UNDO else 'Retry'}: {first}"


def more_failed(number: int) -> str:
    """Failed lines that found no room in the modal; they are tried again all the same."""
    return f"… and {number} more"


def more_unknown(number: int) -> str:
    """Unknown lines that found no room in the modal."""
    return (
        f"{count(number, 'more unknown line')} {verb(number, 'finds', 'find')} no room here: "
        "retry once more afterwards."
    )


def choose_somebody() -> str:
    """Nobody was chosen, and nobody else would be tried again."""
    return "Choose at least one person, or close this."


def gone(number: int) -> str:
    """In the preview of a retry: people who are not in the organization any more."""
    return (
        f"{people(number)} left the organization meanwhile and {verb(number, 'is', 'are')} not tried again."
    )


def made_from(origin: Origin) -> str:
    """Before the link to the operation that this one was made from."""
    return "Takes back " if origin is Origin.UNDO else "Tries again what failed in "


def followed(origin: Origin, now: State) -> str:
    """Before the mention of who asked for a retry or an undo: ``Undone by ``."""
    if origin is not Origin.UNDO:
        return "Tried again by "
    return {State.DONE: "Undone by ", State.PARTLY_DONE: "Partly undone by "}.get(now, "Undo asked for by ")


def stands(now: State) -> str:
    """Where a retry or an undo stands."""
    return f" ({state(now).lower()}): "


def more_kin(number: int) -> str:
    """Older retries and undos that are not shown."""
    return f"… and {number} more before."


def redacted(number: int) -> str:
    """Above a plan, where it leaves somebody out whom nobody can address any more."""
    return f"{people(number)} {verb(number, 'is', 'are')} left out: their data was deleted from Rollcall."
