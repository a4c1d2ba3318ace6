"""The files at the end of an operation: a row per person as CSV, and a picture of the outcome.

Whoever a file names is read while it is made, some hundred people at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO

from bot.domain.operation import ENDS, Operation, State
from bot.domain.plan import Line
from bot.domain.together import together
from bot.ports.store import PersonData, Store
from bot.service.named import named
from bot.service.story import Story
from bot.slack.filer import Parcel
from bot.slack.uploads import File
from bot.words import results as words
from bot.words import sheets

CSV = "csv"
PICTURE = "picture"
PLAN = "plan"
PARTS = (CSV, PICTURE)
"""What the thread of an ended operation gets."""


def wanted(story: Story, *, names: bool) -> tuple[str, ...]:
    """The files that belong into the thread: none where nobody was touched, or where nobody may be named."""
    ended = story.operation.state in ENDS
    return PARTS if ended and names and story.outcomes else ()


def parcel(store: Store, story: Story, part: str) -> Parcel:
    """One of the files."""
    if part == PLAN:
        return Parcel(words.plan_title(story.operation), partial(plan, store, story.operation))
    if part == CSV:
        return Parcel(words.csv_title(story.operation), partial(_csv, store, story))
    return Parcel(words.picture_title(story.operation), partial(_picture, store, story))


def plan_wanted(story: Story, shown: int) -> bool:
    """Whether those who are asked to agree need the plan as a file to see all of it."""
    return story.operation.state is State.AWAITING_APPROVAL and len(story.operation.plan.lines) > shown


async def plan(store: Store, operation: Operation) -> File:
    """All lines of a sealed plan, with why somebody is not touched."""
    content = await _written(store, operation, sheets.PLAN, sheets.plan_rows)
    return File(f"plan-{operation.id}.csv", words.plan_title(operation), content)


async def _csv(store: Store, story: Story) -> File:
    operation = story.operation
    rows = partial(sheets.result_rows, story.told_of)
    content = await _written(store, operation, sheets.RESULTS, rows)
    return File(f"rollcall-{operation.id}.csv", words.csv_title(operation), content)


async def _written(store: Store, operation: Operation, columns: Sequence[str], rows: sheets.Rows) -> bytes:
    out = BytesIO()
    out.write(sheets.head(columns))
    for lines in together(operation.plan.lines):
        people = await _named(store, lines)
        out.write(await asyncio.to_thread(rows, operation, lines, _facts(people)))
    return out.getvalue()


async def _named(store: Store, lines: Sequence[Line]) -> Mapping[int, PersonData]:
    return await store.read(lambda tx: named(tx, lines))


def _facts(people: Mapping[int, PersonData]) -> sheets.Facts:
    return {number: {**one.facts, "Email": one.email} for number, one in people.items()}


async def _picture(store: Store, story: Story) -> File:
    operation, told_of = story.operation, story.told_of
    people = await _named(store, [line for line, _ in words.shown_changes(operation, told_of)])
    addresses = {number: person.email for number, person in people.items()}
    return File(
        f"rollcall-{operation.id}.png",
        words.picture_title(operation),
        await asyncio.to_thread(_drawn, story, addresses),
        alt_text=words.description(operation, told_of, addresses),
    )


def _drawn(story: Story, addresses: Mapping[int, str]) -> bytes:
    from bot.slack.messages import picture  # noqa: PLC0415  Pillow, which no start has to wait for

    return picture.draw(picture.of(story, addresses))
