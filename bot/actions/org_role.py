"""Update Organization Role: everybody ends with exactly the chosen set of roles (CS §3.6, §4.1)."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.base import Action, Assessment, Effect, Scene, Work, managed_elsewhere
from bot.domain.actions import ActionKey, FieldKind
from bot.domain.calls import PlannedCall
from bot.domain.members import Access, Member
from bot.domain.plan import RUN, Line, Why, blocked, skip
from bot.domain.requests import FromTemplate


class OrgRole(Action):
    """No endpoint is published; a template of the settings carries it out, one person a call."""

    key = ActionKey.ORG_ROLE
    fields = (FieldKind.ORG_ROLES,)
    reads_back = True

    def assess(self, member: Member, before: Access, scene: Scene) -> Assessment:
        """Mapped roles would come back at the next sign-in; a call needs an account (CS §4.4, §3.6.1)."""
        wanted = tuple(sorted(scene.parameters.org_roles))
        if managed_elsewhere(member, scene.directory):
            return Assessment(blocked(Why.IDP_MANAGED), before)
        if member.user_uid is None:
            return Assessment(blocked(Why.NO_ACCOUNT), before)
        if wanted == before.org_roles:
            return Assessment(skip(Why.ALREADY_SO), before)
        return Assessment(RUN, replace(before, org_roles=wanted))

    def calls(self, work: Work) -> tuple[PlannedCall, ...]:
        """Setting the same set twice changes nothing, so these may be repeated."""
        return tuple(
            PlannedCall(
                name=self.key.value,
                lines=(line.number,),
                request=FromTemplate(self.key, (work.targets[line.number],), line.after.org_roles),
                repeatable=True,
            )
            for line in work.lines
        )

    def effect(self, call: str, line: Line, now: Access) -> Effect:  # noqa: ARG002  one call, one effect
        """Holding exactly the chosen set is done."""
        return Effect.SEEN if now.org_roles == line.after.org_roles else Effect.NOT_SEEN
