"""Force Password Reset, or the documented reset e-mail where no template exists (CS §3.6.3, §4.4)."""

from __future__ import annotations

from bot.actions.base import Scene, TemplateAction, Work, only_through_sso, template_calls
from bot.domain.actions import ActionKey
from bot.domain.calls import PlannedCall
from bot.domain.members import Member
from bot.domain.plan import RUN, LineVerdict, Why, skip
from bot.domain.requests import SendPasswordReset


class PasswordReset(TemplateAction):
    """Both ways send mail, so neither is ever repeated by itself (CS §5.1)."""

    key = ActionKey.PASSWORD_RESET

    def judge(self, member: Member, scene: Scene) -> LineVerdict:
        """Under strict SSO a password is useless to anybody known to sign in through the provider only."""
        if member.user_uid is None:
            return skip(Why.NO_ACCOUNT)
        if scene.directory.organization.sso.strict and only_through_sso(member):
            return skip(Why.STRICT_SSO)
        return RUN

    def calls(self, work: Work) -> tuple[PlannedCall, ...]:
        """The substitute carries one person a call: nothing tells afterwards who got his mail."""
        if work.capability.via == "template":
            return template_calls(self.key, work)
        return tuple(
            PlannedCall(
                name=self.key.value,
                lines=(line.number,),
                request=SendPasswordReset(work.targets[line.number]),
                repeatable=False,
            )
            for line in work.lines
        )
