"""What stands in the modals. Plain text (see `bot.words.escape`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.actions import Capability, Readiness
from bot.domain.members import Directory, Member
from bot.domain.operation import Operation, State
from bot.domain.plan import Decision
from bot.ports.contentstack import Loading
from bot.words import actions
from bot.words.counting import count, listed, people
from bot.words.escape import middle_cut, one_line
from bot.words.operation import standing, state
from bot.words.reasons import asks

TITLE = "Organization users"
CHOOSE = "Preview"
CHOOSE_TITLE = "Choose what to do"
PREVIEW_TITLE = "Preview"
DENY_TITLE = "Deny this request"
AGREE_TITLE = "Approve this plan"
LINES_TITLE = "The whole plan"
CLOSE_PREVIEW = "Discard"
CHANGE = "Change something"

ACTION = "What to do"
PEOPLE = "People"
PEOPLE_PLACEHOLDER = "Type part of an e-mail or name"
ORG_ROLES = "Organization roles"
ORG_ROLES_HINT = "Everybody ends with exactly these roles; all other organization roles go."
ROLES_PLACEHOLDER = "Choose roles"
STACKS = "Stacks"
STACKS_PLACEHOLDER = "Choose stacks"
STACKS_HINT = "At most 10. Roles in these stacks are replaced; all other stacks stay as they are."
REASON = "Reason"
REASON_HINT = "It stands in the summary and in the audit."
TICKET = "Ticket"
CHANNEL = "Channel for the summary"
CHANNEL_HINT = "A private channel of this workspace that Rollcall is in."
CHANNEL_HINT_PUBLIC = "A channel of this workspace that Rollcall is in."
WHEN = "When"
WHEN_HINT = (
    "Left empty, it runs as soon as it is agreed to. Your own time zone; it can be cancelled until then."
)
COMMENT = "Why not"
AGREE_COMMENT = "Comment"
COMMENT_HINT = "The requester and everybody in the channel read it."

FIRST = "First"
PREVIOUS = "Previous"
NEXT = "Next"
LAST = "Last"

_LABEL = 75
_NAME = 30


def opening() -> str:
    """While the rights of somebody are checked."""
    return "Checking your rights at Contentstack…"


def proposing() -> str:
    """While people and stacks are read and the plan is sealed."""
    return "Reading everybody afresh and working out what would happen. Nothing is done yet…"


def deciding() -> str:
    """While a click is carried out."""
    return "One moment…"


def person(member: Member) -> str:
    """Name and e-mail in at most 75 characters, both ends of the e-mail kept."""
    name, email = one_line(member.name), one_line(member.email)
    if not name:
        return middle_cut(email, _LABEL)
    name = middle_cut(name, max(_NAME, _LABEL - len(email) - 3))
    return f"{name} · {middle_cut(email, _LABEL - len(name) - 3)}"


def more_people(shown: int, total: int) -> str:
    """Above a list that does not hold everybody who fits."""
    return f"{total - shown:,} more, type on"


def loading(progress: Loading) -> str:
    """While the first load of the member list runs."""
    expected = f" of {progress.expected:,}" if progress.expected is not None else ""
    return f"Loading {progress.read:,}{expected} members: until then only e-mails are found"


def still_loading(progress: Loading | None) -> str:
    """In place of a field that needs the directory."""
    known = progress or Loading(0, None)
    expected = f" of {known.expected:,}" if known.expected is not None else ""
    return (
        f"Roles and stacks are still being read ({known.read:,}{expected} members so far): "
        "choose the action once more in a moment."
    )


def no_roles(stack: str) -> str:
    """A stack whose roles cannot be chosen from."""
    return f"The roles of {one_line(stack)} cannot be read with Rollcall's credential: leave this stack out."


def stack_roles(stack: str) -> str:
    """Label of the role select of one stack."""
    return f"Roles in {one_line(stack)}"


def action_note(capability: Capability) -> str:
    """One line under an action in the picker; empty where it is simply ready."""
    match capability.readiness:
        case Readiness.UNAVAILABLE:
            return "Not available here"
        case Readiness.UNVERIFIED:
            return "Not verified here yet"
        case _:
            return ""


def action_explained(capability: Capability) -> str:
    """What the chosen action does, and what to know about it here."""
    if capability.readiness is Readiness.UNAVAILABLE:
        return actions.caution(capability)
    parts = (
        actions.does(capability.action, capability.via),
        actions.final(capability.action, capability.via),
        actions.caution(capability) if capability.readiness is Readiness.UNVERIFIED else "",
    )
    return " ".join(part for part in parts if part)


def unavailable(capabilities: Iterable[Capability]) -> tuple[str, ...]:
    """One sentence per action that cannot be chosen, with why."""
    return tuple(
        f"{actions.title(one.action)}: {one.why or 'no endpoint is known for it'}"
        for one in capabilities
        if one.readiness is Readiness.UNAVAILABLE
    )


def choose_action() -> str:
    """Nothing was chosen."""
    return "Choose what to do."


def fields_changed() -> str:
    """The form did not have the fields of the chosen action yet."""
    return "This action needs more: fill in the new field below."


def as_read(directory: Directory, now_minutes: int) -> str:
    """How old the list is that people are chosen from."""
    ago = "just now" if now_minutes < 1 else f"{count(now_minutes, 'minute')} ago"
    whole = "" if directory.complete else ", not completely"
    return f"{people(len(directory.members))} of {one_line(directory.organization.name)}, read {ago}{whole}"


GROUPS = {
    Decision.RUN: "Will run",
    Decision.SKIP: "Skipped",
    Decision.BLOCKED: "Blocked",
}


def ticket_hint(says: Sequence[str]) -> str:
    """What the policy asks of the ticket, in its author's words."""
    return ", or ".join(says)


