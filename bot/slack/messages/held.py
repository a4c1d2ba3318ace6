"""Tells the admins once that an operation is held, and lets them resume or cancel it."""

from __future__ import annotations

from bot.domain.operation import State
from bot.service.story import Story
from bot.slack.messages import buttons
from bot.slack.messages.blocks import actions, header, paragraphs, person, text
from bot.slack.messages.message import Message, metadata
from bot.slack.messages.rows import small_print
from bot.words import operation as words
from bot.words.escape import cut, escaped, one_line

PREFIX = "held-"


def part(run: int) -> str:
    """The post of one hold: a later run that is held again is told again."""
    return f"{PREFIX}{run}"


UNREAD = "unread"
"""The post about an operation whose plan cannot be trusted."""


def unreadable(operation_id: str, reason: str) -> Message:
    """Tells the admins of a stored plan that will not run; nothing of the plan is shown."""
    told = words.unreadable(operation_id, reason)
    blocks = [header("An operation is held"), paragraphs([[text(told)]])]
    return Message(blocks, escaped(told, 2_000), metadata(operation_id, UNREAD))


def build(story: Story, post: str) -> Message:
    """The message as it has to look now; the buttons live while this very hold lasts."""
    operation = story.operation
    here = operation.state is State.HELD and post == part(operation.run)
    title = words.headline(operation.plan)
    state = words.state(operation.state)
    standing = (
        words.standing(operation, story.told_of, story.ahead) if here else f"It is now: {state.lower()}."
    )
    heading = f"Held: {title}" if here else title
    rows = [
        [text("Asked by "), person(operation.requester.slack_user)],
        [text(cut(one_line(standing), 1_000))],
    ]
    blocks = [
        header(heading),
        paragraphs(rows),
        *([actions(buttons.resume(operation), buttons.cancel(operation))] if here else []),
        small_print(operation),
    ]
    return Message(blocks, escaped(f"{heading}. {standing}", 2_000), metadata(operation.id, post))
