"""What no policy can lift (design §4), over the state that the whole plan would leave behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.actions import ActionKey
from bot.domain.members import Directory, Known, Member, Status
from bot.domain.operation import Actor
from bot.domain.plan import Line, Why, blocked

_NEVER_YOURSELF = frozenset({ActionKey.REMOVE, ActionKey.ORG_ROLE, ActionKey.KILL_SESSIONS})
CAN_TAKE_ADMINS = frozenset({ActionKey.REMOVE, ActionKey.ORG_ROLE})
"""Actions after which somebody may be an admin no longer."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Whom the invariants protect in one operation."""

    requester: Actor
    bot_user_uid: str
    bot_email: str


def enforce(
    action: ActionKey,
    lines: Sequence[Line],
    directory: Directory,
    guard: Guard,
) -> tuple[Line, ...]:
    """Block every line that an invariant forbids; the others come back as they were."""
    judged = tuple(_protect_person(action, line, directory, guard) for line in lines)
    return _keep_an_admin(action, judged, directory)


def _protect_person(action: ActionKey, line: Line, directory: Directory, guard: Guard) -> Line:
    member = directory.share(line.share_uid)
    if member is None:
        return line
    if _is_bot(member, guard):
        return replace(line, verdict=blocked(Why.IS_BOT_ACCOUNT))
    if member.is_owner:
        return replace(line, verdict=blocked(Why.IS_OWNER))
    if len(directory.with_email(member.email)) > 1:  # most calls are addressed by e-mail (CS §3.4, §3.7)
        return replace(line, verdict=blocked(Why.SHARED_EMAIL))
    if action in _NEVER_YOURSELF and line.user_uid and line.user_uid == guard.requester.user_uid:
        return replace(line, verdict=blocked(Why.IS_YOURSELF))
    return line


def _is_bot(member: Member, guard: Guard) -> bool:
    return member.user_uid == guard.bot_user_uid or member.email.casefold() == guard.bot_email.casefold()


def _keep_an_admin(action: ActionKey, lines: tuple[Line, ...], directory: Directory) -> tuple[Line, ...]:
    """Block the lines that take the admin role if nobody surely an admin would be left besides the owner."""
    if action not in CAN_TAKE_ADMINS:
        return lines
    losing = {line.share_uid for line in lines if line.runs and _loses_admin(line, directory)}
    left = [member for member in sure_admins(directory) if member.share_uid not in losing]
    if not losing or left:
        return lines
    return tuple(
        replace(line, verdict=blocked(Why.LAST_ADMIN)) if line.share_uid in losing else line for line in lines
    )


def _loses_admin(line: Line, directory: Directory) -> bool:
    """Whether somebody who is, or may be, an admin has no admin role of his own afterwards."""
    member = directory.share(line.share_uid)
    if member is None or member.admin is Known.NO:
        return False
    after = (directory.role(uid) for uid in line.after.org_roles)
    return line.after.status is None or not any(role and role.admin for role in after)


def sure_admins(directory: Directory) -> tuple[Member, ...]:
    """Accepted members who surely are admins; the owner is not counted, and unknown is not yes."""
    return tuple(
        member
        for member in directory.members
        if member.admin is Known.YES and member.status is Status.ACCEPTED and not member.is_owner
    )


def may_decide(approver: Actor, requester: Actor, lines: Sequence[Line]) -> Why | None:
    """None if this person may decide on the plan; otherwise what forbids it.

    Requester and approver are different people by Slack account *and* by Contentstack user, and
    nobody decides on a plan that he is in.
    """
    if approver.same_person_as(requester):
        return Why.IS_YOURSELF
    return Why.IN_PLAN if in_plan(approver, lines) else None


def in_plan(person: Actor, lines: Sequence[Line]) -> bool:
    """Whether any line is about this person, whether it runs or not."""
    return any(_is_about(line, person) for line in lines)


def _is_about(line: Line, person: Actor) -> bool:
    """By account, or by address where the line was sealed before there was an account."""
    if line.user_uid and line.user_uid == person.user_uid:
        return True
    return bool(line.person) and line.person == person.person
