"""One private sentence to somebody, by direct message."""

from __future__ import annotations

from bot.domain.operation import Operation
from bot.slack.messages.blocks import Json, link, paragraphs, text
from bot.slack.messages.message import TEXT, Message
from bot.words.escape import cut, escaped, one_line
from bot.words.operation import OPEN, headline


def build(operation: Operation | None, sentence: str, url: str = "") -> Message:
    """The sentence, under the name of the operation that it is about, with the way to its message."""
    rows: list[list[Json]] = [[text(cut(one_line(sentence), TEXT))]]
    rows += [[link(url, OPEN)]] if url else []
    title = headline(operation.plan) if operation else ""
    if title:
        rows.insert(0, [text(title, bold=True)])
    told = f"{title}. {sentence}" if title else sentence
    return Message([paragraphs(rows)], escaped(one_line(told), TEXT), {})
