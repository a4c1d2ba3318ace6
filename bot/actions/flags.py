"""What an approver should know of a person, each only if it is known (CS §4, design §4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.actions.base import only_through_sso
from bot.domain.members import Access, Directory, Known, Member, Status
from bot.domain.plan import Flag

RECENTLY = timedelta(days=14)
"""A sign-in within this time is worth a second thought before access is taken."""


def flags(
    member: Member,
    before: Access,
    after: Access,
    directory: Directory,
    now: datetime,
) -> tuple[Flag, ...]:
    """All flags of one member, in the order in which they are shown."""
    return (
        *_rights(member, before, after, directory),
        *_account(member, directory),
        *_sign_in(member, now),
    )


def _rights(member: Member, before: Access, after: Access, directory: Directory) -> Iterator[Flag]:
    gains = any(
        role.admin for role in directory.roles if role.uid in set(after.org_roles) - set(before.org_roles)
    )
    if member.admin is Known.YES:
        yield Flag.ADMIN
    elif member.admin is Known.UNKNOWN:
        yield Flag.ADMIN_UNKNOWN
    if gains and member.admin is not Known.YES:
        yield Flag.BECOMES_ADMIN
    if not before.fully_known:
        yield Flag.BEFORE_UNKNOWN


def _account(member: Member, directory: Directory) -> Iterator[Flag]:
    sso = directory.organization.sso
    if member.status is Status.PENDING:
        yield Flag.PENDING
    if member.user_uid and any(stack.owner_uid == member.user_uid for stack in directory.stacks):
        yield Flag.STACK_OWNER
    if directory.teams_of(member.user_uid):
        yield Flag.TEAM_ACCESS
    if sso.strict and member.without_sso is not Known.YES:
        yield Flag.SSO_STRICT
    if sso.enabled and not sso.strict and only_through_sso(member):
        yield Flag.SSO_ONLY
    if sso.enabled and member.without_sso is Known.YES:
        yield Flag.WITHOUT_SSO
    if sso.role_mapping and member.without_sso is not Known.YES:
        yield Flag.IDP_RULES


def _sign_in(member: Member, now: datetime) -> Iterator[Flag]:
    if member.last_login_at == "":
        yield Flag.NEVER_LOGGED_IN
    elif member.last_login_at and _is_recent(member.last_login_at, now):
        yield Flag.RECENT_LOGIN


def _is_recent(text: str, now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(text) < RECENTLY
    except (ValueError, TypeError):  # not a time, or one without a zone: then it is not known
        return False