def group_heading(decision: Decision, number: int) -> str:
    """``Will run (3)``."""
    return f"{GROUPS[decision]} ({number})"


CONSEQUENCES = "What it costs"
FINAL = "What cannot be undone"
MIND = "What to mind"


def line_verdict(told: str) -> str:
    """What the plan says of a line, without the word that the heading above it says already."""
    for decision in (Decision.SKIP, Decision.BLOCKED):
        told = told.removeprefix(f"{decision.value}: ")
    return told


def ticket(text: str) -> str:
    """Where it is tracked."""
    return f"Ticket: {text}"


def reason(text: str) -> str:
    """The requester's reason."""
    return f"Reason: {text}"


def hidden(number: int) -> str:
    """Lines that found no room in the preview."""
    return f"… and {number} more"


def agreement(operation: Operation) -> str:
    """Who must agree, and why."""
    return asks(operation.approvals_needed, operation.verdict.why)


def in_channel_unknown() -> str:
    """Slack could not say whether targets will see the summary."""
    return "Whether some of them are in the channel of the summary could not be found out: look there first."


def in_channel(addresses: Sequence[str]) -> str:
    """Targets who will see the summary."""
    return f"In the channel of the summary, so they will read it: {listed(sorted(addresses))}."


def digest(value: str) -> str:
    """The plan's seal, as far as it is shown."""
    return f"Sealed as {value[:12]}: exactly this plan runs, at most once."


def nobody_left() -> str:
    """A plan with no line to run."""
    return "Nobody is left to act on, so there is nothing to confirm. Close this and choose again."


def confirmed(operation: Operation) -> str:
    """What became of a confirmed plan."""
    if operation.state is State.AWAITING_APPROVAL:
        needed = asks(operation.approvals_needed)
        return f"Asked. {needed} What they say will stand in its message in the channel."
    return f"Confirmed. {state(operation.state)}. {standing(operation, {})}".strip()


def link() -> str:
    """Text of the link to an operation's message."""
    return "Open its message"


def page(number: int, pages: int, lines: int) -> str:
    """``Page 2 of 7, 312 lines``."""
    return f"Page {number} of {pages}, {count(lines, 'line')}"


def agreed(operation: Operation) -> str:
    """After an approval with a comment."""
    if operation.state is State.AWAITING_APPROVAL:
        return f"Approved. {standing(operation, {})}"
    return f"Approved. {state(operation.state)}. {standing(operation, {})}".strip()


def denied() -> str:
    """After a denial."""
    return "Denied. The request ended without doing anything, and your reason stands in its message."


def discarded() -> str:
    """After a preview was discarded from a direct message."""
    return "Discarded. Nothing was done."


def superseded() -> str:
    """Above the preview in a direct message."""
    return "The window was closed before the preview was ready, so here it is."


def reason_needed() -> str:
    """A retry or an undo without a reason."""
    return "Give a reason in a few words: it stands in the summary and in the audit."


def comment_needed() -> str:
    """A denial without a reason."""
    return "Say why in a few words: the requester reads it."
