"""All lines of a sealed plan, page by page: per person before -> after, flags, or why it does not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from pydantic import Field

from bot.domain.plan import Line
from bot.ports.store import PersonData
from bot.service.pages import Page
from bot.slack.messages.blocks import Json, actions, button, context, rich, section, text
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import parts
from bot.words import modals as words
from bot.words.escape import cut, middle_cut, one_line
from bot.words.flags import beside
from bot.words.operation import headline, verdict

CALLBACK = "lines"
TURN_ID = "lines_turn"
"""The start of the action ids of the buttons that turn to another page."""

_NAME = 80
_EMAIL = 120
_CHANGE = 600


class Leaf(Pressed):
    """The value of a button that turns to another page of a plan."""

    page: int = Field(default=1, ge=1, le=1_000_000)


def build(page: Page) -> Json:
    """The modal with one page; without buttons where all lines stand on it."""
    operation, turns = page.operation, _turns(page)
    return parts.modal(
        CALLBACK,
        words.LINES_TITLE,
        [
            rich(section(text(headline(operation.plan), bold=True))),
            *_groups(page),
            context(words.page(page.number, page.pages, len(operation.plan.lines))),
            *([actions(*turns)] if turns else []),
            context(words.digest(operation.digest)),
        ],
    )


def _groups(page: Page) -> Iterable[Json]:
    counted = Counter(one.verdict.decision for one in page.operation.plan.lines)
    for decision, lines in groupby(page.lines, key=lambda one: one.verdict.decision):
        items = [line(one, page.people, page.operation.names) for one in lines]
        yield parts.listing(words.group_heading(decision, counted[decision]), items)


def _turns(page: Page) -> list[Json]:
    wanted = {
        words.FIRST: 1 if page.number > 2 else 0,  # noqa: PLR2004  from the second page Previous does it
        words.PREVIOUS: page.number - 1,
        words.NEXT: page.number + 1,
        words.LAST: page.pages if page.number < page.pages - 1 else 0,
    }
    there = {label: number for label, number in wanted.items() if 1 <= number <= page.pages}
    return [button(label, f"{TURN_ID}:{label.lower()}", _leaf(page, to)) for label, to in there.items()]


def _leaf(page: Page, to: int) -> str:
    operation = page.operation
    return Leaf(operation=operation.id, digest=operation.digest, page=to).model_dump_json()


def parse(value: str) -> Leaf:
    """Which page of which plan; the first for a button of a message. Raises ValueError for others."""
    return Leaf.model_validate_json(value)


def line(one: Line, people: Mapping[int, PersonData], names: Mapping[str, str]) -> Sequence[Json]:
    """One person: who, what changes or why nothing does, and what to know."""
    person = people.get(one.number, PersonData(email="?"))
    name, email = one_line(person.name), one_line(person.email)
    pieces = [text(middle_cut(name or email, _NAME), bold=True)]
    if name:
        pieces.append(text(f" {middle_cut(email, _EMAIL)}"))
    told = words.line_verdict(verdict(one, names))
    if told:
        pieces.append(text(f": {cut(one_line(told), _CHANGE)}"))
    flags = beside(one)
    if flags:
        pieces.append(text(f" ({flags})"))
    return pieces
