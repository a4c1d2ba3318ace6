"""Small values that the domain's tests are made of."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.actions import ActionKey, Parameters
from bot.domain.members import (
    Access,
    Directory,
    Known,
    Member,
    Organization,
    OrgRole,
    SingleSignOn,
    Stack,
    StackRole,
    Status,
)
from bot.domain.plan import RUN, Credential, Flag, Line, LineVerdict, Plan

ADMIN = OrgRole("role_admin", "Admin", admin=True)
MEMBER = OrgRole("role_member", "Member")
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def member(
    name: str, *, admin: Known = Known.NO, owner: bool = False, status: Status = Status.ACCEPTED
) -> Member:
    """A member whose uids and address are made from his name."""
    roles = {Known.YES: (ADMIN.uid,), Known.NO: (MEMBER.uid,), Known.UNKNOWN: ("role_gone",)}[admin]
    return Member(
        share_uid=f"share_{name}",
        user_uid=f"user_{name}",
        email=f"{name}@example.com",
        role_uids=() if owner else roles,
        status=status,
        is_owner=owner,
        admin=Known.YES if owner else admin,
    )


def directory(*members: Member, stacks: tuple[Stack, ...] = (), sso: SingleSignOn | None = None) -> Directory:
    """An organization of these people."""
    organization = Organization("org", "Example", owner_uid="user_owner", sso=sso or SingleSignOn())
    return Directory(organization, members, (ADMIN, MEMBER), stacks, AT, teams=())


def stack(name: str, *, owner: str | None = None, **holders: str) -> Stack:
    """A stack with two roles; ``holders`` maps a name to ``admin`` or ``editor``."""
    return Stack(
        uid=f"stack_{name}",
        name=name,
        api_key=f"key_{name}",
        owner_uid=f"user_{owner}" if owner else None,
        roles=(StackRole(f"{name}_admin", "Admin"), StackRole(f"{name}_editor", "Editor")),
        holders={f"user_{person}": (f"{name}_{role}",) for person, role in holders.items()},
    )


def line(
    number: int,
    who: Member,
    *,
    after: Access | None = None,
    before: Access | None = None,
    verdict: LineVerdict = RUN,
    flags: tuple[Flag, ...] = (),
) -> Line:
    """A line that runs unless told otherwise."""
    had = before or Access(who.status, who.role_uids)
    return Line(number, f"person_{number}", who.share_uid, who.user_uid, verdict, had, after or had, flags)


def plan(action: ActionKey, *lines: Line) -> Plan:
    """A plan over these lines."""
    return Plan("binding", action, Parameters(), lines, "0" * 64, Credential("authtoken", "user_bot"))
