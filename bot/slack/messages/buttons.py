"""Ids and values of the buttons in messages; a value names the operation and the plan that was shown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.operation import Operation, State
from bot.slack.messages.blocks import Json, asking, button
from bot.words.again import RETRY, UNDO
from bot.words.approving import GLASS, STOP
from bot.words.buttons import Sure, approving, cancelling
from bot.words.operation import APPROVE, APPROVE_SAYING, CANCEL, DENY, RESUME, SHOW_ALL, WITHDRAW

APPROVE_ID = "operation_approve"
AGREE_ID = "operation_agree"
GLASS_ID = "operation_glass"
LINES_ID = "operation_lines"
DENY_ID = "operation_deny"
RESUME_ID = "operation_resume"
WITHDRAW_ID = "operation_withdraw"
CANCEL_ID = "operation_cancel"
RETRY_ID = "operation_retry"
UNDO_ID = "operation_undo"

CANCELLABLE = frozenset({State.APPROVED, State.SCHEDULED, State.QUEUED, State.HELD, State.RUNNING})
"""States in which an operation can still be stopped."""


class Pressed(BaseModel):
    """The value of a pressed button: operation id and the full digest of its plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: str = Field(min_length=1, max_length=255)
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")


def parse(value: str) -> Pressed:
    """Read a button's value; raises pydantic.ValidationError (a ValueError) for anything else."""
    return Pressed.model_validate_json(value)


def approve(operation: Operation) -> Json:
    """Agree with this plan."""
    return _sure(button(APPROVE, APPROVE_ID, _value(operation), "primary"), approving(operation))


def agree(operation: Operation) -> Json:
    """Agree with a few words; opens a modal."""
    return button(APPROVE_SAYING, AGREE_ID, _value(operation))


def lines(operation: Operation) -> Json:
    """See every line of the plan; opens a modal."""
    return button(SHOW_ALL, LINES_ID, _value(operation))


def deny(operation: Operation) -> Json:
    """Refuse this plan."""
    return button(DENY, DENY_ID, _value(operation), "danger")


def glass(operation: Operation) -> Json:
    """Go on without the approvals; opens a modal."""
    return button(GLASS, GLASS_ID, _value(operation))


def stop(operation: Operation) -> Json:
    """Stop what somebody lets go on without approvals; the same step as cancel."""
    return _sure(button(STOP, CANCEL_ID, _value(operation), "danger"), cancelling(operation))


def resume(operation: Operation, action_id: str = RESUME_ID) -> Json:
    """Let a held operation go on."""
    return button(RESUME, action_id, _value(operation), "primary")


def withdraw(operation: Operation, action_id: str = WITHDRAW_ID) -> Json:
    """Take the request back while it waits for approval."""
    return button(WITHDRAW, action_id, _value(operation))


def cancel(operation: Operation, action_id: str = CANCEL_ID) -> Json:
    """Stop what waits or runs."""
    return _sure(button(CANCEL, action_id, _value(operation), "danger"), cancelling(operation))


def retry(operation: Operation) -> Json:
    """Try again what failed; opens a modal."""
    return button(RETRY, RETRY_ID, _value(operation))


def undo(operation: Operation) -> Json:
    """Take back what was done; opens a modal."""
    return button(UNDO, UNDO_ID, _value(operation))


def _sure(pressed: Json, sure: Sure) -> Json:
    return asking(pressed, sure.title, sure.text, sure.yes, sure.no)


def _value(operation: Operation) -> str:
    return Pressed(operation=operation.id, digest=operation.digest).model_dump_json()
