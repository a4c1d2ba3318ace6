"""The one message of an operation: it moves through the run and ends as the summary (design §6)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.operation import ENDS, Operation, State
from bot.domain.plan import Line
from bot.service.story import Story
from bot.slack.messages import buttons
from bot.slack.messages.asking import badge
from bot.slack.messages.blocks import MESSAGE, Json, actions, header, paragraphs, rich, section, size, text
from bot.slack.messages.message import TEXT, Message, metadata
from bot.slack.messages.people import Entries, entries, fit, grouped
from bot.slack.messages.rows import (
    NO_LINKS,
    Links,
    Row,
    decisions,
    followed,
    made_from,
    meaning,
    request,
    small_print,
    stands,
    stands_text,
)
from bot.words import operation as words
from bot.words.escape import escaped, mention, one_line

PART = "main"
LINES = 25
"""People named in the message itself; a longer list continues in the thread."""
PAGE = 60
"""People named in one message of the thread."""

_SPARE = 500
"""Characters left for the brackets around a list and for the row that says what was left out."""
_NOBODY_TOUCHED = frozenset({State.DENIED, State.WITHDRAWN, State.DISCARDED})
_AGAIN = 2_100
"""Characters kept free for two buttons, and for the rows about retries and undos."""
_PROGRESS = frozenset({State.RUNNING, State.CANCELLING, State.HELD})


def build(story: Story, *, names: bool, links: Links = NO_LINKS) -> Message:
    """The message as it has to look now; ``names`` says whether people may be named in its channel."""
    operation = story.operation
    kin = [*made_from(operation, links), *followed(story.kin, links)]
    above, below = _above(story, kin), _below(story)
    shown, left = _share_out(story) if names else ((), ())
    lists = [rich(*grouped(shown))] if shown else []
    if left:
        more = words.more_in_thread if operation.state in ENDS else words.more
        lists.append(rich(section(text(more(len(left))))))
    return Message([*above, *lists, *below], _text(story), metadata(operation.id, PART))


def rest(story: Story) -> Sequence[Line]:
    """The lines of an ended operation that found no room in its message and continue in the thread."""
    return [] if story.operation.state not in ENDS else _share_out(story)[1].lines


def next_page(story: Story, left: Sequence[Line]) -> Sequence[Line]:
    """The lines of the next message in the thread; needs the people of as many as :data:`PAGE` of them."""
    return fit(Entries(story, left), MESSAGE - _SPARE, PAGE)[0].lines


def page(story: Story, lines: Sequence[Line], number: int, count: int) -> Message:
    """One message of the thread; needs the people of its lines."""
    return Message(
        [rich(*grouped(Entries(story, lines)))],
        f"{_headline(story.operation)}: continued, {number} of {count}",
        metadata(story.operation.id, part_of(number)),
    )


def part_of(number: int) -> str:
    """The part that the message with this number in the thread is."""
    return f"lines-{number}"


def first(story: Story) -> Sequence[Line]:
    """The lines that the message itself can show by name."""
    return entries(story).lines[:LINES]


def _share_out(story: Story) -> tuple[Entries, Entries]:
    """The lines of the message itself and those of the thread; none where nobody was touched at all.

    What comes and goes after the end (retries, undos, their buttons) has its room kept free, so that no line
    moves once the thread is posted.
    """
    state = story.operation.state
    if state in _NOBODY_TOUCHED or (state in ENDS and not story.outcomes):
        return Entries(story, ()), Entries(story, ())
    used = size([*_above(story), small_print(story.operation)]) + _AGAIN
    return fit(entries(story), MESSAGE - used - _SPARE, LINES)


def _headline(operation: Operation) -> str:
    return words.headline(operation.plan)


def _above(story: Story, kin: Sequence[Row] = ()) -> list[Json]:
    operation = story.operation
    chosen: Row = [text(f"{words.chosen(operation.plan)}.")]
    told = [[text(phrase)] for phrase in meaning(operation)]
    facts = [*request(operation), *decisions(operation), chosen, *told]
    return [header(_headline(operation)), paragraphs([*badge(operation), *_standing(story), *kin, *facts])]


def _standing(story: Story) -> list[Row]:
    operation, told_of = story.operation, story.told_of
    rows: list[Row] = [
        [text(words.state(operation.state), bold=True), *stands(operation, told_of, story.ahead, ". ")]
    ]
    if operation.state in _PROGRESS:
        run = operation.plan.to_run
        rows.append([text(words.bar(sum(line.number in told_of for line in run), len(run)))])
    return rows


def _below(story: Story) -> list[Json]:
    live = _live(story)
    return [*([actions(*live)] if live else []), small_print(story.operation)]


def _live(story: Story) -> list[Json]:
    operation = story.operation
    if operation.state in ENDS:
        left = story.to_retry
        retry = [buttons.retry(operation)] if left.failed or left.unknown else []
        return [*retry, buttons.undo(operation)] if story.to_undo else retry
    if operation.state is State.AWAITING_APPROVAL:
        return [buttons.withdraw(operation)]
    first = [buttons.resume(operation)] if operation.state is State.HELD else []
    return [*first, buttons.cancel(operation)] if operation.state in buttons.CANCELLABLE else first


def _text(story: Story) -> str:
    """For notifications and screen readers, which see nothing else: what, where it stands, who and why."""
    operation = story.operation
    stand = stands_text(operation, story.told_of, story.ahead)
    start = f"{_headline(operation)}. {words.state(operation.state)}."
    who = mention(operation.requester.slack_user)
    reason = escaped(one_line(operation.reason), TEXT - 1_400)
    return f"{escaped(start, 200)} {stand} Asked by {who}. Reason: {reason}"
