"""The policy of this moment, when a run is to start: of it and of the sealed verdict the stricter holds.

What is denied now, or asks for agreement that was not given, is dismissed: nobody is asked a second time
about a plan that others have agreed to already. Outside of its hours it is held, and goes on within them
(`bot.service.schedule`); it is held too where Slack does not say who is in a group that says who may ask.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.approval import all_agreed, fills
from bot.domain.hours import Hours
from bot.domain.operation import Operation
from bot.domain.stricter import stricter
from bot.domain.verdict import Verdict
from bot.ports.slack_people import SlackUnavailable
from bot.service.claims import numbers_of, read_groups
from bot.service.house import House
from bot.service.judging import judged, objection
from bot.service.run.calling import Hold

OUTSIDE_HOURS = "outside_hours"
DENIES, ASKS_MORE, TOO_OLD = "policy_denies", "policy_asks_more", "policy_too_old"


async def terms(house: House, operation: Operation) -> Verdict:
    """The stricter of the sealed verdict and the one of now; raises Hold where it cannot be told."""
    plan, now = operation.plan, house.clock.now()
    try:
        for group in sorted(house.binding.policy.requester_groups):
            await house.people.in_group(group)
    except SlackUnavailable as error:
        raise Hold("slack_down") from error
    current = await judged(house, operation.requester, operation.identity, plan.action, plan.lines, now)
    return stricter(operation.verdict, current)


def outside(hours: tuple[Hours, ...], house: House) -> bool:
    """Whether running may not start now."""
    return not all(one.hold(house.clock.now()) for one in hours)


async def forbids(house: House, operation: Operation, now: Verdict) -> str:
    """Why the operation must not run on these terms; empty while it may."""
    if objection(replace(operation, verdict=now)) is not None:
        return DENIES
    if _too_old(house, operation, now):
        return TOO_OLD
    return "" if await _agreed(house, operation, now) else ASKS_MORE


def _too_old(house: House, operation: Operation, now: Verdict) -> bool:
    """Whether the policy of now would have let it expire by this time."""
    if operation.expires_at is None:
        return False
    return (
        operation.expires_at - operation.verdict.execution_expiry + now.execution_expiry <= house.clock.now()
    )


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
