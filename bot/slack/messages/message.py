"""What is sent: blocks, the text for notifications and screen readers, and metadata to find it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.messages.blocks import Json

EVENT = "rollcall_operation"
"""``event_type`` of the Slack message metadata of everything that belongs to an operation."""

TEXT = 3_000
"""Characters of the fallback text; chat.update refuses more than 4,000 (SL §6)."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``text`` is mrkdwn and already escaped."""

    blocks: Sequence[Json]
    text: str
    metadata: Json


def metadata(operation_id: str, part: str) -> Json:
    """Slack message metadata by which a post in doubt is found in the history."""
    return {"event_type": EVENT, "event_payload": {"operation": operation_id, "part": part}}


def belongs(found: Any, operation_id: str, part: str) -> bool:
    """Whether the metadata of a message in the history is that of this part of this operation."""
    return bool(found == metadata(operation_id, part))
