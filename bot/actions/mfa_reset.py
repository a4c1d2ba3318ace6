"""Reset MFA: the person is mailed a link and sets up a new second factor (CS §4.1, §4.5)."""

from __future__ import annotations

from bot.actions.base import Scene, TemplateAction
from bot.domain.actions import ActionKey
from bot.domain.members import Known, Member
from bot.domain.plan import RUN, LineVerdict, Why, skip


class MfaReset(TemplateAction):
    """An account take-over path if misused, which is why another admin has to agree."""

    key = ActionKey.MFA_RESET

    def judge(self, member: Member, scene: Scene) -> LineVerdict:  # noqa: ARG002  the member alone decides
        """Nothing to reset for somebody without an account or known to have no second factor."""
        if member.user_uid is None:
            return skip(Why.NO_ACCOUNT)
        if member.second_factor is Known.NO:
            return skip(Why.NO_SECOND_FACTOR)
        return RUN
