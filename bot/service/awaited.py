"""What waits for one person's decision: the requests in which his agreement would count at this moment."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.approval import Counted, agreeing, escalates_at
from bot.domain.invariants import may_decide
from bot.domain.operation import Operation, State
from bot.domain.verdict import Verdict
from bot.service.admission import Admitted
from bot.service.claims import Groups, claims, known_enough, read_groups
from bot.service.house import House

MOST = 50
"""Requests that are looked into for one person: groups and stand-ins are read anew for them."""


async def awaited(house: House, person: Admitted, asked: Sequence[Operation]) -> list[str]:
    """Ids of those that he could agree to, of the first so many that he is no party to."""
    groups: dict[Verdict, Groups] = {}
    found = []
    for one in [one for one in asked if _may(person, one)][:MOST]:
        if one.verdict not in groups:
            groups[one.verdict] = await read_groups(house, one.verdict)
        if await _counts(house, person, one, groups[one.verdict]):
            found.append(one.id)
    return found


def _may(person: Admitted, one: Operation) -> bool:
    if one.state is not State.AWAITING_APPROVAL or not known_enough(person, one.verdict):
        return False
    return may_decide(person.actor, one.requester, one.plan.lines) is None


async def _counts(house: House, person: Admitted, one: Operation, groups: Groups) -> bool:
    second = escalates_at(one.verdict, one.approvals, one.changed_at)
    escalated = second is not None and house.clock.now() >= second
    found = await claims(house, person, one, groups)
    return isinstance(agreeing(one.verdict, one.approvals, found, escalated=escalated), Counted)
