"""Unlock accounts after too many failed sign-ins (CS §4.1).

Owners, members of several organizations and people who are not locked are refused by Contentstack
itself; no read tells that beforehand.
"""

from __future__ import annotations

from bot.actions.base import Scene, TemplateAction
from bot.domain.actions import ActionKey
from bot.domain.members import Member
from bot.domain.plan import RUN, LineVerdict, Why, skip


class Unlock(TemplateAction):
    """The mildest of all: it gives back what a lock took."""

    key = ActionKey.UNLOCK

    def judge(self, member: Member, scene: Scene) -> LineVerdict:  # noqa: ARG002  the member alone decides
        """Without an account nothing can be locked."""
        return skip(Why.NO_ACCOUNT) if member.user_uid is None else RUN
