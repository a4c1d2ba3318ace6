"""Operations as short lists: the answers of `status` and `history`, and the Home tab."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from bot.domain.operation import ENDS, Operation, State
from bot.service.story import Story
from bot.slack.messages import buttons
from bot.slack.messages.blocks import (
    MESSAGE,
    Json,
    actions,
    bullets,
    date,
    person,
    rich,
    section,
    size,
    text,
)
from bot.slack.messages.rows import stands
from bot.slack.modals import parts
from bot.words import commands as words
from bot.words.escape import cut, one_line
from bot.words.operation import headline, state

STATUS_RESUME = "status_resume"
STATUS_CANCEL = "status_cancel"
"""The same buttons as in the messages; these stand in a private answer, which is drawn again afterwards."""
LIVE = 5
"""Operations with buttons in one answer; the others have theirs in their own messages."""

_REASON = 120
_SPARE = 500
_FRAME = 60
"""Characters around one line in a list."""


def stories(heading: str, found: Sequence[Story], empty: str) -> Json:
    """A heading with one line an operation, or the sentence for none."""
    if not found:
        return rich(section(text(f"{heading}\n", bold=True), text(empty)))
    return parts.listing(heading, _fitting([line(story) for story in found], MESSAGE - _SPARE))


def status(found: Sequence[Story]) -> list[Json]:
    """What waits and runs; what can be stopped has its buttons, held ones first and with Resume."""
    if not found:
        return [stories(words.STATUS_TITLE, found, words.STATUS_EMPTY)]
    held = [one for one in found if one.operation.state is State.HELD]
    able = [one for one in found if one.operation.state in buttons.CANCELLABLE - {State.HELD}]
    live = {one.operation.id: one for one in [*held, *able][:LIVE]}
    blocks = [rich(section(text(words.STATUS_TITLE, bold=True)))]
    for one in live.values():
        blocks += [rich(section(*line(one))), actions(*_buttons(one.operation))]
    rest = [line(one) for one in found if one.operation.id not in live]
    shown = _fitting(rest, MESSAGE - size(blocks) - _SPARE)
    return [*blocks, rich(bullets(section(*one) for one in shown))] if shown else blocks


def _buttons(operation: Operation) -> list[Json]:
    first = [buttons.resume(operation, STATUS_RESUME)] if operation.state is State.HELD else []
    return [*first, buttons.cancel(operation, STATUS_CANCEL)]


def _fitting(lines: Sequence[list[Json]], room: int) -> list[list[Json]]:
    """As many lines as there is room for, and how many there are besides."""
    lengths = list(accumulate(size(one) + _FRAME for one in lines))
    number = sum(length <= room for length in lengths)
    left = len(lines) - number
    return [*lines[:number], [text(words.more(left))]] if left else list(lines)


def line(story: Story) -> list[Json]:
    """One operation: what, where it stands, who asked, why, when."""
    operation = story.operation
    moment = operation.changed_at if operation.state in ENDS else operation.created_at
    return [
        text(headline(operation.plan), bold=True),
        *stands(operation, story.outcomes, story.ahead, f" · {state(operation.state)}. "),
        text(f" {words.asked_by()} "),
        person(operation.requester.slack_user),
        text(f" ({cut(one_line(operation.reason), _REASON)}), "),
        date(moment),
    ]


def helping(unknown: str = "", *, connect: bool = False) -> list[Json]:
    """What the command understands."""
    lines = words.help_lines(connect=connect)
    items = [[text(usage, code=True), text(f" {does}")] for usage, does in lines]
    first = [parts.said(words.unknown(unknown))] if unknown else []
    return [*first, parts.listing(words.HELP_TITLE, items), parts.said(words.HELP_END)]
