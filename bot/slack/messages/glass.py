"""Tells the admins that somebody goes on without their approvals, and lets any of them stop it.

A message of its own, because an edit of the request would notify nobody.
"""

from __future__ import annotations

from bot.domain.operation import State
from bot.service.story import Story
from bot.slack.messages import buttons
from bot.slack.messages.asking import badge
from bot.slack.messages.blocks import actions, header, paragraphs, text
from bot.slack.messages.message import Message, metadata
from bot.slack.messages.rows import request, small_print
from bot.words import approving as words
from bot.words import operation as operation_words
from bot.words.escape import escaped, mention, one_line

PART = "glass"


def build(story: Story) -> Message:
    """The message as it has to look now; the button lives as long as the hold lasts."""
    operation = story.operation
    title = f"{words.BADGE}: {operation_words.headline(operation.plan)}"
    held = operation.state is State.SCHEDULED
    state = operation_words.state(operation.state)
    blocks = [
        header(title),
        paragraphs([*badge(operation), [text(state, bold=True)], *request(operation)]),
        *([actions(buttons.stop(operation))] if held else []),
        small_print(operation),
    ]
    return Message(blocks, _text(story, title), metadata(operation.id, PART))


def _text(story: Story, title: str) -> str:
    glass = story.operation.glass
    if glass is None:
        return escaped(title, 200)
    who, reason = mention(glass.by.slack_user), escaped(one_line(glass.reason), 1_000)
    return f"{escaped(title, 200)}. {words.BROKEN}{who}: {reason}"
