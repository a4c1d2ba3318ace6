"""What else decides about these people: single sign-on, an identity provider, undelivered mail (CS §4.4).

Plain text (see `bot.words.escape`). Said before anybody agrees, and again with the result.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.actions import ActionKey
from bot.domain.plan import Flag, Plan

_SSO = frozenset({Flag.SSO_STRICT, Flag.SSO_ONLY, Flag.WITHOUT_SSO})
"""Flags that say of a person that the organization signs in through an identity provider."""


def cautions(plan: Plan) -> tuple[str, ...]:
    """One sentence each, without a full stop; none where nothing of the kind is known."""
    flags = frozenset(flag for line in plan.to_run for flag in line.flags)
    match plan.action:
        case ActionKey.PASSWORD_RESET:
            return tuple(_password(flags))
        case ActionKey.KILL_SESSIONS if flags & {Flag.SSO_STRICT, Flag.SSO_ONLY}:
            return ("Whoever signs in through SSO can begin a new session at once",)
        case ActionKey.REMOVE | ActionKey.ORG_ROLE | ActionKey.STACK_ACCESS if flags & _SSO:
            return ("Where SCIM keeps people as the identity provider has them, its next sync may undo this",)
        case _:
            return ()


def _password(flags: frozenset[Flag]) -> Iterator[str]:
    yield "A mail that was sent need not arrive: accounts of an expired organization get none"
    if Flag.SSO_STRICT in flags:
        yield "Under strict SSO a password lets in nobody but the owner and people on User Email Whitelists"
    if Flag.SSO_ONLY in flags:
        yield (
            "A password does not let in whoever signs in through SSO only: that takes Allow Access Without "
            "SSO, set when the person is removed and invited again"
        )
