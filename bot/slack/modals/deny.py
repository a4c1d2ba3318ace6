"""Why not: a denial needs a comment, which the requester reads."""

from __future__ import annotations

from bot.slack.messages.blocks import Json
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import comment, parts
from bot.words import modals as words
from bot.words.operation import DENY

CALLBACK = "deny"


def build(plan: Pressed) -> Json:
    """A modal with the required comment."""
    return parts.modal(
        CALLBACK,
        words.DENY_TITLE,
        [comment.field(words.COMMENT, words.COMMENT_HINT)],
        submit=DENY,
        private_metadata=plan.model_dump_json(),
    )
