"""Yes with a few words; who has nothing to add clicks Approve instead (docs/decisions/0005)."""

from __future__ import annotations

from bot.slack.messages.blocks import Json
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import comment, parts
from bot.words import modals as words
from bot.words.operation import APPROVE

CALLBACK = "agree"


def build(plan: Pressed) -> Json:
    """A modal with the optional comment."""
    return parts.modal(
        CALLBACK,
        words.AGREE_TITLE,
        [comment.field(words.AGREE_COMMENT, words.COMMENT_HINT, optional=True)],
        submit=APPROVE,
        private_metadata=plan.model_dump_json(),
    )
