"""The people of an operation, one line each, by outcome: what fits here, and what continues elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from bot.domain.outcome import Outcome, Skipped, kind
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


def settled(story: Story) -> Mapping[int, Outcome]:
    """Line number -> outcome, where a line that the plan never meant to run counts as skipped."""
    planned: dict[int, Outcome] = {
        line.number: Skipped(line.verdict.why.value)
        for line in story.operation.plan.lines
        if line.verdict.why is not None
    }
    return planned | dict(story.outcomes)


def entries(story: Story) -> tuple[Entry, ...]:
    """One entry a line, what needs attention first."""
    told_of = settled(story)
    found = [_entry(story, line, told_of.get(line.number)) for line in story.operation.plan.lines]
    return tuple(sorted(found, key=lambda entry: (_ORDER.index(entry.kind), entry.line)))


def _entry(story: Story, line: Line, outcome: Outcome | None) -> Entry:
    changes = change(line, story.operation.names)
    said = (outcomes.detail(outcome) or changes) if outcome else changes
    who = text(called(line, story.people.get(line.number)), bold=True)
    rest = [text(f": {cut(one_line(said), DETAIL)}")] if said else []
    return Entry(kind(outcome) if outcome else PENDING, line.number, section(who, *rest))


def called(line: Line, data: PersonData | None) -> str:
    """``Ada Admin (ada@example.com)``, the address alone, or the line's number where the data was deleted."""
    if data is None:
        return f"Person {line.number} (data deleted)"
    email, name = middle_cut(one_line(data.email), EMAIL), cut(one_line(data.name), NAME)
    return f"{name} ({email})" if name else email


def fit(found: Sequence[Entry], room: int, most: int) -> tuple[Sequence[Entry], Sequence[Entry]]:
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


def pages(found: Sequence[Entry], room: int, most: int) -> Iterable[Sequence[Entry]]:
    """All entries in pages that fit."""
    while found:
        page, found = fit(found, room, most)
        yield page


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
