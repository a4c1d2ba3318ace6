"""What buttons ask back before they do something. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.operation import Operation, State
from bot.words.operation import headline


@dataclass(frozen=True, slots=True)
class Sure:
    """A confirmation dialog: at most 100, 300, 30 and 30 characters (SL §5)."""

    title: str
    text: str
    yes: str
    no: str


def approving(operation: Operation) -> Sure:
    """Before a plan is agreed to."""
    when = "at its date" if operation.due_at else "at once"
    what = headline(operation.plan)
    return Sure(
        "Approve this plan?",
        f"{what}. With the last approval that is needed it runs {when}, exactly as it was sealed: "
        f"{operation.digest[:12]}.",
        "Approve",
        "Not yet",
    )


def cancelling(operation: Operation) -> Sure:
    """Before an operation is stopped: what happens to whom."""
    match operation.state:
        case State.RUNNING:
            text = (
                "The call under way is brought to its end, and whoever's turn has not come is left alone. "
                "What is done stays done: to take it back, use Undo afterwards."
            )
        case State.HELD:
            text = "What is done stays done, everybody else is left alone, and it cannot be resumed any more."
        case _:
            text = "Nothing was done yet, and nothing will be: everybody in the plan is left alone."
    return Sure("Cancel this operation?", text, "Cancel it", "Keep it")
