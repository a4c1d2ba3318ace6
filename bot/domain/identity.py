"""How a Slack account and a Contentstack user are known to belong to one person."""

from __future__ import annotations

from enum import StrEnum


class Identity(StrEnum):
    """The two forms, the weak one first."""

    EMAIL = "email"
    """The same e-mail on both sides: whoever can change it in Slack can become an admin here."""
    LINKED = "linked"
    """Both accounts were proven by their owner (OAuth) and linked."""
