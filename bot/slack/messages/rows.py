"""Rows that more than one message of an operation shows."""

from __future__ import annotations

from itertools import accumulate

from bot.domain.operation import Approval, Operation, State
from bot.slack.messages.blocks import Json, context, date, person, text
from bot.words import operation as words
from bot.words.actions import parameters
from bot.words.changes import consequences
from bot.words.escape import cut, one_line

REASON = 1_000
PHRASE = 300
MEANING = 2_000
"""Characters of all phrases of :func:`meaning` together, so that the people still find room."""

Row = list[Json]


def request(operation: Operation) -> list[Row]:
    """Who asked and why."""
    who = person(operation.requester.slack_user)
    asked = [text("Asked by "), who, text(" on "), date(operation.created_at)]
    return [asked, [text("Reason: ", bold=True), text(cut(one_line(operation.reason), REASON))]]


def meaning(operation: Operation) -> list[str]:
    """What was chosen for everybody, and what the plan costs: a phrase each, as far as there is room."""
    chosen = parameters(operation.plan.parameters, operation.names)
    costs = [f"{cost}." for cost in consequences(operation.consequences)]
    phrases = [cut(one_line(phrase), PHRASE) for phrase in (*costs, *chosen)]
    lengths = accumulate(len(phrase) for phrase in phrases)
    shown = [phrase for phrase, length in zip(phrases, lengths, strict=True) if length <= MEANING]
    left = len(phrases) - len(shown)
    return [*shown, words.left_out(left)] if left else shown


def decisions(operation: Operation) -> list[Row]:
    """Who agreed, who denied and why, who stopped it: a row each."""
    rows = [_decision(approval) for approval in operation.approvals]
    denied = operation.state is State.DENIED and any(not one.approved for one in operation.approvals)
    if operation.stopped_by and words.stopped(operation.state) and not denied:
        rows.append([text(f"{words.stopped(operation.state)} "), person(operation.stopped_by)])
    return rows


def _decision(approval: Approval) -> Row:
    decided = "Agreed: " if approval.approved else "Denied: "
    row = [text(decided), person(approval.actor.slack_user), text(" on "), date(approval.at)]
    comment = one_line(approval.comment)
    return [*row, text(f": {cut(comment, PHRASE)}")] if comment else row


def small_print(operation: Operation) -> Json:
    """Which plan this is: the first 12 characters of its digest, and the operation's id."""
    return context(f"Plan {operation.digest[:12]} · {operation.id}")
