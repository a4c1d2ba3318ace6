"""Update Stack Access: overwrites roles in the chosen stacks and leaves all others alone (CS §3.7, §4.1).

Its undo is the same action with each person's own roles of before; whoever had none is taken out again.
"""

from __future__ import annotations

from dataclasses import replace

from bot.actions.base import Action, Assessment, Effect, Scene, Work, managed_elsewhere
from bot.domain.actions import ActionKey, FieldKind, Observes
from bot.domain.calls import PlannedCall
from bot.domain.members import Access, Member
from bot.domain.plan import RUN, Flag, Line, LineVerdict, Why, blocked, skip
from bot.domain.requests import SetStackRoles, ShareStack, Target, UnshareStack

_SET = "set_stack_roles:"
_SHARE = "share_stack:"
_UNSHARE = "unshare_stack:"


class StackAccess(Action):
    """People already in a stack get their roles replaced; others are invited to it."""

    key = ActionKey.STACK_ACCESS
    fields = (FieldKind.STACK_ROLES,)
    observes = Observes.CHOSEN_STACKS
    reads_back = True
    scopes = frozenset({"cm.stack.users:write", "cm.stack:share", "cm.stack:unshare"})

    def assess(self, member: Member, before: Access, scene: Scene) -> Assessment:
        """A stack's owner keeps his access whatever is asked (CS §3.7)."""
        wanted = {uid: tuple(sorted(roles)) for uid, roles in scene.parameters.stacks.items()}
        verdict = self._verdict(member, before, scene, wanted)
        if verdict != RUN:
            return Assessment(verdict, before)
        return Assessment(RUN, replace(before, stacks={**before.stacks, **wanted}))

    def _verdict(
        self,
        member: Member,
        before: Access,
        scene: Scene,
        wanted: dict[str, tuple[str, ...]],
    ) -> LineVerdict:
        owned = {stack.uid for stack in scene.directory.stacks if stack.owner_uid == member.user_uid}
        if managed_elsewhere(member, scene.directory):
            return blocked(Why.IDP_MANAGED)
        if member.user_uid and owned.intersection(wanted):
            return blocked(Why.STACK_OWNER)
        if any(before.stacks.get(uid) is None for uid in wanted):
            return blocked(Why.STACK_UNREADABLE)
        if all(before.stacks[uid] == roles for uid, roles in wanted.items()):
            return skip(Why.ALREADY_SO)
        return RUN

    def calls(self, work: Work) -> tuple[PlannedCall, ...]:
        """Per stack one call that replaces roles, one that invites, and one a person to be taken out."""
        planned: list[PlannedCall] = []
        for uid in sorted(work.parameters.stacks):
            lines = tuple(line for line in work.lines if uid in line.after.stacks)
            changing = tuple(line for line in lines if line.before.stacks[uid] != line.after.stacks[uid])
            staying = tuple(line for line in changing if line.after.stacks[uid])
            inside = tuple(line for line in staying if line.before.stacks[uid])
            outside = tuple(line for line in staying if not line.before.stacks[uid])
            if inside:
                planned.append(self._set(uid, inside, work))
            if outside:
                planned.append(self._share(uid, outside, work))
            leaving = (line for line in lines if _leaves(line, uid))
            planned += [self._unshare(uid, line, work) for line in leaving]
        return tuple(planned)

    def _set(self, uid: str, lines: tuple[Line, ...], work: Work) -> PlannedCall:
        targets, roles = _people(uid, lines, work)
        numbers = tuple(line.number for line in lines)
        return PlannedCall(f"{_SET}{uid}", numbers, SetStackRoles(uid, targets, roles), repeatable=True)

    def _share(self, uid: str, lines: tuple[Line, ...], work: Work) -> PlannedCall:
        """An invitation sends mail, so it is never repeated by itself (design §5)."""
        targets, roles = _people(uid, lines, work)
        numbers = tuple(line.number for line in lines)
        return PlannedCall(f"{_SHARE}{uid}", numbers, ShareStack(uid, targets, roles), repeatable=False)

    def _unshare(self, uid: str, line: Line, work: Work) -> PlannedCall:
        request = UnshareStack(uid, work.targets[line.number])
        return PlannedCall(f"{_UNSHARE}{uid}", (line.number,), request, repeatable=True)

    def effect(self, call: str, line: Line, now: Access) -> Effect:
        """Holding the chosen roles is done; an invitation to a stack shows only once it is accepted."""
        uid = call.partition(":")[2]
        held, wanted = now.stacks.get(uid), line.after.stacks[uid]
        if held is None:
            return Effect.CANNOT_TELL
        if held == wanted:
            return Effect.CANNOT_TELL if wanted == line.before.stacks[uid] else Effect.SEEN
        return Effect.CANNOT_TELL if call.startswith(_SHARE) else Effect.NOT_SEEN


def invited_to(call: str) -> str:
    """The stack that a call of this name invites to; empty for a call that invites to none."""
    return call.removeprefix(_SHARE) if call.startswith(_SHARE) else ""


def _leaves(line: Line, uid: str) -> bool:
    """Whether somebody is taken out of a stack, or an invitation to it is withdrawn that nobody can see."""
    if line.after.stacks[uid]:
        return False
    return bool(line.before.stacks[uid]) or Flag.STACK_INVITATION in line.flags


def _people(
    uid: str,
    lines: tuple[Line, ...],
    work: Work,
) -> tuple[tuple[Target, ...], dict[str, tuple[str, ...]]]:
    targets = tuple(work.targets[line.number] for line in lines)
    roles = {line.share_uid: line.after.stacks[uid] or () for line in lines}
    return targets, roles
