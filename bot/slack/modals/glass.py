"""Going on without the approvals: what that means, and the reason that everybody reads."""

from __future__ import annotations

from bot.slack.messages.blocks import Json
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import comment, parts
from bot.words import approving as words

CALLBACK = "glass"


def build(plan: Pressed) -> Json:
    """A modal with the required reason."""
    return parts.modal(
        CALLBACK,
        words.GLASS_TITLE,
        [parts.warning(words.GLASS_MEANS), comment.field(words.GLASS_REASON, words.GLASS_HINT)],
        submit=words.GLASS_SUBMIT,
        private_metadata=plan.model_dump_json(),
    )
