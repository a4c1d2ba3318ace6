"""What stands in the Home tab. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.headcount import HeadCount
from bot.domain.members import Status
from bot.ports.contentstack import Loading
from bot.words.counting import count, listed, people, verb
from bot.words.escape import cut, one_line

TITLE = "Bulk operations on the users of your Contentstack organization"
START = "Start one"
START_ANY = "Choose…"
UNAVAILABLE = "Not available here"
DECIDE = "What waits for your decision"
RUNS = "What waits and what runs"
MINE = "What you asked for"
LAST = "The last operations"
ORGANIZATION = "The organization at a glance"
HEADINGS: Mapping[str, tuple[str, str]] = {
    "decide": (DECIDE, "Nothing waits for your decision."),
    "runs": (RUNS, "Nothing else waits and nothing runs."),
    "mine": (MINE, "You have not asked for anything yet."),
    "last": (LAST, "No operation has come to its end yet."),
}
"""Shelf -> its heading, and the sentence for an empty one."""

TO_DECIDE = "Read it and decide"
TO_MESSAGE = "See its message"
BACK = "Back"
ON = "More"
LOOK_AGAIN = "Look again"
AS_OF = "As read on"
OLD = "Contentstack has not let Rollcall read the member list since"
"""Both are followed by a date."""

WEAK_IDENTITY = (
    "People are known here by their e-mail address alone: whoever can change an address in Slack can pass "
    "for an admin."
)
UNLINKED = (
    "You are known here by your e-mail address alone. Type /org-users connect to link your Slack account to "
    "your Contentstack user."
)
_ROLES = 12
_NAME = 60


def end() -> str:
    """The last line."""
    return "Nothing happens before you have seen a preview and confirmed it."


def part(first: int, shown: int, total: int) -> str:
    """`` · 6 to 10 of 23``, to follow a heading; empty where all is shown."""
    return f" · {first + 1} to {first + shown} of {total:,}" if shown < total else ""


def reading(loading: Loading | None) -> str:
    """While the member list is read for the first time."""
    if loading is None or loading.expected is None:
        return "The member list is being read for the first time."
    so_far = f"{loading.read:,} of {loading.expected:,}"
    return f"The member list is being read for the first time: {so_far} so far."


def facts(counted: HeadCount) -> Sequence[str]:
    """The organization in some lines."""
    lines = [_seats(counted), _statuses(counted), _roles(counted), _admins(counted), _logins(counted)]
    if counted.missing:
        lines.append(f"Contentstack counts {people(counted.missing)} more than it listed.")
    return lines


def _seats(counted: HeadCount) -> str:
    if counted.seats is None:
        return f"{people(counted.people)}; how many seats the plan has, Contentstack does not tell"
    return f"{counted.people:,} of the plan's {count(counted.seats, 'seat')} taken"


_STATUSES: Mapping[Status, str] = {
    Status.ACCEPTED: "accepted",
    Status.PENDING: "pending",
    Status.UNKNOWN: "of another status",
}


def _statuses(counted: HeadCount) -> str:
    told = [f"{number:,} {_STATUSES[status]}" for status, number in counted.statuses]
    return f"Status: {', '.join(told) or 'nobody'}"


def _roles(counted: HeadCount) -> str:
    told = [f"{cut(one_line(name), _NAME)} {number:,}" for name, number in counted.roles]
    told = [f"Owner {counted.owners:,}", *told] if counted.owners else told
    told += [f"none {counted.without_role:,}"] if counted.without_role else []
    return f"Organization roles: {listed(told, most=_ROLES)}"


def _admins(counted: HeadCount) -> str:
    told = f"Admins besides the owner: {counted.admins:,}"
    unknown = counted.admins_unknown
    return f"{told}; of {unknown:,} more Contentstack does not tell" if unknown else told


def _logins(counted: HeadCount) -> str:
    if counted.untold == counted.people:
        return "Never logged in: Contentstack does not tell"
    told = f"Never logged in: {counted.never:,}"
    if not counted.untold:
        return told
    others = verb(counted.untold, "other", "others")
    return f"{told}; of {counted.untold:,} {others} Contentstack does not tell"
