"""A plain sentence in a modal: refusals, results, troubles that no field can show."""

from __future__ import annotations

from dataclasses import dataclass

from bot.slack.messages.blocks import Json, rich, section
from bot.slack.modals import parts
from bot.words.modals import TITLE
from bot.words.modals import link as link_words

CALLBACK = "message"


@dataclass(frozen=True, slots=True)
class Saying:
    """What to say; ``link`` is Slack's own permalink of an operation's message, or empty."""

    sentence: str
    link: str = ""


def build(data: Saying) -> Json:
    """A modal that can only be closed."""
    blocks = [parts.said(data.sentence)]
    if data.link:
        blocks.append(rich(section({"type": "link", "url": data.link, "text": link_words()})))
    return parts.modal(CALLBACK, TITLE, blocks)


def showing(block: Json) -> Json:
    """The modal for something that is no plain sentence."""
    return parts.modal(CALLBACK, TITLE, [block])


def saying(sentence: str) -> Json:
    """The modal for one sentence."""
    return build(Saying(sentence))
