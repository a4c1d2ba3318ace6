"""What a requester has chosen so far, before anything is read or sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actions import ActionKey, Parameters


@dataclass(frozen=True, slots=True)
class Draft:
    """One submission of the form, typed; ``people`` are share uids in the order of choosing."""

    action: ActionKey
    people: tuple[str, ...]
    parameters: Parameters
    reason: str
    channel: str
    due_at: datetime | None = None
    """When it shall run, if not at once."""
    ticket: str = ""
    """Where it is tracked elsewhere, where the policy asks for it."""


@dataclass(frozen=True, slots=True)
class SubmittedForm:
    """A form as somebody submitted it, so that he can go back to it from the preview.

    ``content`` is JSON that only the form itself reads (`bot.slack.modals.choose`).
    """

    id: str
    binding: str
    slack_user: str
    content: str
    saved_at: datetime
