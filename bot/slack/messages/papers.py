"""The files at the end of an operation: a row per person as CSV, and a picture of the outcome."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.operation import ENDS, State
from bot.ports.store import PersonData
from bot.service.story import Story
from bot.slack.filer import Parcel
from bot.slack.messages import picture
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


def parcel(story: Story, part: str) -> Parcel:
    """One of the files."""
    if part == PLAN:
        return Parcel(words.plan_title(story.operation), lambda: _plan(story))
    if part == CSV:
        return Parcel(words.csv_title(story.operation), lambda: _csv(story))
    return Parcel(words.picture_title(story.operation), lambda: _picture(story))


def plan_wanted(story: Story, shown: int) -> bool:
    """Whether those who are asked to agree need the plan as a file to see all of it."""
    return story.operation.state is State.AWAITING_APPROVAL and len(story.operation.plan.lines) > shown


def facts(people: Mapping[int, PersonData]) -> sheets.Facts:
    """What the files say of people, by line."""
    return {number: {**one.facts, "Email": one.email} for number, one in people.items()}


def _plan(story: Story) -> File:
    content = sheets.whole_plan(story.operation, facts(story.people))
    return File(f"plan-{story.operation.id}.csv", words.plan_title(story.operation), content)


def _csv(story: Story) -> File:
    operation = story.operation
    content = sheets.results(operation, facts(story.people), story.told_of)
    return File(f"rollcall-{operation.id}.csv", words.csv_title(operation), content)


def _picture(story: Story) -> File:
    operation = story.operation
    addresses = {number: person.email for number, person in story.people.items()}
    return File(
        f"rollcall-{operation.id}.png",
        words.picture_title(operation),
        picture.draw(picture.of(story)),
        alt_text=words.description(operation, story.told_of, addresses),
    )
