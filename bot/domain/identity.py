"""How a Slack account and a Contentstack user are known to belong to one person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Identity(StrEnum):
    """The two forms, the weak one first."""

    EMAIL = "email"
    """The same e-mail on both sides: whoever can change it in Slack can become an admin here."""
    LINKED = "linked"
    """Both accounts were proven by their owner (OAuth) and linked."""


@dataclass(frozen=True, slots=True)
class Link:
    """A Slack account and a Contentstack user of one person, as he proved them, with his tokens."""

    binding: str
    slack_user: str
    user_uid: str
    person: str
    """Pseudonym: the key of the person's row in the store."""
    sealed: bytes = field(repr=False)
    """The tokens, encrypted; `bot.ports.vault` opens them."""
    scopes: frozenset[str]
    """What the access token may do (CS §1.6)."""
    expires_at: datetime
    """When the access token ends."""
    linked_at: datetime
    proven_at: datetime
    """When he last went through Contentstack's own consent."""
    version: int = 1
    """One more with every change of the tokens: what compare-and-set compares."""
    broken: bool = False
    """Contentstack refused to renew the tokens: it proves nothing until he connects again."""

    @property
    def live(self) -> bool:
        """Whether it proves anything."""
        return not self.broken
