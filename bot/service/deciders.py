"""Who could decide on a request now, one by one: whom a reminder, or the word of a broken glass, is for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.admission import NotAdmitted
from bot.domain.approval import Claim, Counted, agreeing, could_agree, escalates_at, fills
from bot.domain.circles import Circle, Named, OrgAdmins, SlackGroup
from bot.domain.invariants import may_decide, sure_admins
from bot.domain.members import Directory
from bot.domain.operation import Operation
from bot.service.admission import Admitted, look_up
from bot.service.claims import Groups, circles_of, claim, claims, known_enough, read_groups
from bot.service.house import House

MOST = 50
"""People who are looked up for one request: Slack answers so many questions about e-mails a minute."""

_CANNOT_TELL = frozenset(
    {
        NotAdmitted.SLACK_DOWN,
        NotAdmitted.MISSING_SCOPE,
        NotAdmitted.CONTENTSTACK_DOWN,
        NotAdmitted.CREDENTIAL_REFUSED,
    }
)


class CannotTell(Exception):
    """Somebody's right cannot be read just now: try again later rather than leave him out."""


Counts = Callable[[Sequence[Claim]], bool]


async def may_agree(house: House, operation: Operation) -> list[str]:
    """Slack ids of those whose agreement would count now; raises CannotTell, and what reading raises."""
    second = escalates_at(operation.verdict, operation.approvals, operation.changed_at)
    escalated = second is not None and house.clock.now() >= second
    return await _those_who(house, operation, lambda found: _count(operation, found, escalated=escalated))


async def second_set(house: House, operation: Operation) -> list[str]:
    """Slack ids of those whose agreement counts by the escalation alone; raises as the other."""

    def counts(found: Sequence[Claim]) -> bool:
        return _count(operation, found, escalated=True) and not _count(operation, found, escalated=False)

    return await _those_who(house, operation, counts)


def _count(operation: Operation, found: Sequence[Claim], *, escalated: bool) -> bool:
    counted = agreeing(operation.verdict, operation.approvals, found, escalated=escalated)
    return isinstance(counted, Counted)


async def would_have_decided(house: House, operation: Operation) -> list[str]:
    """Slack ids of everybody whom the policy would have asked, at whatever stage; raises as the other."""

    def counts(found: Sequence[Claim]) -> bool:
        return any(any(one.circles) or one.second for one in found)

    return await _those_who(house, operation, counts)


async def _those_who(house: House, operation: Operation, counts: Counts) -> list[str]:
    groups = await read_groups(house, operation.verdict)
    found = []
    for slack_user in await _candidates(house, operation, groups):
        person = await look_up(house, slack_user)
        if not isinstance(person, Admitted):
            if person.why in _CANNOT_TELL:
                raise CannotTell(person.why.value)
            continue
        if _able(person, operation) and counts(await claims(house, person, operation, groups)):
            found.append(slack_user)
    return found


@dataclass(frozen=True, slots=True)
class Shortage:
    """How many agreements are needed, how many there could be, and how many people could give one."""

    needed: int
    possible: int
    people: int


async def shortage(house: House, operation: Operation) -> Shortage | None:
    """None where enough people could decide on this, over those who really could; raises as the others.

    They are asked about one by one, and no further than needed.
    """
    verdict = operation.verdict
    if not operation.approvals_needed or not operation.plan.to_run:
        return None
    found: list[Claim] = []
    async for one in _able_one_by_one(house, operation):
        found.append(one)
        if could_agree(verdict, found):
            return None
    people = sum(any(one.circles) for one in found)
    return Shortage(operation.approvals_needed, fills(verdict.stages, [one.circles for one in found]), people)


async def _able_one_by_one(house: House, operation: Operation) -> AsyncIterator[Claim]:
    """The own claim of everybody who may decide on it."""
    groups = await read_groups(house, operation.verdict)
    for slack_user in await _candidates(house, operation, groups):
        person = await look_up(house, slack_user)
        if isinstance(person, Admitted):
            if _able(person, operation):
                yield claim(person.actor, operation.verdict, groups)
        elif person.why in _CANNOT_TELL:
            raise CannotTell(person.why.value)


def _able(person: Admitted, operation: Operation) -> bool:
    forbidden = may_decide(person.actor, operation.requester, operation.plan.lines)
    return forbidden is None and known_enough(person, operation.verdict)


async def _candidates(house: House, operation: Operation, groups: Groups) -> list[str]:
    """Whoever is in a circle, and those who stand in for somebody, in a steady order."""
    circles = set(circles_of(operation.verdict))
    found = set().union(*(_in(circle, groups) for circle in circles))
    now = house.clock.now()
    standing = await house.store.read(lambda tx: tx.delegations(house.binding.key, now))
    found.update(one.to.slack_user for one in standing)
    if any(isinstance(circle, OrgAdmins) for circle in circles):
        found.update(await _admins(house))
    decided = {one.actor.slack_user for one in operation.approvals}
    return sorted(found - decided - {operation.requester.slack_user})[:MOST]


def _in(circle: Circle, groups: Groups) -> Iterable[str]:
    match circle:
        case SlackGroup(group):
            return groups.get(group, frozenset())
        case Named(people):
            return people
        case _:
            return ()


async def _admins(house: House) -> set[str]:
    """Slack accounts with the e-mail of an owner or admin, as last read; each is looked up anew later."""
    directory = await house.contentstack.directory(max_age=60)
    accounts = [await house.people.account(email) for email in _addresses(directory)[:MOST]]
    return {one for one in accounts if one}


def _addresses(directory: Directory) -> list[str]:
    owners = [member for member in directory.members if member.is_owner]
    return [member.email for member in (*owners, *sure_admins(directory))]
