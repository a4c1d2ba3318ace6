"""Choosing people by what is known of them. All filters that are set must fit; none set chooses nobody.

What the API does not tell is no match (unknown means no), and how many that concerns is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.members import Directory, Known, Member, Stack, Status


class Login(StrEnum):
    """When somebody signed in last; who never did has not signed in lately either."""

    NEVER = "never"
    NOT_30 = "30"
    NOT_90 = "90"
    NOT_180 = "180"
    NOT_365 = "365"

    @property
    def days(self) -> int:
        """Without a login for this many days; 0 for never at all."""
        return 0 if self is Login.NEVER else int(self.value)


@dataclass(frozen=True, slots=True)
class Filters:
    """What was set. Several roles, stacks or domains: one of them is enough."""

    roles: tuple[str, ...] = ()
    status: Status | None = None
    stacks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    """In lower case, without the ``@``."""
    invited_before: date | None = None
    login: Login | None = None

    @property
    def any(self) -> bool:
        """Whether anything is set at all."""
        return self != NO_FILTERS


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Fitting:
    """Who fits; ``undecided`` counts people of whom Contentstack does not tell what was asked."""

    members: tuple[Member, ...] = ()
    undecided: int = 0


def select(directory: Directory, filters: Filters, now: datetime) -> Fitting:
    """Everybody who fits, in the directory's order."""
    if not filters.any:
        return Fitting()
    stacks = [stack for stack in directory.stacks if stack.uid in filters.stacks]
    judged = [(member, _judge(member, filters, stacks, now)) for member in directory.members]
    fitting = tuple(member for member, fits in judged if fits is Known.YES)
    return Fitting(fitting, sum(fits is Known.UNKNOWN for _, fits in judged))


def _judge(member: Member, filters: Filters, stacks: list[Stack], now: datetime) -> Known:
    """No as soon as one filter says no; unknown where one cannot tell."""
    found = Known.YES
    for fits in _answers(member, filters, stacks, now):
        if fits is Known.NO:
            return Known.NO
        found = fits if fits is Known.UNKNOWN else found
    return found


def _answers(member: Member, filters: Filters, stacks: list[Stack], now: datetime) -> Iterator[Known]:
    if filters.status is not None:
        yield _known(member.status is filters.status)
    if filters.domains:
        yield _known(member.email.rpartition("@")[2].casefold() in filters.domains)
    if filters.roles:
        yield _known(not set(filters.roles).isdisjoint(member.role_uids))
    if filters.invited_before is not None:
        yield _earlier(member.invited_at, filters.invited_before)
    if filters.login is not None:
        yield _not_since(member, filters.login, now)
    if filters.stacks:
        yield _in_one_of(member, stacks)


def _known(fits: bool) -> Known:  # noqa: FBT001  a plain conversion
    return Known.YES if fits else Known.NO


def _earlier(moment: str, day: date) -> Known:
    """Whether an RFC 3339 time (UTC) is before the day begins."""
    try:
        return _known(date.fromisoformat(moment[:10]) < day)
    except ValueError:
        return Known.UNKNOWN


def _not_since(member: Member, login: Login, now: datetime) -> Known:
    if member.user_uid is None or member.last_login_at == "":
        return Known.YES  # an invitation without an account never signed in
    if member.last_login_at is None:
        return Known.UNKNOWN
    if login is Login.NEVER:
        return Known.NO
    return _earlier(member.last_login_at, (now - timedelta(days=login.days)).date())


def _in_one_of(member: Member, stacks: list[Stack]) -> Known:
    held = [stack.held_by(member.user_uid) for stack in stacks]
    if any(held):
        return Known.YES
    return Known.UNKNOWN if None in held else Known.NO
