"""Small values that the tests of the policy are made of."""

from __future__ import annotations

from datetime import datetime

from bot.domain.actions import ActionKey
from bot.domain.policy import Request, Requester
from tests.domain.people import AT

ADA = Requester("U0ADA", "user_ada")


def request(
    action: ActionKey = ActionKey.UNLOCK,
    people: int = 1,
    *,
    admins: int = 0,
    makes_admin: bool = False,
    at: datetime = AT,
    requester: Requester = ADA,
) -> Request:
    """One person is unlocked on a Monday at noon, unless told otherwise."""
    return Request(action, people, admins, makes_admin=makes_admin, at=at, requester=requester)
