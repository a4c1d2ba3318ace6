"""Which page of each list somebody looks at, as the tab itself carries it, and the buttons that turn it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.service.glance import Shelf, ShelfPage
from bot.slack.messages.blocks import Json, actions, button
from bot.words import home as words

TURN = "home_page"
TURN_ID = re.compile(r"^home_page:[a-z]+:(back|on)$")
"""``home_page:last:on``; the value is the number of the page."""
_MOST = 9_999


class Pages(BaseModel):
    """Shelf -> number of its page, from 0; what is not there is on its first page."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    numbers: Mapping[Shelf, int] = Field(default_factory=dict)


FRONT = Pages()


def dump(pages: Mapping[Shelf, ShelfPage]) -> str:
    """The pages as shown, for ``private_metadata``."""
    return Pages(numbers={shelf: page.number for shelf, page in pages.items()}).model_dump_json()


def turned(metadata: str, action_id: str, value: str) -> Pages:
    """The pages after one of the buttons; the front where the tab is from another version."""
    try:
        shown = Pages.model_validate_json(metadata)
        _, name, _ = action_id.split(":")
        return Pages(numbers={**shown.numbers, Shelf(name): min(int(value), _MOST)})
    except (ValidationError, ValueError):
        return FRONT


def restored(metadata: str) -> Pages:
    """The pages of a tab as it stands; the front where it is from another version."""
    try:
        return Pages.model_validate_json(metadata)
    except ValidationError:
        return FRONT


def turning(shelf: Shelf, page: ShelfPage) -> list[Json]:
    """A row with the buttons that lead anywhere; none where all is shown."""
    back = [_button(words.BACK, shelf, "back", page.number - 1)] if page.number else []
    on = [] if page.is_last else [_button(words.ON, shelf, "on", page.number + 1)]
    return [actions(*back, *on)] if back or on else []


def _button(label: str, shelf: Shelf, way: str, number: int) -> Json:
    return button(label, f"{TURN}:{shelf}:{way}", str(number))
