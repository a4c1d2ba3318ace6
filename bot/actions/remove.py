"""Remove people from the organization (CS §3.4): every stack is lost, the account itself survives."""

from __future__ import annotations

from bot.actions.base import Action, Assessment, Effect, Scene, Work, managed_elsewhere
from bot.domain.actions import ActionKey, Observes
from bot.domain.calls import PlannedCall
from bot.domain.members import NOBODY, Access, Member
from bot.domain.plan import RUN, Line, Why, blocked
from bot.domain.requests import RemoveShares


class Remove(Action):
    """Also cancels an invitation that is still pending; the call is the same."""

    key = ActionKey.REMOVE
    observes = Observes.ALL_STACKS
    reads_back = True
    scopes = frozenset({"organization.share:write"})

    def assess(self, member: Member, before: Access, scene: Scene) -> Assessment:
        """With identity-provider role mapping people cannot be removed from inside (CS §4.4)."""
        if managed_elsewhere(member, scene.directory):
            return Assessment(blocked(Why.IDP_MANAGED), before)
        return Assessment(RUN, NOBODY)

    def calls(self, work: Work) -> tuple[PlannedCall, ...]:
        """One call for the whole batch: its effect shows in the member list, person by person."""
        if not work.lines:
            return ()
        targets = tuple(work.targets[line.number] for line in work.lines)
        numbers = tuple(line.number for line in work.lines)
        return (PlannedCall(self.key.value, numbers, RemoveShares(targets), repeatable=True),)

    def effect(self, call: str, line: Line, now: Access) -> Effect:  # noqa: ARG002  one call, one effect
        """Gone from the member list is done."""
        return Effect.SEEN if now.status is None else Effect.NOT_SEEN
