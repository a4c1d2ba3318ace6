"""What goes wrong meanwhile: 429, 500, lost answers and cut connections, on both sides."""

from __future__ import annotations

import random

from bot.sandbox.contentstack import faults as contentstack
from bot.sandbox.workspace import faults as slack
from crash.site import Site

_ANY_CALL = "(/share|/stacks/|/actions/|/roles|/organizations/)"
_CALLS = (
    contentstack.Kind.RATE_LIMIT,
    contentstack.Kind.SERVER_ERROR,
    contentstack.Kind.SERVER_ERROR_AFTER,
    contentstack.Kind.DROP_BEFORE,
    contentstack.Kind.DROP_AFTER,
    contentstack.Kind.BAD_GATEWAY,
)
_METHODS = ("GET", "POST", "DELETE", "PATCH")
_SLACK: tuple[slack.FaultKind, ...] = ("rate_limited", "status", "drop", "drop_after", "error")
_SLACK_METHODS = ("chat.postMessage", "chat.update", "conversations.history", "conversations.replies")


_TIMED_OUT = 0.1


def order(one: Site, rng: random.Random) -> int:
    """Order some trouble for the next life; how many pieces of it."""
    ordered = 0
    for _ in range(rng.choice((0, 1, 2, 3))):
        fault = contentstack.Fault(
            0, rng.choice(_CALLS), rng.choice(_METHODS), _ANY_CALL, after=rng.randrange(4)
        )
        one.contentstack.faults.add(fault)
        ordered += 1
    if rng.random() < _TIMED_OUT:
        # A time-out costs eight seconds of the bot's life, so it is rare.
        one.contentstack.faults.add(contentstack.Fault(0, contentstack.Kind.HANG_AFTER, "POST", "/actions/"))
        ordered += 1
    for number in range(rng.choice((0, 0, 1, 2))):
        fault_id = f"trouble-{number}"
        one.workspace.core.faults.waiting.append(
            slack.Fault(fault_id, rng.choice(_SLACK), rng.choice(_SLACK_METHODS), retry_after=1)
        )
        ordered += 1
    return ordered


def clear(one: Site) -> None:
    """Everything works again."""
    one.contentstack.faults.clear()
    one.workspace.core.faults.clear()
