"""Contentstack's OAuth as linking needs it: consent, tokens, whose they are, and giving them back (CS §1.6).

Raises the tree of `bot.ports.contentstack`: ``Rejected`` where a code or refresh token is not accepted,
``OutcomeUnknown`` where it may have been used up and no answer came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class NotConfigured(Exception):
    """Contentstack does not accept our own app: its id, its secret or its redirect URL."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token with the refresh token that can be used once for the next pair."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]
    user_uid: str
    organization: str
    """The one organization that they are for; empty where Contentstack does not say."""

    def dumps(self) -> str:
        """As text, to be sealed at once."""
        return json.dumps(
            {
                "access": self.access,
                "refresh": self.refresh,
                "expires_at": self.expires_at.isoformat(),
                "scopes": sorted(self.scopes),
                "user_uid": self.user_uid,
                "organization": self.organization,
            }
        )

    @classmethod
    def loads(cls, text: str) -> Tokens:
        """What :meth:`dumps` wrote."""
        found: Mapping[str, str] = json.loads(text)
        return cls(
            found["access"],
            found["refresh"],
            datetime.fromisoformat(found["expires_at"]),
            frozenset(found["scopes"]),
            found["user_uid"],
            found["organization"],
        )


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an access token is, as Contentstack answers it."""

    user_uid: str
    email: str


class OAuth(Protocol):
    """One app of Contentstack's Developer Hub."""

    def address(self, state: str, challenge: str) -> str:
        """Where a browser asks its user for consent; comes back with a code and this state."""

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """The tokens for a code, once and within 60 seconds."""

    async def renew(self, tokens: Tokens) -> Tokens:
        """The next pair; the refresh token of this one is used up."""

    async def owner(self, tokens: Tokens) -> Owner:
        """Ask Contentstack whose they are."""

    async def revoke(self, tokens: Tokens) -> None:
        """End every consent that this user gave to the app, and all tokens with it."""
