"""Standing in: what is asked, and what both are told. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from bot.words.escape import utc

TITLE = "Name a stand-in"
SUBMIT = "Name"
WHO = "Who decides in your place"
WHO_HINT = "An owner or admin of the organization. You can still decide yourself."
UNTIL = "Until the end of"
UNTIL_HINT = "At most 90 days. /org-users delegate stop ends it earlier."
STANDS_TITLE = "Standing in"
NAME = "Name a stand-in"
NOBODY = "Nobody stands in for you, and you stand in for nobody."
STOPPED = "Nobody stands in for you any more."
NOTHING_TO_STOP = "Nobody stood in for you, so there was nothing to end."

_STOP = frozenset({"stop", "end", "off"})
_TYPED = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^>]*)?>(?: until)? (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed after `delegate`: a person and a day, an end, or nothing that can be read."""

    stand_in: str = ""
    until: date | None = None
    stop: bool = False


def read(rest: str) -> Wanted:
    """Understand ``@x until 2026-12-24`` (as Slack sends it) and ``stop``."""
    line = rest.strip()
    if line.casefold() in _STOP:
        return Wanted(stop=True)
    found = _TYPED.fullmatch(line)
    day = _day(found[2]) if found else None
    return Wanted(found[1], day) if found and day else Wanted()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Said(NamedTuple):
    """A sentence around a mention: what stands before it and after it."""

    before: str
    after: str


def away(until: datetime) -> Said:
    """Who stands in for the reader."""
    return Said("", f" decides in your place until {utc(until)}. You can still decide yourself.")


def for_other(until: datetime) -> Said:
    """For whom the reader stands in."""
    return Said("You decide in the place of ", f" until {utc(until)}.")


def named(until: datetime) -> Said:
    """What the new stand-in is told."""
    return Said(
        "",
        f" named you as stand-in until {utc(until)}: you may decide in that person's place where you are "
        "not asked yourself, and only while both of you are owner or admin. Nothing else changes for you.",
    )


def ended() -> Said:
    """What the former stand-in is told."""
    return Said("You no longer stand in for ", ".")


def no_date() -> str:
    """The form without a day."""
    return "Choose the last day."


def nobody_chosen() -> str:
    """The form without a person."""
    return "Choose somebody."
