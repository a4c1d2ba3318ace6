"""The request for approval: enough to decide on, and afterwards who decided.

It is a message of its own even where approvals share the operation's channel: a new message notifies while an
edit does not, its end (who agreed, when) comes long before the operation's own, and its buttons can go
without touching the message that moves through the run.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.operation import ENDS, Operation, Origin, State
from bot.domain.plan import Line
from bot.service.story import Story
from bot.slack.messages import asking, buttons
from bot.slack.messages.asking import badge
from bot.slack.messages.blocks import (
    MESSAGE,
    Json,
    actions,
    bullets,
    header,
    paragraphs,
    rich,
    section,
    size,
    text,
)
from bot.slack.messages.message import TEXT, Message, metadata
from bot.slack.messages.people import DETAIL, called, prefix
from bot.slack.messages.rows import (
    NO_LINKS,
    Links,
    Row,
    decisions,
    made_from,
    meaning,
    request,
    small_print,
    stands,
)
from bot.words import operation as words
from bot.words.actions import does, final
from bot.words.again import undoes
from bot.words.counting import people
from bot.words.escape import cut, escaped, mention, one_line
from bot.words.flags import beside

PART = "approval"
LINES = 15
_SPARE = 500


def build(story: Story, *, names: bool, links: Links = NO_LINKS) -> Message:
    """The message as it has to look now; live buttons only while the operation waits for approval."""
    operation = story.operation
    waiting = operation.state is State.AWAITING_APPROVAL
    title = words.headline(operation.plan)
    outcome = [] if waiting else [_outcome(story)]
    facts = [*badge(operation), *outcome, *made_from(operation, links), *_facts(operation)]
    heading = header(f"Approval needed: {title}" if waiting else title)
    costs = _costs(operation) if waiting else []
    below = [*([actions(*_live(operation))] if waiting else []), small_print(operation)]
    decided = decisions(operation)
    room = MESSAGE - size([heading, paragraphs([*facts, *decided]), *costs, *below]) - _SPARE
    asked = asking.rows(operation, story.told, min(asking.ROOM, room))
    above = [heading, paragraphs([*facts, *asked, *decided]), *costs]
    lists = _people(story, MESSAGE - size([*above, *below]) - _SPARE) if waiting and names else []
    return Message([*above, *lists, *below], _text(operation, title), metadata(operation.id, PART))


def _outcome(story: Story) -> Row:
    """Where it stands, without counts that change at every batch: those move in its own message."""
    operation = story.operation
    row = [text(words.state(operation.state), bold=True)]
    return [*row, *stands(operation, story.told_of, 0, ". ")] if operation.state in ENDS else row


def _live(operation: Operation) -> list[Json]:
    able = [] if operation.verdict.break_glass is None else [buttons.glass(operation)]
    return [
        buttons.approve(operation),
        buttons.agree(operation),
        buttons.deny(operation),
        buttons.lines(operation),
        *able,
    ]


def _facts(operation: Operation) -> list[Row]:
    action, via = operation.plan.action, operation.plan.via
    told = undoes(action) if operation.origin is Origin.UNDO else does(action, via)
    told = f"{told} {final(action, via)}".strip()
    return [*request(operation), [text(f"{words.chosen(operation.plan)}.")], [text(told)]]


def _costs(operation: Operation) -> list[Json]:
    items = [section(text(phrase)) for phrase in meaning(operation)]
    return [rich(section(text("What it means", bold=True)), bullets(items))] if items else []


def first(story: Story) -> Sequence[Line]:
    """The lines that the message can show by name."""
    return story.operation.plan.to_run[:LINES]


def _people(story: Story, room: int) -> list[Json]:
    run = story.operation.plan.to_run
    shown = prefix([_line(story, line) for line in first(story)], room)
    parts = [section(text(f"{people(len(run))} to run", bold=True))]
    if shown:
        parts.append(bullets(shown))
    if len(run) > len(shown):
        parts.append(section(text(words.more(len(run) - len(shown)))))
    return [rich(*parts)]


def _line(story: Story, line: Line) -> Json:
    who = text(called(line, story.people.get(line.number)), bold=True)
    change = cut(one_line(words.verdict(line, story.operation.names)), DETAIL)
    told = "; ".join(part for part in (beside(line), change) if part)
    return section(who, text(f": {told}")) if told else section(who)


def _text(operation: Operation, title: str) -> str:
    state = words.state(operation.state)
    who = mention(operation.requester.slack_user)
    reason = escaped(one_line(operation.reason), TEXT - 500)
    return f"{state}: {escaped(title, 200)}, asked by {who}. Reason: {reason}"
