"""The Result of an act, and what Slack would say when it went wrong."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.workspace import render
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import Json, UnansweredError
from bot.sandbox.workspace.state import Person

TROUBLE = {
    "operation_timeout": "The app did not answer in time. Try again?",
    "dispatch_failed": "The app could not be reached. Try again?",
}


def result(
    core: Core,
    person: Person,
    error: str | None = None,
    message: str | None = None,
    errors: Mapping[str, str] | None = None,
    **extra: Any,
) -> Json:
    """A Result as docs/sandbox-workspace.md describes it."""
    return {
        "ok": error is None,
        "error": error,
        "message": message,
        "errors": dict(errors or {}),
        "modals": render.modals(core, person.id),
        **extra,
    }


def unanswered(core: Core, person: Person, error: UnansweredError) -> Json:
    """The Result of something that the app did not take."""
    return result(core, person, error.code, TROUBLE[error.code])


def not_allowed(core: Core, person: Person, why: str) -> Json:
    """The Result of something that Slack does not offer to this person."""
    return result(core, person, "not_allowed", why)
