"""Sentences of an operation's messages. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from bot.domain.approval import progress
from bot.domain.operation import Operation, State
from bot.domain.outcome import NotRun, Outcome
from bot.domain.plan import Decision, Line, Plan
from bot.words import connect, outcomes
from bot.words.actions import title
from bot.words.changes import change
from bot.words.counting import count, people, verb
from bot.words.escape import utc
from bot.words.reasons import dismissed, held, told, why

APPROVE = "Approve"
APPROVE_SAYING = "Approve with comment"
SHOW_ALL = "Show all"
DENY = "Deny"
RESUME = "Resume"
WITHDRAW = "Withdraw"
CANCEL = "Cancel"

WHEN = "To run on"
OR_AT_ONCE = ", or at once if it is agreed to later"
STARTS = "It starts on"
"""Each is followed by a date."""

_BAR = 20

_STATES: Mapping[State, str] = {
    State.PROPOSED: "Proposed",
    State.DISCARDED: "Discarded",
    State.AWAITING_APPROVAL: "Waiting for approval",
    State.DENIED: "Denied",
    State.WITHDRAWN: "Withdrawn",
    State.EXPIRED: "Expired",
    State.APPROVED: "Approved",
    State.SCHEDULED: "Scheduled",
    State.QUEUED: "In line",
    State.RUNNING: "Running",
    State.HELD: "Held",
    State.CANCELLING: "Being cancelled",
    State.CANCELLED: "Cancelled",
    State.DISMISSED: "Dismissed",
    State.DONE: "Done",
    State.PARTLY_DONE: "Partly done",
    State.FAILED: "Failed",
}

_UNTOUCHED: Mapping[State, str] = {
    State.DENIED: "Nothing was done.",
    State.WITHDRAWN: "Nothing was done.",
    State.DISCARDED: "Nothing was done.",
}

_STOPPED: Mapping[State, str] = {
    State.DENIED: "Denied by",
    State.WITHDRAWN: "Withdrawn by",
    State.CANCELLING: "Cancelled by",
    State.CANCELLED: "Cancelled by",
}


def headline(plan: Plan) -> str:
    """``Remove from organization: 3 people``; a reset e-mail is called one."""
    return f"{title(plan.action, plan.via)}: {people(len(plan.to_run))}"


def state(value: State) -> str:
    """The state in one or two words."""
    return _STATES[value]


def stopped(value: State) -> str:
    """``Denied by``, to be followed by who it was; empty where nobody stopped anything."""
    return _STOPPED.get(value, "")


def chosen(plan: Plan) -> str:
    """``12 chosen: 10 to run, 1 skipped, 1 blocked``."""
    skipped = sum(line.verdict.decision is Decision.SKIP for line in plan.lines)
    blocked = sum(line.verdict.decision is Decision.BLOCKED for line in plan.lines)
    parts = [f"{len(plan.to_run)} to run"]
    parts += [f"{skipped} skipped"] if skipped else []
    parts += [f"{blocked} blocked"] if blocked else []
    return f"{len(plan.lines)} chosen: {', '.join(parts)}"


def standing(operation: Operation, told_of: Mapping[int, Outcome], ahead: int = 0) -> str:
    """Where the operation stands, as one sentence to follow its state; empty where the state says it all.

    ``told_of`` is line number -> outcome; ``ahead`` counts operations that run before this one.
    """
    total = len(operation.plan.to_run)
    finished = sum(line.number in told_of for line in operation.plan.to_run)
    match operation.state:
        case State.AWAITING_APPROVAL:
            agreed = sum(one.agreed for one in progress(operation.verdict, operation.approvals))
            return f"{agreed} of {count(operation.approvals_needed, 'approval')} so far."
        case State.SCHEDULED:
            return f"{STARTS} {utc(operation.starts_at)}." if operation.starts_at else _place(ahead)
        case State.QUEUED | State.APPROVED:
            return _place(ahead)
        case State.RUNNING | State.CANCELLING:
            return f"{finished} of {people(total)}."
        case State.HELD:
            return f"{_sentence(held(operation.held_reason))} {finished} of {people(total)} so far."
        case State.DENIED | State.WITHDRAWN | State.DISCARDED:
            return _UNTOUCHED[operation.state]
        case State.EXPIRED | State.CANCELLED | State.DISMISSED:
            because = _sentence(dismissed(operation.held_reason))
            touched = any(not isinstance(one, NotRun) for one in told_of.values())
            reached = outcomes.counts(told_of.values()) if touched else ""
            return f"{because} {f'{reached}.' if reached else 'Nothing was done.'}".strip()
        case State.DONE | State.PARTLY_DONE | State.FAILED:
            return f"{outcomes.counts(told_of.values())}."
        case State.PROPOSED:
            return "Nothing happens before it is confirmed."
        case _:
            assert_never(operation.state)


def _place(ahead: int) -> str:
    if not ahead:
        return "It starts next."
    return f"{count(ahead, 'operation')} {verb(ahead, 'runs', 'run')} before it."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def bar(finished: int, total: int) -> str:
    """Progress drawn with characters that need no colour: twenty cells."""
    full = _BAR if not total else _BAR * finished // total
    return "▓" * full + "░" * (_BAR - full)


def verdict(line: Line, names: Mapping[str, str]) -> str:
    """What the plan says of one line, to follow the name: its change, or why it does not run."""
    if line.verdict.why is not None:
        return f"{line.verdict.decision.value}: {why(line.verdict.why)}"
    return change(line, names)


def more_in_thread(number: int) -> str:
    """How many lines did not find room."""
    return f"… and {number} more: see the thread."


def more(number: int) -> str:
    """How many lines are not shown here at all."""
    return f"… and {number} more in the plan."


def decided_before(number: int) -> str:
    """Above the decisions that are shown, where there are more."""
    return f"{count(number, 'earlier decision')} …"


def left_out(number: int) -> str:
    """How many phrases found no room."""
    return f"… and {number} more."


OPEN = "Open the message"
LINKED = frozenset({"reminder", "escalation", "glass"})
"""Notices that come with the way to the operation's message."""

