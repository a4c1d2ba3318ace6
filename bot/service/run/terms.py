"""The policy of this moment, when a run is to start: of it and of the sealed verdict the stricter holds.

What is denied now, or asks for agreement that was not given, is dismissed: nobody is asked a second time
about a plan that others have agreed to already. Whoever has left a group since he agreed counts for it no
more. Outside of its hours it is held, and goes on within them (`bot.service.schedule`); it is held too where
Slack does not say who is in a group that says who may ask, or who has to agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.approval import all_agreed, fills
from bot.domain.hours import Hours
from bot.domain.operation import Approval, Operation
from bot.domain.stricter import stricter
from bot.domain.verdict import Verdict
from bot.ports.slack_people import SlackUnavailable
from bot.service.claims import Groups, claim, groups_of
from bot.service.house import House
from bot.service.judging import judged, objection
from bot.service.run.calling import Hold

OUTSIDE_HOURS = "outside_hours"
DENIES, ASKS_MORE, TOO_OLD = "policy_denies", "policy_asks_more", "policy_too_old"
APPROVER_LEFT = "approver_left"


async def terms(house: House, operation: Operation) -> Verdict:
    """The stricter of the sealed verdict and the one of now; raises Hold where it cannot be told."""
    plan, asker, now = operation.plan, operation.requester, house.clock.now()
    members = await _members(house, house.binding.policy.requester_groups)
    groups = frozenset(group for group, people in members.items() if asker.slack_user in people)
    current = await judged(house, asker, operation.identity, plan.action, plan.lines, now, groups=groups)
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
    return await _missing(house, operation, now)


def _too_old(house: House, operation: Operation, now: Verdict) -> bool:
    """Whether the policy of now would have let it expire by this time."""
    if operation.expires_at is None:
        return False
    return (
        operation.expires_at - operation.verdict.execution_expiry + now.execution_expiry <= house.clock.now()
    )


async def _missing(house: House, operation: Operation, now: Verdict) -> str:
    """Why those who agreed are not enough for these terms; empty where they are."""
    if operation.glass is not None:
        return "" if now.break_glass is not None else ASKS_MORE
    if now.stages == operation.verdict.stages:
        return "" if await _agree_still(house, operation) else APPROVER_LEFT
    groups = await _members(house, groups_of(now))
    people = [claim(one.actor, now, groups, one.stands_in_for) for one in operation.approvals if one.approved]
    return "" if fills(now.stages, [one.circles for one in people]) == now.approvals else ASKS_MORE


async def _agree_still(house: House, operation: Operation) -> bool:
    sealed = operation.verdict
    groups = await _members(house, groups_of(sealed))
    return all_agreed(sealed, [_still(one, sealed, groups) for one in operation.approvals])


def _still(given: Approval, verdict: Verdict, groups: Groups) -> Approval:
    """What an agreement still counts for: as it was recorded, without the circles that he has left since."""
    then, now = given.weight, claim(given.actor, verdict, groups, given.stands_in_for)
    kept = replace(then, circles=then.circles & now.circles[then.stage], second=then.second & now.second)
    return replace(given, weight=kept)


async def _members(house: House, groups: Iterable[str]) -> Groups:
    """Who is in these groups now; raises Hold where Slack does not say."""
    try:
        return {group: await house.people.in_group(group) for group in sorted(groups)}
    except SlackUnavailable as error:
        raise Hold("slack_down") from error
