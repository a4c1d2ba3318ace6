"""What a requester has chosen so far, before anything is read or sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actions import ActionKey, Parameters


@dataclass(frozen=True, slots=True)
class Draft:
    """One submission of the modal, typed; ``people`` are share uids in the order of choosing."""

    id: str
    binding: str
    slack_user: str
    action: ActionKey
    people: tuple[str, ...]
    parameters: Parameters
    reason: str
    channel: str
    saved_at: datetime
    due_at: datetime | None = None
    """When it shall run, if not at once."""
