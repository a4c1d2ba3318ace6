"""The spreadsheets that leave the house: the member list, a whole plan, what became of everybody (CS §7.3).

The first seven columns are those of Contentstack's own CLI, with its names, order and meaning (CS §7.1), so
that spreadsheets made for it work on. Times are RFC 3339 in UTC unless the CLI's own form is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.members import NOBODY, Access, Directory, Known, Member
from bot.domain.operation import Operation
from bot.domain.outcome import Outcome, kind
from bot.domain.plan import Line
from bot.words import actions, outcomes
from bot.words.cells import more, table
from bot.words.changes import UNKNOWN
from bot.words.flags import phrases
from bot.words.reasons import told, why

CLI = ("Email", "User UID", "Organization Role", "Status", "Invited By", "Created Time", "Updated Time")
OURS = (
    "Organization Roles (all)",
    "First Name",
    "Last Name",
    "2FA",
    "Last Login At",
    "Share UID",
    "Invited At",
)
MEMBERS = (*CLI, *OURS)
PLAN = (*MEMBERS, "Action", "Verdict", "Reason", "Before", "After", "Remarks")
RESULTS = (*MEMBERS, "Action", "Outcome", "Reason", "Before", "After")

_SECOND_FACTOR = {Known.YES: "Enabled", Known.NO: "Disabled", Known.UNKNOWN: ""}
_NEVER = "Never"
_SYSTEM = "System"
_NO_ROLE = "No Role"


class Dates(StrEnum):
    """How times are written: RFC 3339 in UTC, or as the CLI does (the day, in UTC too)."""

    ISO = "iso"
    CLI = "cli"


def member_facts(member: Member, directory: Directory, dates: Dates = Dates.ISO) -> dict[str, str]:
    """Column -> value of one member."""
    roles = [_role_name(uid, directory) for uid in member.role_uids]
    return {
        "Email": member.email,
        "User UID": member.user_uid or "",
        "Organization Role": "Owner" if member.is_owner else next(iter(roles), _NO_ROLE),
        "Status": member.status.value,
        "Invited By": _inviter(member, directory),
        "Created Time": _time(member.created_at, dates),
        "Updated Time": _time(member.updated_at, dates),
        "Organization Roles (all)": "; ".join(roles),
        "First Name": member.first_name,
        "Last Name": member.last_name,
        "2FA": _SECOND_FACTOR[member.second_factor],
        "Last Login At": _NEVER if member.last_login_at == "" else _time(member.last_login_at or "", dates),
        "Share UID": member.share_uid,
        "Invited At": _time(member.invited_at, dates),
    }


def _role_name(uid: str, directory: Directory) -> str:
    role = directory.role(uid)
    return role.name if role else uid


def _inviter(member: Member, directory: Directory) -> str:
    """His address if he is in the list, else System, as the CLI has it."""
    inviter = directory.account(member.invited_by)
    return inviter.email if inviter else _SYSTEM


def _time(text: str, dates: Dates) -> str:
    """A time of Contentstack's as it is written here; what is no time stays as it came."""
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return text
    if dates is Dates.CLI:
        return f"{moment:%m/%d/%Y}"
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def member_list(directory: Directory, dates: Dates = Dates.ISO) -> bytes:
    """Everybody, by e-mail without regard to case."""
    found = sorted(directory.members, key=lambda member: (member.email.casefold(), member.share_uid))
    rows = (member_facts(member, directory, dates) for member in found)
    return table(MEMBERS, ([row[column] for column in MEMBERS] for row in rows))


Facts = Mapping[int, Mapping[str, str]]
"""Line number -> column -> value, as far as a person's data is known; a redacted one has none."""


Rows = Callable[[Operation, Sequence[Line], Facts], bytes]
"""Writes some lines of an operation; a file of 10,000 is made of many such pieces, after its :func:`head`."""


def head(columns: Sequence[str]) -> bytes:
    """How a file with these columns begins."""
    return table(columns, ())


def plan_rows(operation: Operation, lines: Sequence[Line], facts: Facts) -> bytes:
    """Lines of a plan, also those that do not run."""

    def verdict(line: Line) -> Sequence[str]:
        reason = why(line.verdict.why) if line.verdict.why else ""
        return (line.verdict.decision.value, reason, *_sides(line, operation), phrases(line.flags))

    return more(_rows(operation, lines, facts, verdict))


def result_rows(
    told_of: Mapping[int, Outcome], operation: Operation, lines: Sequence[Line], facts: Facts
) -> bytes:
    """What became of lines."""

    def became(line: Line) -> Sequence[str]:
        outcome = told_of.get(line.number)
        if outcome is None:
            return ("", "", *_sides(line, operation))
        name = outcomes.label(kind(outcome)).heading
        return (name, told(getattr(outcome, "reason", "")), *_sides(line, operation))

    return more(_rows(operation, lines, facts, became))


def _rows(
    operation: Operation, lines: Sequence[Line], facts: Facts, rest: Callable[[Line], Sequence[str]]
) -> Iterable[Sequence[str]]:
    action = actions.title(operation.plan.action)
    for line in lines:
        row = _line_facts(line, operation.names, facts.get(line.number, {}))
        yield [*(row[column] for column in MEMBERS), action, *rest(line)]


def _line_facts(line: Line, names: Mapping[str, str], known: Mapping[str, str]) -> Mapping[str, str]:
    """What the sealed line itself says goes before what is known of the person."""
    roles = [names.get(uid, uid) for uid in line.before.org_roles]
    return {
        **dict.fromkeys(MEMBERS, ""),
        "Organization Role": next(iter(roles), _NO_ROLE),
        "Organization Roles (all)": "; ".join(roles),
        **known,
        "User UID": line.user_uid or "",
        "Share UID": line.share_uid,
        "Status": line.before.status.value if line.before.status else "",
    }


def _sides(line: Line, operation: Operation) -> tuple[str, str]:
    return access(line.before, operation.names), access(line.after, operation.names)


def access(side: Access, names: Mapping[str, str]) -> str:
    """One side of a line: ``roles: Member; stacks: Docs (Editor), Shop (unknown)``; who is out has none."""
    if side == NOBODY or side.status is None:
        return "not in the organization"
    held = [(names.get(uid, uid), roles) for uid, roles in side.stacks.items() if roles is None or roles]
    stacks = [f"{stack} ({_held(roles, names)})" for stack, roles in sorted(held)]
    parts = [f"roles: {', '.join(sorted(names.get(uid, uid) for uid in side.org_roles)) or 'none'}"]
    parts += [f"stacks: {', '.join(stacks) or 'none'}"] if side.stacks else []
    return "; ".join(parts)


def _held(roles: tuple[str, ...] | None, names: Mapping[str, str]) -> str:
    return UNKNOWN if roles is None else ", ".join(sorted(names.get(uid, uid) for uid in roles))
