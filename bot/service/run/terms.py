"""The policy of this moment, when a run is to start: of it and of the sealed verdict the stricter holds.

What is denied now, or asks for agreement that was not given, is dismissed: nobody is asked a second time
about a plan that others have agreed to already. Outside of its hours it is held, and Resume goes on within
them.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.approval import all_agreed, fills
from bot.domain.hours import Hours
from bot.domain.operation import Operation
from bot.domain.stricter import stricter
from bot.domain.verdict import Verdict
from bot.service.claims import numbers_of, read_groups
from bot.service.house import House
from bot.service.judging import judged, objection

OUTSIDE_HOURS = "outside_hours"
DENIES, ASKS_MORE = "policy_denies", "policy_asks_more"


async def terms(house: House, operation: Operation) -> Verdict:
    """The stricter of the sealed verdict and the one of now."""
    plan, now = operation.plan, house.clock.now()
    current = await judged(house, operation.requester, operation.identity, plan.action, plan.lines, now)
    return stricter(operation.verdict, current)


def outside(hours: tuple[Hours, ...], house: House) -> bool:
    """Whether running may not start now."""
    return not all(one.hold(house.clock.now()) for one in hours)


async def forbids(house: House, operation: Operation, now: Verdict) -> str:
    """Why the operation must not run on these terms; empty while it may."""
    if objection(replace(operation, verdict=now)) is not None:
        return DENIES
    return "" if await _agreed(house, operation, now) else ASKS_MORE


async def _agreed(house: House, operation: Operation, now: Verdict) -> bool:
    if operation.glass is not None:
        return now.break_glass is not None
    if now.stages == operation.verdict.stages:
        return all_agreed(operation.verdict, operation.approvals)
    groups = await read_groups(house, now)
    given = [
        tuple(
            numbers_of(stage.of, (one.stands_in_for or one.actor).slack_user, groups) for stage in now.stages
        )
        for one in operation.approvals
        if one.approved
    ]
    return fills(now.stages, given) == now.approvals
