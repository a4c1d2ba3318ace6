"""A few words to a decision, bound to the plan that was shown: what deny, approve and break-glass share."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from bot.slack.messages import buttons
from bot.slack.messages.blocks import Json
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import parts
from bot.slack.payloads import View

COMMENT = "comment"
LONGEST = 500
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Commented:
    """Which plan is decided on, and what is said about it."""

    plan: Pressed
    comment: str


def field(label: str, hint: str, *, optional: bool = False) -> Json:
    """The field for the words."""
    element: Json = {
        "type": "plain_text_input",
        "action_id": COMMENT,
        "multiline": True,
        "max_length": LONGEST,
        "focus_on_load": True,
    }
    shortest = {} if optional else {"min_length": SHORTEST}
    return parts.field(COMMENT, label, {**element, **shortest}, hint=hint, optional=optional)


def parse(view: View) -> Commented:
    """What was submitted; an empty comment stays empty. Raises ValueError for a view that is not ours."""
    try:
        plan = buttons.parse(view.private_metadata)
    except ValidationError as error:
        raise ValueError("not the metadata of this modal") from error
    return Commented(plan, (view.state.input(COMMENT, COMMENT).value or "").strip())
