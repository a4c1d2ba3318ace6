"""The head of the audit chain, in the thread and never edited: the channel is the witness (design §7)."""

from __future__ import annotations

from bot.domain.audit import Head
from bot.slack.messages.blocks import context, rich, section, text
from bot.slack.messages.message import Message, metadata

PART = "head"


def build(operation_id: str, head: Head) -> Message:
    """Number and whole hash of the newest row, in the form that ``audit verify --head`` takes."""
    blocks = [
        rich(section(text("Audit head ", bold=True), text(str(head), code=True))),
        context(f"Row {head.seq} of the audit chain when this operation had ended. Not edited afterwards."),
    ]
    return Message(blocks, f"Audit head {head}", metadata(operation_id, PART))
