"""Typeahead: labels, keys, the hundred, and the time before there is a directory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contentstack.search import Index
from bot.domain.members import Member
from bot.ports.contentstack import Contentstack, Hits, Loading, Unavailable
from bot.sandbox.workspace.block_elements import OPTION_GROUP, SELECT_OPTION
from bot.sandbox.workspace.schema import Problem
from bot.slack import options
from bot.slack.keys import LONGEST, key, uid_of


def member(number: int, name: str = "", email: str = "") -> Member:
    return Member(f"share_{number}", f"user_{number}", email or f"p{number:03}@example.com", first_name=name)


def plain(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": False}


@dataclass
class Shelf:
    """The part of the port that option requests use, over the real index."""

    members: Sequence[Member] = ()
    progress: Loading | None = None
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def search(self, text: str, limit: int) -> Hits | None:
        return None if self.progress else Index(self.members).search(text, limit)

    def loading(self) -> Loading | None:
        return self.progress

    async def typeahead(self, text: str, limit: int) -> tuple[Member, ...]:
        self.asked.append(text)
        if self.down:
            raise Unavailable
        await asyncio.sleep(0)
        return tuple(self.members)


def answer(shelf: Shelf, typed: str) -> dict[str, list[dict[str, object]]]:
    return asyncio.run(options.people(cast("Contentstack", shelf), typed)).answer()


def test_everybody_who_fits_is_offered_by_name_and_address() -> None:
    """The value is the share, the label tells people of one name apart."""
    shelf = Shelf([member(1, "Ada"), member(2, "Ada"), member(3)])
    assert answer(shelf, "p00") == {
        "options": [
            {"text": plain("Ada · p001@example.com"), "value": "share_1"},
            {"text": plain("Ada · p002@example.com"), "value": "share_2"},
            {"text": plain("p003@example.com"), "value": "share_3"},
        ],
    }


def test_above_a_hundred_the_label_counts_the_rest() -> None:
    """Nobody is left out in silence."""
    (group,) = answer(Shelf([member(number) for number in range(350)]), "example")["option_groups"]
    assert group["label"] == plain("250 more, type on")
    assert len(cast("list[object]", group["options"])) == 100


def test_while_the_first_load_runs_the_api_is_asked_and_the_progress_said() -> None:
    """Only addresses are found then."""
    shelf = Shelf([member(1)], Loading(300, 50_000))
    (group,) = answer(shelf, "p0")["option_groups"]
    assert group["label"] == plain("Loading 300 of 50,000 members: until then only e-mails are found")
    assert shelf.asked == ["p0"]


@pytest.mark.parametrize(("typed", "down"), [("", False), ("  ", False), ("p0", True)])
def test_nothing_to_ask_or_nobody_to_answer_is_an_empty_menu(typed: str, down: bool) -> None:
    """Slack refuses a group without options."""
    assert answer(Shelf([member(1)], Loading(0, None), down), typed) == {"options": []}


@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), max_size=120))
def test_no_name_or_address_breaks_the_menu(people: list[tuple[str, str]]) -> None:
    """Every answer is one that Slack takes."""
    members = [member(number, name, email) for number, (name, email) in enumerate(people)]
    answered = answer(Shelf(members), "")
    problems: list[Problem] = []
    for one in answered.get("options", []):
        SELECT_OPTION(one, "/options", problems)
    for one in answered.get("option_groups", []):
        OPTION_GROUP(one, "/option_groups", problems)
    assert problems == []


@given(st.lists(st.text(min_size=1, max_size=400), unique=True))
def test_every_uid_comes_back_from_its_key(uids: list[str]) -> None:
    """However long it is, as long as it is still there."""
    assert [len(key(uid)) <= LONGEST for uid in uids] == [True] * len(uids)
    assert [uid_of(key(uid), uids) for uid in uids] == uids


def test_a_key_whose_uid_is_gone_stays_a_key_that_nobody_has() -> None:
    """It is looked up again later and found to be gone."""
    assert uid_of(key("x" * 200), []) == key("x" * 200)
