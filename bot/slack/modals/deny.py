"""Why not: a denial needs a comment, which the requester reads."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from bot.slack.messages import buttons
from bot.slack.messages.blocks import Json
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import parts
from bot.slack.payloads import View
from bot.words import modals as words
from bot.words.operation import DENY

CALLBACK = "deny"
COMMENT = "comment"
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Denial:
    """Which plan is denied, and why."""

    plan: Pressed
    comment: str


def build(plan: Pressed) -> Json:
    """A modal with the required comment."""
    element: Json = {
        "type": "plain_text_input",
        "action_id": COMMENT,
        "multiline": True,
        "min_length": 3,
        "max_length": LONGEST,
        "focus_on_load": True,
    }
    return parts.modal(
        CALLBACK,
        words.DENY_TITLE,
        [parts.field(COMMENT, words.COMMENT, element, hint=words.COMMENT_HINT)],
        submit=DENY,
        private_metadata=plan.model_dump_json(),
    )


def parse(view: View) -> Denial:
    """The denial; an empty comment stays empty. Raises ValueError for a view that is not ours."""
    try:
        plan = buttons.parse(view.private_metadata)
    except ValidationError as error:
        raise ValueError("not the metadata of this modal") from error
    return Denial(plan, (view.state.input(COMMENT, COMMENT).value or "").strip())
