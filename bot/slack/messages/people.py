"""The people of an operation, one line each, by outcome: what fits here, and what continues elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import overload

from bot.domain.outcome import Outcome, kind
from bot.domain.plan import Line
from bot.ports.store import PersonData
from bot.service.story import Story
from bot.slack.messages.blocks import Json, bullets, section, size, text
from bot.words import outcomes
from bot.words.changes import change
from bot.words.escape import cut, middle_cut, one_line

NAME = 60
EMAIL = 60
DETAIL = 300
PENDING = "pending"
_PENDING_HEADING = "To do"
_ORDER = (*outcomes.LISTED, PENDING)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's line under the heading of its kind."""

    kind: str
    line: int
    shown: Json


class Entries(Sequence[Entry]):
    """One entry a line, drawn when it is looked at: of 10,000 lines a message shows some dozens."""

    def __init__(self, story: Story, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._story = story

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> Entries: ...

    def __getitem__(self, index: int | slice) -> Entry | Entries:
        if isinstance(index, slice):
            return Entries(self._story, self.lines[index])
        line = self.lines[index]
        return _entry(self._story, line, self._story.told_of.get(line.number))


def entries(story: Story) -> Entries:
    """One entry a line, what needs attention first."""
    kinds: dict[str, list[Line]] = {name: [] for name in _ORDER}
    for line in story.operation.plan.lines:
        kinds[_kind(story.told_of.get(line.number))].append(line)
    return Entries(story, [line for lines in kinds.values() for line in lines])


def _kind(outcome: Outcome | None) -> str:
    return kind(outcome) if outcome else PENDING


def _entry(story: Story, line: Line, outcome: Outcome | None) -> Entry:
    changes = change(line, story.operation.names)
    said = (outcomes.detail(outcome) or changes) if outcome else changes
    who = text(called(line, story.people.get(line.number)), bold=True)
    rest = [text(f": {cut(one_line(said), DETAIL)}")] if said else []
    return Entry(_kind(outcome), line.number, section(who, *rest))


def called(line: Line, data: PersonData | None) -> str:
    """``Ada Admin (ada@example.com)``, the address alone, or the line's number where the data was deleted."""
    if data is None:
        return f"Person {line.number} (data deleted)"
    email, name = middle_cut(one_line(data.email), EMAIL), cut(one_line(data.name), NAME)
    return f"{name} ({email})" if name else email


def fit(found: Entries, room: int, most: int) -> tuple[Entries, Entries]:
    """The entries that fit into ``room`` characters of JSON and ``most`` lines, and the others."""
    used = 0
    headed: set[str] = set()
    for index, entry in enumerate(found[:most]):
        used += size(entry.shown) + 2
        if entry.kind not in headed:
            headed.add(entry.kind)
            used += size(_group(entry.kind, [])) + len(str(len(found)))
        if used > room:
            return found[:index], found[index:]
    return found[:most], found[most:]


def prefix(shown: Sequence[Json], room: int) -> Sequence[Json]:
    """As many sections from the start as fit into ``room`` characters of JSON."""
    lengths = accumulate(size(one) + 2 for one in shown)
    return [one for one, length in zip(shown, lengths, strict=True) if length <= room]


def grouped(found: Sequence[Entry]) -> list[Json]:
    """Parts of a rich_text block: a heading and a list for every kind."""
    return [
        part
        for name, members in groupby(found, key=lambda entry: entry.kind)
        for part in _group(name, [entry.shown for entry in members])
    ]


def _group(name: str, shown: list[Json]) -> list[Json]:
    if name == PENDING:
        heading = _PENDING_HEADING
    else:
        label = outcomes.label(name)
        heading = f"{label.symbol} {label.heading}"
    return [section(text(heading, bold=True)), bullets(shown)]
