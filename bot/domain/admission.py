"""Why somebody may not use Rollcall: a closed set, so that every no has its reason and its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NotAdmitted(StrEnum):
    """Why somebody was refused; `bot.words` has the sentence of each."""

    STRANGER = "stranger"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"
    NO_EMAIL = "no_email"
    NOT_A_MEMBER = "not_a_member"
    SEVERAL_MEMBERS = "several_members"
    NOT_ACCEPTED = "not_accepted"
    NOT_ADMIN = "not_admin"
    ADMIN_UNKNOWN = "admin_unknown"
    LINKED_ELSEWHERE = "linked_elsewhere"
    SLACK_DOWN = "slack_down"
    MISSING_SCOPE = "missing_scope"
    CONTENTSTACK_DOWN = "contentstack_down"
    CREDENTIAL_REFUSED = "credential_refused"


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why."""

    why: NotAdmitted
    detail: str = ""
