"""What an approver should know of a person, one short phrase a flag. Plain text (see escape)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.plan import Flag, Line

_PHRASES: Mapping[Flag, str] = {
    Flag.ADMIN: "admin",
    Flag.ADMIN_UNKNOWN: "perhaps an admin",
    Flag.BECOMES_ADMIN: "becomes an admin",
    Flag.PENDING: "invitation pending",
    Flag.STACK_OWNER: "owns a stack",
    Flag.SSO_STRICT: "strict SSO applies",
    Flag.SSO_ONLY: "signs in through SSO only",
    Flag.IDP_RULES: "identity provider assigns roles",
    Flag.TEAM_ACCESS: "also has access through a team",
    Flag.RECENT_LOGIN: "signed in during the last 14 days",
    Flag.NEVER_LOGGED_IN: "never signed in",
    Flag.BEFORE_UNKNOWN: "current access only partly known",
    Flag.WITHOUT_SSO: "may sign in without SSO",
    Flag.STACK_INVITATION: "withdraws a pending stack invitation",
    Flag.MUST_ACCEPT: "has to accept the invitation first",
    Flag.STACKS_NOT_BACK: "unread access does not come back",
    Flag.TEAMS_NOT_BACK: "team memberships do not come back",
    Flag.OWNERSHIP_NOT_BACK: "stack ownership does not come back",
    Flag.WITHOUT_SSO_NOT_BACK: "access without SSO does not come back",
    Flag.USELESS_UNDER_STRICT_SSO: "useless: strict SSO is on",
}


def phrase(flag: Flag) -> str:
    """The flag in a few words."""
    return _PHRASES[flag]


def phrases(flags: Sequence[Flag]) -> str:
    """All flags of a line, ``admin, never signed in``; empty for none."""
    return ", ".join(phrase(flag) for flag in flags)


def beside(line: Line) -> str:
    """The flags of a line that its change does not say already: who leaves has unread stacks named there."""
    leaves = line.runs and line.after.status is None
    said = {Flag.BEFORE_UNKNOWN} if leaves and None in line.before.stacks.values() else frozenset()
    return phrases([flag for flag in line.flags if flag not in said])
