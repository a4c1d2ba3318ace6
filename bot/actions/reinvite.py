"""Invite again whom a removal took out: same organization roles, same stack roles (CS §3.3).

Exists to undo a removal and cannot be asked for. What cannot come back is said in the preview: the person
has to accept, teams and stack ownership are gone, and access without SSO is Contentstack's to set again.
"""

from __future__ import annotations

from bot.actions.base import Action, Assessment, Effect, Scene, Work
from bot.domain.actions import ActionKey, Observes
from bot.domain.calls import PlannedCall
from bot.domain.members import Access, Member
from bot.domain.plan import Line, Why, skip
from bot.domain.requests import Invite


class Reinvite(Action):
    """An invitation sends mail, so it is never repeated by itself."""

    key = ActionKey.REINVITE
    observes = Observes.SHARE
    reads_back = True
    scopes = frozenset({"organization.share:write"})
    makes_share = True

    def assess(self, member: Member, before: Access, scene: Scene) -> Assessment:  # noqa: ARG002  being there decides
        """Whoever is a member needs no invitation."""
        return Assessment(skip(Why.ALREADY_SO), before)

    def calls(self, work: Work) -> tuple[PlannedCall, ...]:
        """One person a call, so that one bad address spoils nobody else's."""
        return tuple(
            PlannedCall(
                name=self.key.value,
                lines=(line.number,),
                request=Invite(
                    work.targets[line.number],
                    line.after.org_roles,
                    {uid: held for uid, held in line.after.stacks.items() if held},
                ),
                repeatable=False,
            )
            for line in work.lines
        )

    def effect(self, call: str, line: Line, now: Access) -> Effect:  # noqa: ARG002  one call, one effect
        """In the member list with the same organization roles is done, accepted or not."""
        here = now.status is not None and now.org_roles == line.after.org_roles
        return Effect.SEEN if here else Effect.NOT_SEEN
