"""What the policy says of a request now: its facts are put together, the groups it names are read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from bot.domain.actions import ActionKey
from bot.domain.identity import Identity
from bot.domain.operation import Actor, Operation
from bot.domain.plan import Flag, Line
from bot.domain.policy import Request, Requester, judge
from bot.domain.problems import Field, Problem, Trouble
from bot.domain.verdict import Denied, Verdict, Wording
from bot.ports.slack_people import SlackUnavailable
from bot.service.house import House

_MAYBE_ADMIN = frozenset({Flag.ADMIN, Flag.ADMIN_UNKNOWN})
"""Whoever may be an admin counts as one."""

_log = logging.getLogger(__name__)


async def judged(
    house: House,
    requester: Actor,
    identity: Identity,
    action: ActionKey,
    lines: Sequence[Line],
    at: datetime,
    *,
    groups: frozenset[str] | None = None,
) -> Verdict:
    """The verdict on these lines, if they ran at that time.

    ``groups`` are those of the policy's requester groups that he is in, where they were read already.
    """
    run = [line for line in lines if line.runs]
    groups = await _groups(house, requester.slack_user) if groups is None else groups
    request = Request(
        action=action,
        people=len(run),
        admins=sum(bool(_MAYBE_ADMIN.intersection(line.flags)) for line in run),
        makes_admin=any(Flag.BECOMES_ADMIN in line.flags for line in run),
        at=at,
        requester=Requester(requester.slack_user, requester.user_uid, identity, groups),
    )
    return judge(house.binding.policy, request)


async def _groups(house: House, slack_user: str) -> frozenset[str]:
    """Which of the groups that decide on who may ask he is in; one that cannot be read has nobody in it."""
    wanted = house.binding.policy.requester_groups
    return frozenset([group for group in sorted(wanted) if await _is_in(house, slack_user, group)])


async def _is_in(house: House, slack_user: str, group: str) -> bool:
    try:
        return slack_user in await house.people.in_group(group)
    except SlackUnavailable as error:
        _log.warning("a user group could not be read, so nobody counts as in it: %s", error)
        return False


def objection(operation: Operation) -> Problem | None:
    """What the verdict does not allow of an operation as it was asked for; None where it allows it."""
    verdict, people = operation.verdict, len(operation.plan.to_run)
    if verdict.denied is Denied.NO_RULE:
        return Problem(Trouble.NO_RULE_FITS)
    if verdict.denied is Denied.BY_RULE:
        return Problem(Trouble.POLICY_DENIES, detail=verdict.why or verdict.rule)
    if people > verdict.most_people:
        return Problem(Trouble.TOO_MANY_PEOPLE, Field.PEOPLE, f"{verdict.most_people:,}")
    if verdict.identity is Identity.LINKED and operation.identity is not Identity.LINKED:
        return Problem(Trouble.CONNECT_FIRST)
    return _worded(verdict, operation)


def _worded(verdict: Verdict, operation: Operation) -> Problem | None:
    unfit = _unfit(verdict.reason, operation.reason)
    if unfit is not None:
        return Problem(Trouble.REASON_UNFIT, Field.REASON, unfit)
    unfit = _unfit(verdict.ticket, operation.ticket)
    return None if unfit is None else Problem(Trouble.TICKET_UNFIT, Field.TICKET, unfit)


def _unfit(wordings: Sequence[Wording], text: str) -> str | None:
    """How the first wording that a text does not have says what it asks for."""
    return next((wording.says for wording in wordings if not wording.fits(text)), None)
