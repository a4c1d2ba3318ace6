"""Operations as short lists: the answers of `status` and `history`, and the Home tab."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.operation import ENDS
from bot.service.story import Story
from bot.slack.messages.blocks import Json, date, person, rich, section, text
from bot.slack.messages.rows import stands
from bot.slack.modals import parts
from bot.words import commands as words
from bot.words.escape import cut, one_line
from bot.words.operation import headline, state

_REASON = 120


def stories(heading: str, found: Sequence[Story], empty: str) -> Json:
    """A heading with one line an operation, or the sentence for none."""
    if not found:
        return rich(section(text(f"{heading}\n", bold=True), text(empty)))
    return parts.listing(heading, [line(story) for story in found])


def line(story: Story) -> list[Json]:
    """One operation: what, where it stands, who asked, why, when."""
    operation = story.operation
    moment = operation.changed_at if operation.state in ENDS else operation.created_at
    return [
        text(headline(operation.plan), bold=True),
        text(f" · {state(operation.state)}. "),
        *stands(operation, story.outcomes, story.ahead),
        text(f" {words.asked_by()} "),
        person(operation.requester.slack_user),
        text(f" ({cut(one_line(operation.reason), _REASON)}), "),
        date(moment),
    ]


def helping(unknown: str = "") -> list[Json]:
    """What the command understands."""
    items = [[text(usage, code=True), text(f" {does}")] for usage, does in words.help_lines()]
    first = [parts.said(words.unknown(unknown))] if unknown else []
    return [*first, parts.listing(words.HELP_TITLE, items), parts.said(words.HELP_END)]
