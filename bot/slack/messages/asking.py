"""What the policy asks of whom, stage by stage, as rows of the request for approval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from bot.domain.approval import Progress, escalates_at, open_stage, progress
from bot.domain.circles import Circle, Named, OrgAdmins, SlackGroup, Stage
from bot.domain.identity import Identity
from bot.domain.operation import Operation, State
from bot.slack.messages.blocks import date, group, person, size, text
from bot.slack.messages.rows import JOIN, Row, fitting
from bot.words import approving as words
from bot.words import connect
from bot.words.escape import cut, one_line
from bot.words.reasons import asks, rule

WHY = 200
CIRCLES = 3
NAMED = 4
"""What is shown of a policy that asks for more than anybody reads."""
ROOM = 2_600


def rows(operation: Operation, told: frozenset[str] = frozenset(), room: int = ROOM) -> list[Row]:
    """What has to be agreed to and what is, until when; ``told`` is what somebody was told already.

    Where ``room`` (characters of JSON) is not enough, what comes last is counted only.
    """
    because = cut(one_line(rule(operation.verdict)), WHY)
    waiting = operation.state is State.AWAITING_APPROVAL
    found = progress(operation.verdict, operation.approvals)
    head = _policy(operation, found, because)
    ends = [*_expiry(operation), *_own_name(operation), *_warning(operation)] if waiting else []
    second = list(_escalation(operation, told)) if waiting else []
    stages = [] if _plain(operation) else list(_stages(operation, found))
    shown = fitting([*second, *stages], room - sum(size(row) + JOIN for row in [head, *ends]))
    left = len(second) + len(stages) - len(shown)
    more = [[text(words.more_asked(left))]] if left else []
    return [head, *shown[len(second) :], *shown[: len(second)], *more, *ends]


def _plain(operation: Operation) -> bool:
    """Whether it simply asks for other admins, as most do."""
    stages = operation.verdict.stages
    return not stages or (len(stages) == 1 and all(isinstance(one, OrgAdmins) for one in stages[0].of))


def _policy(operation: Operation, found: Sequence[Progress], because: str) -> Row:
    needed = operation.approvals_needed
    if _plain(operation):
        agreed = sum(one.agreed for one in found)
        told = f"{asks(needed)} {agreed} of {needed} so far. Why: {because}."
    else:
        told = words.asked(needed, len(found), because)
    return [text("Policy: ", bold=True), text(told)]


def _stages(operation: Operation, found: Sequence[Progress]) -> Iterable[Row]:
    now = open_stage(operation.verdict, operation.approvals)
    for number, one in enumerate(found):
        state = _so_far(one, opened=now is None or number <= now)
        yield [text(words.stage(number + 1, len(found)), bold=True), *_wanted(one.stage), text(state)]


def _so_far(one: Progress, *, opened: bool) -> str:
    if one.done:
        return words.done()
    return words.so_far(one.agreed, one.stage.approvals) if opened else words.waits()


def _wanted(stage: Stage) -> Row:
    row = [text(words.wanted(stage))]
    for number, circle in enumerate(stage.of[:CIRCLES]):
        row += [text(words.between(stage))] if number else []
        row += _circle(circle)
    left = len(stage.of) - CIRCLES
    return [*row, text(words.more(left))] if left > 0 else row


def _circle(circle: Circle) -> Row:
    match circle:
        case OrgAdmins():
            return [text(words.ADMINS)]
        case SlackGroup(name):
            return [group(name)]
        case Named(people):
            return _named(sorted(people))
        case _:
            assert_never(circle)


def _named(people: Sequence[str]) -> Row:
    row: Row = []
    for number, one in enumerate(people[:NAMED]):
        row += [text(", ")] if number else []
        row.append(person(one))
    left = len(people) - NAMED
    return [*row, text(words.more(left))] if left > 0 else row


def _escalation(operation: Operation, told: frozenset[str]) -> Iterable[Row]:
    verdict, stage = operation.verdict, open_stage(operation.verdict, operation.approvals)
    at = escalates_at(verdict, operation.approvals, operation.changed_at)
    if at is None or verdict.escalation is None:
        return
    before, after = words.escalated() if f"escalation:{stage}" in told else words.escalates()
    yield [text(before), date(at), text(after), *_wanted(verdict.escalation.to), text(".")]


def _expiry(operation: Operation) -> Iterable[Row]:
    if operation.expires_at is not None:
        yield [text(words.EXPIRES), date(operation.expires_at), text(words.EXPIRES_END)]


def _own_name(operation: Operation) -> Iterable[Row]:
    if operation.in_own_name:
        yield [text(connect.IN_HIS_NAME)]


def _warning(operation: Operation) -> Iterable[Row]:
    if operation.identity is Identity.EMAIL:
        yield [text("⚠ "), text(words.WARNING)]


def badge(operation: Operation) -> list[Row]:
    """That it goes on without the approvals: who did it and why, and until when it can be stopped."""
    glass = operation.glass
    if glass is None:
        return []
    reason = cut(one_line(glass.reason), WHY)
    rows: list[Row] = [
        [
            text(f"⚠ {words.BADGE}. ", bold=True),
            text(words.BROKEN),
            person(glass.by.slack_user),
            text(" on "),
            date(glass.at),
            text(f": {reason}"),
        ]
    ]
    if operation.state is State.SCHEDULED:
        rows.append([text(words.STARTS), date(operation.starts_at or glass.until), text(words.STOPPABLE)])
    return rows
