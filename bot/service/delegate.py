"""Naming a stand-in, ending that, and who stands in for whom (`bot.domain.delegation`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.admission import NotAdmitted, Refused
from bot.domain.audit import Event, EventKind
from bot.domain.delegation import LONGEST, Delegation
from bot.domain.problems import Field, Problem, Trouble
from bot.ports.store import Transaction
from bot.service.admission import Admitted, admit, look_up
from bot.service.house import House

_CANNOT_TELL = frozenset({NotAdmitted.SLACK_DOWN, NotAdmitted.MISSING_SCOPE})


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for one person just now."""

    away: Delegation | None
    """Who stands in for him."""
    for_others: Sequence[Delegation]
    """In whose places he stands."""


async def standing(house: House, slack_user: str) -> Standing:
    """Who stands in for this person, and for whom he does."""
    now = house.clock.now()
    found = await house.store.read(lambda tx: tx.delegations(house.binding.key, now))
    away = next((one for one in found if one.of.slack_user == slack_user), None)
    return Standing(away, [one for one in found if one.to.slack_user == slack_user])


async def delegate(
    house: House, slack_user: str, stand_in: str, last_day: date
) -> Delegation | Problem | Refused:
    """From now until the end of that day (in his own time zone) somebody else may decide in his place.

    Both have to be owner or admin by a fresh read; a stand-in who has one himself would be a chain.
    """
    admitted = await admit(house, slack_user, at="delegate")
    if isinstance(admitted, Refused):
        return admitted
    until, now = _end_of(last_day, admitted.slack.zone), house.clock.now()
    problem = _check_time(until, now) or await _check_person(house, admitted, stand_in)
    if isinstance(problem, Problem):
        return problem
    wanted = Delegation(house.binding.key, admitted.actor, problem.actor, now, until)
    if not await house.store.write(lambda tx: _named(tx, wanted)):
        return Problem(Trouble.STAND_IN_AWAY, Field.PEOPLE)
    return wanted


def _end_of(day: date, zone: str) -> datetime:
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        there = ZoneInfo("UTC")
    return datetime.combine(day + timedelta(days=1), time(), there).astimezone(UTC)


def _check_time(until: datetime, now: datetime) -> Problem | None:
    if until <= now:
        return Problem(Trouble.DAY_PAST, Field.WHEN)
    if until > now + LONGEST + timedelta(days=1):
        return Problem(Trouble.DAY_TOO_FAR, Field.WHEN, str(LONGEST.days))
    return None


async def _check_person(house: House, admitted: Admitted, stand_in: str) -> Admitted | Problem:
    found = await look_up(house, stand_in)
    if isinstance(found, Refused):
        if found.why in _CANNOT_TELL:
            return Problem(Trouble.SLACK_DOWN)
        if found.why in {NotAdmitted.CONTENTSTACK_DOWN, NotAdmitted.CREDENTIAL_REFUSED}:
            return Problem(Trouble(found.why.value))
        return Problem(Trouble.STAND_IN_NO_ADMIN, Field.PEOPLE)
    if found.actor.same_person_as(admitted.actor):
        return Problem(Trouble.STAND_IN_IS_YOU, Field.PEOPLE)
    return found


def _named(tx: Transaction, wanted: Delegation) -> bool:
    """Write it down, unless the stand-in is away himself."""
    standing = tx.delegations(wanted.binding, wanted.since)
    if any(one.of.same_person_as(wanted.to) for one in standing):
        return False
    tx.delegate(wanted)
    data = {"to": wanted.to.person, "until": wanted.until.isoformat()}
    tx.append(Event(EventKind.DELEGATED, wanted.binding, actor=wanted.of.person, data=data), wanted.since)
    return True


async def come_back(house: House, slack_user: str) -> Delegation | None:
    """Nobody stands in for this person any more; who did, or None. It only takes a right away."""
    now, binding = house.clock.now(), house.binding.key

    def end(tx: Transaction) -> Delegation | None:
        found = [one for one in tx.delegations(binding, now) if one.of.slack_user == slack_user]
        if not found:
            return None
        tx.end_delegation(binding, slack_user, now)
        data = {"to": found[0].to.person, "until": now.isoformat(), "ended": 1}
        tx.append(Event(EventKind.DELEGATED, binding, actor=found[0].of.person, data=data), now)
        return found[0]

    return await house.store.write(end)
