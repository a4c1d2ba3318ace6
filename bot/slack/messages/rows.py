"""Rows that more than one message of an operation shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from bot.domain.operation import Approval, Operation, State
from bot.domain.outcome import Outcome
from bot.service.story import Kin
from bot.slack.messages.blocks import Json, context, date, link, person, size, text
from bot.words import again, approving
from bot.words import operation as words
from bot.words.actions import parameters
from bot.words.cautions import cautions
from bot.words.changes import consequences
from bot.words.escape import cut, escaped, one_line
from bot.words.escape import when as mrkdwn_date

REASON = 600
TICKET = 100
PHRASE = 300
FEW = 3
SHORT = 60
"""Characters of a comment where there are more than a few."""
DECISIONS = 1_200
"""Characters of all decisions as JSON."""
MEANING = 1_200
"""Characters of all phrases of :func:`meaning` together as JSON, so that the people still find room."""

KIN = 2
"""Retries and undos that are shown of one operation."""

JOIN = 34
"""Characters that stand between two rows as JSON."""

Row = list[Json]
Links = Mapping[str, str]
"""Operation id -> Slack's permalink of its message; what is missing is shown without a link."""
NO_LINKS: Links = {}


def request(operation: Operation) -> list[Row]:
    """Who asked and why."""
    who = person(operation.requester.slack_user)
    asked = [text("Asked by "), who, text(" on "), date(operation.created_at)]
    reason = [text("Reason: ", bold=True), text(cut(one_line(operation.reason), REASON))]
    return [asked, reason, *ticket(operation), *when(operation)]


def ticket(operation: Operation) -> list[Row]:
    """Where the request is tracked elsewhere; no row where nobody named a ticket."""
    if not operation.ticket:
        return []
    return [[text("Ticket: ", bold=True), text(cut(one_line(operation.ticket), TICKET))]]


def when(operation: Operation) -> list[Row]:
    """The date for which it was asked, in the reader's own time zone; no row where it was to run at once."""
    if operation.due_at is None or operation.state is State.SCHEDULED:
        return []
    undecided = operation.state in {State.PROPOSED, State.AWAITING_APPROVAL}
    late = [text(words.OR_AT_ONCE)] if undecided and operation.approvals_needed else []
    return [[text(f"{words.WHEN} ", bold=True), date(operation.due_at), *late, text(".")]]


def stands(operation: Operation, told_of: Mapping[int, Outcome], ahead: int, before: str = "") -> Row:
    """Where it stands, as words.standing has it, with a date in the reader's own time zone."""
    if operation.state is State.SCHEDULED and operation.starts_at is not None:
        return [text(f"{before}{words.STARTS} "), date(operation.starts_at), text(".")]
    return [text(f"{before}{cut(words.standing(operation, told_of, ahead), REASON)}".rstrip())]


def stands_text(operation: Operation, told_of: Mapping[int, Outcome], ahead: int) -> str:
    """The same as mrkdwn, for the text of a message."""
    if operation.state is State.SCHEDULED and operation.starts_at is not None:
        return f"{words.STARTS} {mrkdwn_date(operation.starts_at)}."
    return escaped(words.standing(operation, told_of, ahead), REASON)


def meaning(operation: Operation) -> list[str]:
    """What the plan costs, what to mind, and what was chosen for everybody: as far as there is room."""
    chosen = parameters(operation.plan.parameters, operation.names)
    costs = [f"{cost}." for cost in (*consequences(operation.consequences), *cautions(operation.plan))]
    phrases = [cut(one_line(phrase), PHRASE) for phrase in (*costs, *chosen)]
    lengths = accumulate(size(phrase) for phrase in phrases)
    shown = [phrase for phrase, length in zip(phrases, lengths, strict=True) if length <= MEANING]
    left = len(phrases) - len(shown)
    return [*shown, words.left_out(left)] if left else shown


def made_from(operation: Operation, links: Links) -> list[Row]:
    """Which operation this one retries or undoes; no row where it is neither."""
    if not operation.parent:
        return []
    return [[text(again.made_from(operation.origin)), link(links.get(operation.parent, ""), again.FIRST)]]


def followed(kin: Sequence[Kin], links: Links) -> list[Row]:
    """What was made from this operation: a row each for the newest, oldest first."""
    rows = [_followed(one, links) for one in kin[-KIN:]]
    return [[text(again.more_kin(len(kin) - KIN))], *rows] if len(kin) > KIN else rows


def _followed(one: Kin, links: Links) -> Row:
    who = person(one.requester)
    return [
        text(again.followed(one.origin, one.state), bold=True),
        who,
        text(again.stands(one.state)),
        link(links.get(one.id, ""), again.LINK),
    ]


def decisions(operation: Operation, room: int = DECISIONS) -> list[Row]:
    """Who agreed, who denied and why, who stopped it: a row each, the newest where not all fit."""
    several = len(operation.verdict.stages) > 1
    longest = PHRASE if len(operation.approvals) <= FEW else SHORT
    rows = [_decision(approval, several=several, longest=longest) for approval in operation.approvals]
    denied = operation.state is State.DENIED and any(not one.approved for one in operation.approvals)
    if operation.stopped_by and words.stopped(operation.state) and not denied:
        rows.append([text(f"{words.stopped(operation.state)} "), person(operation.stopped_by)])
    shown = list(reversed(fitting(list(reversed(rows)), room)))
    left = len(rows) - len(shown)
    return [[text(words.decided_before(left))], *shown] if left else shown


def fitting(rows: Sequence[Row], room: int) -> Sequence[Row]:
    """As many rows from the start as fit into ``room`` characters of JSON."""
    lengths = accumulate(size(row) + JOIN for row in rows)
    return [row for row, length in zip(rows, lengths, strict=True) if length <= room]


def _decision(approval: Approval, *, several: bool, longest: int) -> Row:
    decided = "Agreed: " if approval.approved else "Denied: "
    row = [text(decided), person(approval.actor.slack_user)]
    if approval.stands_in_for is not None:
        row += [text(approving.IN_PLACE_OF), person(approval.stands_in_for.slack_user)]
    row += [text(" on "), date(approval.at)]
    row += [text(approving.at_stage(approval.weight.stage + 1))] if several else []
    comment = one_line(approval.comment)
    return [*row, text(f": {cut(comment, longest)}")] if comment else row


def small_print(operation: Operation) -> Json:
    """Which plan this is: the first 12 characters of its digest, and the operation's id."""
    return context(f"Plan {operation.digest[:12]} · {operation.id}")
