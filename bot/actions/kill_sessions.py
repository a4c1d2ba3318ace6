"""Force Kill Session: signs people out at once (CS §4.1).

Who belongs to several organizations or has no session is skipped by Contentstack itself; no read tells
that beforehand, so it is an outcome and never a promise of the preview.
"""

from __future__ import annotations

from bot.actions.base import Scene, TemplateAction
from bot.domain.actions import ActionKey
from bot.domain.members import Member
from bot.domain.plan import RUN, LineVerdict, Why, skip


class KillSessions(TemplateAction):
    """Nobody ends his own sessions: an invariant blocks that line."""

    key = ActionKey.KILL_SESSIONS

    def judge(self, member: Member, scene: Scene) -> LineVerdict:  # noqa: ARG002  the member alone decides
        """Without an account there is no session."""
        return skip(Why.NO_ACCOUNT) if member.user_uid is None else RUN
