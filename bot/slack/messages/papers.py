"""The files at the end of an operation: a row per person as CSV, and a picture of the outcome."""

from __future__ import annotations

from bot.domain.operation import ENDS
from bot.service.story import Story
from bot.slack.filer import Parcel
from bot.slack.messages import picture
from bot.slack.messages.people import settled
from bot.slack.uploads import File
from bot.words import results as words
from bot.words import sheets

CSV = "csv"
PICTURE = "picture"
PARTS = (CSV, PICTURE)


def wanted(story: Story, *, names: bool) -> tuple[str, ...]:
    """The files that belong into the thread: none where nobody was touched, or where nobody may be named."""
    ended = story.operation.state in ENDS
    return PARTS if ended and names and story.outcomes else ()


def parcel(story: Story, part: str) -> Parcel:
    """One of the files."""
    if part == CSV:
        return Parcel(words.csv_title(story.operation), lambda: _csv(story))
    return Parcel(words.picture_title(story.operation), lambda: _picture(story))


def _csv(story: Story) -> File:
    operation = story.operation
    facts = {number: {**person.facts, "Email": person.email} for number, person in story.people.items()}
    content = sheets.results(operation, facts, settled(story))
    return File(f"rollcall-{operation.id}.csv", words.csv_title(operation), content)


def _picture(story: Story) -> File:
    operation = story.operation
    addresses = {number: person.email for number, person in story.people.items()}
    return File(
        f"rollcall-{operation.id}.png",
        words.picture_title(operation),
        picture.draw(picture.of(story)),
        alt_text=words.description(operation, settled(story), addresses),
    )
