"""Why accounts were not linked: a closed set, so that every no has its reason and its sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.admission import Refused


class WhyNotLinked(StrEnum):
    """Why nothing was linked; `bot.words.connect` has the sentence of each."""

    NOT_SET_UP = "not_set_up"
    UNKNOWN_STATE = "unknown_state"
    """Never given out, used already, or replaced by a later one."""
    EXPIRED = "expired"
    DENIED = "denied"
    """No consent at Contentstack."""
    CODE_REFUSED = "code_refused"
    NOT_ADMITTED = "not_admitted"
    OTHER_EMAIL = "other_email"
    OTHER_USER = "other_user"
    """The same e-mail, and yet not the member whom the organization has under it."""
    OTHER_ORGANIZATION = "other_organization"
    TAKEN = "taken"
    """This Contentstack user is linked to another Slack account."""
    ELSEWHERE = "elsewhere"
    """This Slack account is linked to another Contentstack user."""
    CANCELLED = "cancelled"
    CONTENTSTACK_DOWN = "contentstack_down"
    APP_REFUSED = "app_refused"
    """Contentstack does not accept our own app."""
    NO_LINK = "no_link"
    """There is nothing to disconnect."""


@dataclass(frozen=True, slots=True)
class NotLinked:
    """No, and why; ``refused`` says more where he may not use Rollcall at all."""

    why: WhyNotLinked
    refused: Refused | None = None
    email: str = field(default="", repr=False)
    """Of the Contentstack user whom it was about, where he is not the one who asked."""