NOTICES: Mapping[str, str] = {
    "held": "It is held and waits for an admin to press Resume.",
    "expired": "It was not agreed to in time, so nothing was done.",
    "too_late": "It was agreed to, but could not begin, or go on, in time, so it ended. Its message says "
    "what was done.",
    "reminder": "It waits for a decision, and yours would count. The message says who asks and what would "
    "happen.",
    "escalation": "Those who were asked first have not agreed in time, so you may decide on it now. The "
    "message says who asks and what would happen.",
    "glass": "BREAK-GLASS: it goes on without the approvals that it needs, yours among them. Until it starts "
    "you can stop it from its message, which says who did this and why.",
    "denied": "Another admin denied it, so nothing was done.",
    "not_admin": "It did not run, because you are no longer owner or admin of the organization.",
    "no_room": "It stands still: Rollcall cannot write to its data directory. Nothing is lost; it goes on by "
    "itself about a minute after there is room again.",
    "dismissed": "It did not run, because too much changed at Contentstack after the plan was sealed.",
    "preview_gone": "The window was closed before the preview was ready. Ask again with /org-users.",
    **connect.NOTICES,
}
"""Private sentences by key (Notifier.tell); any other key is told as a reason."""


def notice(key: str) -> str:
    """A private sentence by its key; an unknown key is looked up among the reasons."""
    return NOTICES.get(key) or _sentence(told(key))


_UNDELIVERABLE: Mapping[str, str] = {
    "message_not_found": "its message was deleted",
    "channel_not_found": "its channel is gone, or Rollcall is no longer in it",
    "is_archived": "its channel is archived",
    "not_in_channel": "Rollcall is no longer in its channel",
    "msg_too_long": "Slack finds its message too long",
    "msg_blocks_too_long": "Slack finds its message too long",
    "invalid_blocks": "Slack did not accept its message",
    "restricted_action": "only some people may post in its channel",
    "cant_update_message": "Slack does not let Rollcall change its message",
    "edit_window_closed": "Slack does not let messages be changed any more",
}


def undeliverable(code: str) -> str:
    """Why Slack shows an operation no longer; the code itself where it is a new one."""
    return f"Its progress can no longer be shown, because {_because(code)}. The operation itself goes on."


def unasked(code: str) -> str:
    """Why the admins could not be asked or told in the approvals channel."""
    because = _because(code).replace("its channel", "the approvals channel")
    return f"The other admins could not be told of it, because {because}."


def unreadable(operation_id: str, reason: str) -> str:
    """An operation whose stored plan cannot be trusted."""
    return f"Operation {operation_id} is held: {held(reason)}."


def _because(code: str) -> str:
    return _UNDELIVERABLE.get(code, f"Slack answered {code}")


def ended(operation: Operation, found: Iterable[Outcome]) -> str:
    """The end of an operation whose message is gone."""
    counts = outcomes.counts(found)
    return f"It has ended: {state(operation.state).lower()}{f' ({counts})' if counts else ''}."
