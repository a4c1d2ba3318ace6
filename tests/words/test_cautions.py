"""What else decides about people: said of whom it is known, and of nobody else."""

from __future__ import annotations

import pytest

from bot.domain.actions import ActionKey
from bot.domain.plan import Flag, Why, skip
from bot.words.cautions import cautions
from tests.domain.people import line, member, plan

MAIL = "A mail that was sent need not arrive: accounts of an expired organization get none"
STRICT = "Under strict SSO a password lets in nobody but the owner and people on User Email Whitelists"
ONLY = (
    "A password does not let in whoever signs in through SSO only: that takes Allow Access Without SSO, set "
    "when the person is removed and invited again"
)
SESSION = "Whoever signs in through SSO can begin a new session at once"
SCIM = "Where SCIM keeps people as the identity provider has them, its next sync may undo this"


@pytest.mark.parametrize(
    ("action", "flag", "told"),
    [
        (ActionKey.PASSWORD_RESET, None, (MAIL,)),
        (ActionKey.PASSWORD_RESET, Flag.SSO_STRICT, (MAIL, STRICT)),
        (ActionKey.PASSWORD_RESET, Flag.SSO_ONLY, (MAIL, ONLY)),
        (ActionKey.PASSWORD_RESET, Flag.WITHOUT_SSO, (MAIL,)),
        (ActionKey.KILL_SESSIONS, None, ()),
        (ActionKey.KILL_SESSIONS, Flag.SSO_STRICT, (SESSION,)),
        (ActionKey.KILL_SESSIONS, Flag.SSO_ONLY, (SESSION,)),
        (ActionKey.KILL_SESSIONS, Flag.WITHOUT_SSO, ()),
        (ActionKey.REMOVE, None, ()),
        (ActionKey.REMOVE, Flag.SSO_ONLY, (SCIM,)),
        (ActionKey.ORG_ROLE, Flag.SSO_STRICT, (SCIM,)),
        (ActionKey.STACK_ACCESS, Flag.WITHOUT_SSO, (SCIM,)),
        (ActionKey.MFA_RESET, Flag.SSO_ONLY, ()),
        (ActionKey.UNLOCK, Flag.SSO_ONLY, ()),
    ],
)
def test_what_is_said_of_an_action(action: ActionKey, flag: Flag | None, told: tuple[str, ...]) -> None:
    """One person has the flag, another has none; only lines that run count."""
    flagged = line(1, member("ann"), flags=(flag,) if flag else ())
    assert cautions(plan(action, flagged, line(2, member("ben")))) == told
    skipped = line(1, member("ann"), flags=flagged.flags, verdict=skip(Why.ALREADY_SO))
    assert cautions(plan(action, skipped)) == ((MAIL,) if action is ActionKey.PASSWORD_RESET else ())
