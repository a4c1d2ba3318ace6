"""Ids and values of the buttons in messages; a value names the operation and the plan that was shown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.operation import Operation
from bot.slack.messages.blocks import Json, button
from bot.words.operation import APPROVE, DENY, RESUME, WITHDRAW

APPROVE_ID = "operation_approve"
DENY_ID = "operation_deny"
RESUME_ID = "operation_resume"
WITHDRAW_ID = "operation_withdraw"


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
    return button(APPROVE, APPROVE_ID, _value(operation), "primary")


def deny(operation: Operation) -> Json:
    """Refuse this plan."""
    return button(DENY, DENY_ID, _value(operation), "danger")


def resume(operation: Operation) -> Json:
    """Let a held operation go on."""
    return button(RESUME, RESUME_ID, _value(operation), "primary")


def withdraw(operation: Operation) -> Json:
    """Take the request back while it waits for approval."""
    return button(WITHDRAW, WITHDRAW_ID, _value(operation))


def _value(operation: Operation) -> str:
    return Pressed(operation=operation.id, digest=operation.digest).model_dump_json()
