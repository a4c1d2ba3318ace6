"""The organization in numbers: people by role and status, seats, sign-ins (CS §3.1.2, §3.2.1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from bot.domain.members import Directory, Known, Member, Status


@dataclass(frozen=True, slots=True)
class HeadCount:
    """Numbers over a whole directory; nobody in it is named.

    ``roles`` has the name of every organization role that is held, the most frequent first; somebody with
    two roles counts in both. ``never`` and ``untold`` are those who never signed in, and those of whom
    Contentstack does not tell.
    """

    people: int
    seats: int | None
    statuses: tuple[tuple[Status, int], ...]
    roles: tuple[tuple[str, int], ...]
    without_role: int
    owners: int
    admins: int
    admins_unknown: int
    never: int
    untold: int
    read_at: datetime
    missing: int = 0
    """How many more members Contentstack counts than it listed."""


def head_count(directory: Directory) -> HeadCount:
    """Count everybody of a directory."""
    members = directory.members
    statuses = Counter(member.status for member in members)
    others = [member for member in members if not member.is_owner]
    return HeadCount(
        people=len(members),
        seats=directory.organization.seats,
        statuses=tuple((status, statuses[status]) for status in Status if statuses[status]),
        roles=_roles(directory),
        without_role=sum(not member.role_uids for member in others),
        owners=len(members) - len(others),
        admins=sum(member.admin is Known.YES for member in others),
        admins_unknown=sum(member.admin is Known.UNKNOWN for member in others),
        never=sum(_never(member) for member in members),
        untold=sum(member.last_login_at is None and not _never(member) for member in members),
        read_at=directory.read_at,
        missing=0 if directory.complete else max(0, directory.expected - len(members)),
    )


def _roles(directory: Directory) -> tuple[tuple[str, int], ...]:
    held = Counter(uid for member in directory.members for uid in member.role_uids)
    names: Counter[str] = Counter()
    for uid, number in held.items():
        role = directory.role(uid)
        names[role.name if role else uid] += number
    return tuple(sorted(names.items(), key=lambda one: (-one[1], one[0])))


def _never(member: Member) -> bool:
    """An invitation without an account never signed in."""
    return member.user_uid is None or member.last_login_at == ""
