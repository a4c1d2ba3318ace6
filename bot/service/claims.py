"""As whom somebody may decide: in his own right, or in the place of those who named him; all read now.

A group that cannot be read has nobody in it, and whoever cannot be looked up stands for nobody: unknown
means no.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from bot.domain.approval import Claim
from bot.domain.circles import Circle, groups_in, within
from bot.domain.identity import Identity
from bot.domain.invariants import may_decide
from bot.domain.operation import Actor, Operation
from bot.domain.verdict import Verdict
from bot.ports.slack_people import SlackUnavailable
from bot.service.admission import Admitted, look_up
from bot.service.house import House

_log = logging.getLogger(__name__)

Groups = Mapping[str, frozenset[str]]
"""Slack user group -> its members."""


async def claims(
    house: House, person: Admitted, operation: Operation, groups: Groups | None = None
) -> list[Claim]:
    """His own claim first, then one for each person in whose place he may decide on this.

    ``groups`` are handed in where many people are asked about at once.
    """
    groups = await read_groups(house, operation.verdict) if groups is None else groups
    own = claim(person.actor, operation.verdict, groups)
    others = [
        claim(person.actor, operation.verdict, groups, instead_of=one)
        for one in await _represented(house, person.actor, operation)
    ]
    return [own, *others]


async def read_groups(house: House, verdict: Verdict) -> Groups:
    """The members of every group that the verdict names, as far as they can be read now."""
    found = {group: await _members(house, group) for group in sorted(groups_of(verdict))}
    return {group: members for group, members in found.items() if members is not None}


def groups_of(*verdicts: Verdict) -> frozenset[str]:
    """Every user group that these verdicts name."""
    return groups_in(tuple(circle for verdict in verdicts for circle in circles_of(verdict)))


def circles_of(verdict: Verdict) -> Iterable[Circle]:
    """Every circle of every stage, and of the second set."""
    for stage in verdict.stages:
        yield from stage.of
    if verdict.escalation is not None:
        yield from verdict.escalation.to.of


async def _members(house: House, group: str) -> frozenset[str] | None:
    try:
        return await house.people.in_group(group)
    except SlackUnavailable as error:
        _log.warning("a user group could not be read, so nobody counts as in it: %s", error)
        return None


def claim(actor: Actor, verdict: Verdict, groups: Groups, instead_of: Actor | None = None) -> Claim:
    """What somebody may decide in his own right, or in the place of another."""
    slack_user = (instead_of or actor).slack_user
    second = verdict.escalation.to.of if verdict.escalation else ()
    return Claim(
        actor=actor,
        circles=tuple(_numbers_of(stage.of, slack_user, groups) for stage in verdict.stages),
        second=_numbers_of(second, slack_user, groups),
        stands_in_for=instead_of,
    )


def _numbers_of(circles: tuple[Circle, ...], slack_user: str, groups: Groups) -> frozenset[int]:
    """In which of these circles, counted from 0, somebody is."""
    return frozenset(number for number, one in enumerate(circles) if within(one, slack_user, groups))


async def _represented(house: House, actor: Actor, operation: Operation) -> list[Actor]:
    """Those who named him and could decide on this themselves."""
    now = house.clock.now()
    standing = await house.store.read(lambda tx: tx.delegations(house.binding.key, now))
    named_him = [one.of for one in standing if _is(one.to, actor) and one.holds(now)]
    return [one for one in named_him if await could_decide(house, one, operation)]


def _is(one: Actor, other: Actor) -> bool:
    """Both accounts: whoever has one of them only is not the one who was named."""
    return one.slack_user == other.slack_user and one.user_uid == other.user_uid


async def could_decide(house: House, actor: Actor, operation: Operation) -> bool:
    """Whether he has the right now, is known well enough, did not ask for this and is not in the plan."""
    found = await look_up(house, actor.slack_user)
    if not isinstance(found, Admitted) or found.actor.user_uid != actor.user_uid:
        return False
    known = known_enough(found, operation.verdict)
    return known and may_decide(found.actor, operation.requester, operation.plan.lines) is None


def known_enough(person: Admitted, verdict: Verdict) -> bool:
    """Whether he is known in the form that the policy asks for."""
    return verdict.identity is not Identity.LINKED or person.identity is Identity.LINKED
