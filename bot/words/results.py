"""What goes with the files at the end of an operation. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.operation import Operation
from bot.domain.outcome import Accepted, Done, Outcome, Partial
from bot.domain.plan import Line
from bot.words import outcomes
from bot.words.changes import change
from bot.words.counting import people
from bot.words.operation import headline, state

ALT_TEXT = 1_000
"""Characters of a picture's description that Slack takes."""

LOST_TITLE = "Who lost or got what"
LOST_MOST = 12
"""More people than that are a list nobody reads in a picture; the CSV file has all of them."""


def csv_title(operation: Operation) -> str:
    """Title of the file with a row per person."""
    return f"{headline(operation.plan)}: what became of everybody"


def plan_title(operation: Operation) -> str:
    """Title of the file with the whole plan."""
    return f"{headline(operation.plan)}: the whole plan"


def picture_title(operation: Operation) -> str:
    """Title of the picture."""
    return f"{headline(operation.plan)}: the outcome"


def description(operation: Operation, told_of: Mapping[int, Outcome], addresses: Mapping[int, str]) -> str:
    """The picture for whoever does not see it: all that it shows, as far as there is room."""
    said = f"{headline(operation.plan)}. {state(operation.state)}: {outcomes.counts(told_of.values())}."
    rows = shown_changes(operation, told_of)
    named = [f"{addresses.get(line.number, f'person {line.number}')}: {what}" for line, what in rows]
    whole = f"{said} {LOST_TITLE}. {'. '.join(named)}." if named else said
    return whole if len(whole) <= ALT_TEXT else said[:ALT_TEXT]


def shown_changes(operation: Operation, told_of: Mapping[int, Outcome]) -> list[tuple[Line, str]]:
    """Lines that took effect with what changed; none where they are too many or nothing changed hands."""
    touched = [
        line
        for line in operation.plan.to_run
        if isinstance(told_of.get(line.number), Done | Accepted | Partial)
    ]
    if len(touched) > LOST_MOST:
        return []
    found = [(line, change(line, operation.names)) for line in touched]
    return [(line, what) for line, what in found if what]


def exported(rows: int, expected: int, read_at: str, *, complete: bool) -> str:
    """With the member list: how many rows, what the API counts, and when it was read."""
    counts = f"{people(rows)} in the list, Contentstack counts {expected}"
    warning = "" if complete else " These do not agree: the list changed while it was read, so export again."
    return f"{counts}; read {read_at}.{warning}"


def export_title(organization: str) -> str:
    """Title of the file with the member list."""
    return f"Members of {organization}"


def export_sent() -> str:
    """Beside the command."""
    return "The member list is in your direct message with Rollcall, as a CSV file."


def export_failed(code: str) -> str:
    """Beside the command, where Slack would not take the file; ``code`` is its own word for why."""
    advice = "try again in a minute"
    if code == "missing_scope":
        advice = "ask whoever installed the app to grant it the scopes files:write and im:write"
    return f"The member list could not be sent: Slack did not take the file ({code}). Please {advice}."
