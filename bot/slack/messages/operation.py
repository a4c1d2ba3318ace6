"""The one message of an operation: it moves through the run and ends as the summary (design §6)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.operation import ENDS, Operation, State
from bot.service.story import Story
from bot.slack.messages import buttons
from bot.slack.messages.blocks import MESSAGE, Json, actions, header, paragraphs, rich, section, size, text
from bot.slack.messages.message import TEXT, Message, metadata
from bot.slack.messages.people import Entry, entries, fit, grouped, pages, settled
from bot.slack.messages.rows import Row, decisions, meaning, request, small_print, stands, stands_text
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
_PROGRESS = frozenset({State.RUNNING, State.CANCELLING, State.HELD})


def build(story: Story, *, names: bool) -> Message:
    """The message as it has to look now; ``names`` says whether people may be named in its channel."""
    operation = story.operation
    above, below = _above(story), _below(operation)
    shown, rest = _share_out(story, size([*above, *below])) if names else ((), ())
    lists = [rich(*grouped(shown))] if shown else []
    if rest:
        more = words.more_in_thread if operation.state in ENDS else words.more
        lists.append(rich(section(text(more(len(rest))))))
    return Message([*above, *lists, *below], _text(story), metadata(operation.id, PART))


def lines(story: Story, *, names: bool) -> tuple[Message, ...]:
    """The messages of the thread that continue an ended operation's list; none where all has found room."""
    operation = story.operation
    if not names or operation.state not in ENDS:
        return ()
    _, rest = _share_out(story, size([*_above(story), *_below(operation)]))
    found = list(pages(rest, MESSAGE - _SPARE, PAGE))
    headline = _headline(operation)
    return tuple(
        Message(
            [rich(*grouped(page))],
            f"{headline}: continued, {number} of {len(found)}",
            metadata(operation.id, f"lines-{number}"),
        )
        for number, page in enumerate(found, start=1)
    )


def _share_out(story: Story, used: int) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """The lines of the message itself and those of the thread; none where nobody was touched at all."""
    state = story.operation.state
    if state in _NOBODY_TOUCHED or (state in ENDS and not story.outcomes):
        return (), ()
    return fit(entries(story), MESSAGE - used - _SPARE, LINES)


def _headline(operation: Operation) -> str:
    return words.headline(operation.plan)


def _above(story: Story) -> list[Json]:
    operation = story.operation
    chosen: Row = [text(f"{words.chosen(operation.plan)}.")]
    told = [[text(phrase)] for phrase in meaning(operation)]
    facts = [*request(operation), *decisions(operation), chosen, *told]
    return [header(_headline(operation)), paragraphs([*_standing(story), *facts])]


def _standing(story: Story) -> list[Row]:
    operation, told_of = story.operation, settled(story)
    rows: list[Row] = [
        [text(words.state(operation.state), bold=True), text(". "), *stands(operation, told_of, story.ahead)]
    ]
    if operation.state in _PROGRESS:
        run = operation.plan.to_run
        rows.append([text(words.bar(sum(line.number in told_of for line in run), len(run)))])
    return rows


def _below(operation: Operation) -> list[Json]:
    live = _live(operation)
    return [*([actions(*live)] if live else []), small_print(operation)]


def _live(operation: Operation) -> list[Json]:
    if operation.state is State.AWAITING_APPROVAL:
        return [buttons.withdraw(operation)]
    first = [buttons.resume(operation)] if operation.state is State.HELD else []
    return [*first, buttons.cancel(operation)] if operation.state in buttons.CANCELLABLE else first


def _text(story: Story) -> str:
    """For notifications and screen readers, which see nothing else: what, where it stands, who and why."""
    operation = story.operation
    stand = stands_text(operation, settled(story), story.ahead)
    start = f"{_headline(operation)}. {words.state(operation.state)}."
    who = mention(operation.requester.slack_user)
    reason = escaped(one_line(operation.reason), TEXT - 1_400)
    return f"{escaped(start, 200)} {stand} Asked by {who}. Reason: {reason}"
