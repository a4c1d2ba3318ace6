"""What a plan costs, counted: for the preview and for the approver (design §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.members import Directory, Stack
from bot.domain.plan import Flag, Line


@dataclass(frozen=True, slots=True)
class Consequences:
    """Counts over the lines that will run.

    ``stacks_unreadable`` are names of stacks that could not be read, so that no number is taken for
    the whole truth.
    """

    people: int = 0
    admins: int = 0
    admins_unknown: int = 0
    become_admin: int = 0
    losing_stacks: int = 0
    stacks_lost: int = 0
    org_roles_lost: tuple[str, ...] = ()
    only_admin_of: tuple[str, ...] = ()
    owner_of: tuple[str, ...] = ()
    stacks_unreadable: tuple[str, ...] = ()


def count(lines: Sequence[Line], directory: Directory) -> Consequences:
    """Count what the lines that will run take away, give, and leave without a keeper."""
    run = [line for line in lines if line.runs]
    lost = {line.number: _stacks_lost(line) for line in run}
    return Consequences(
        people=len(run),
        admins=sum(Flag.ADMIN in line.flags for line in run),
        admins_unknown=sum(Flag.ADMIN_UNKNOWN in line.flags for line in run),
        become_admin=sum(Flag.BECOMES_ADMIN in line.flags for line in run),
        losing_stacks=sum(bool(stacks) for stacks in lost.values()),
        stacks_lost=len(set().union(*lost.values())) if lost else 0,
        org_roles_lost=_role_names_lost(run, directory),
        only_admin_of=tuple(stack.name for stack in directory.stacks if _left_without_admin(stack, run)),
        owner_of=tuple(stack.name for stack in directory.stacks if _owner_leaves(stack, run)),
        stacks_unreadable=tuple(stack.name for stack in directory.stacks if stack.holders is None),
    )


def _stacks_lost(line: Line) -> set[str]:
    gone = line.after.status is None
    return {
        uid for uid, held in line.before.stacks.items() if held and (gone or not line.after.stacks.get(uid))
    }


def _role_names_lost(run: Sequence[Line], directory: Directory) -> tuple[str, ...]:
    lost = {uid for line in run for uid in line.before.org_roles if uid not in line.after.org_roles}
    return tuple(role.name for role in directory.roles if role.uid in lost)


def _left_without_admin(stack: Stack, run: Sequence[Line]) -> bool:
    """Whether everybody who holds the stack's admin role loses it; its owner keeps his, so he is one."""
    admin_roles = {role.uid for role in stack.roles or () if role.admin}
    losing = {
        line.user_uid
        for line in run
        if line.user_uid
        and (line.after.status is None or stack.uid in line.after.stacks)
        and not admin_roles.intersection(line.after.stacks.get(stack.uid) or ())
    }
    admins = stack.admins()
    return bool(admins) and admins <= losing


def _owner_leaves(stack: Stack, run: Sequence[Line]) -> bool:
    return any(
        line.user_uid == stack.owner_uid and line.after.status is None for line in run if stack.owner_uid
    )
