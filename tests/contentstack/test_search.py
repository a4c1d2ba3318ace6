from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contentstack.search import Index, folded
from bot.domain.members import Member


def member(email: str, first: str = "", last: str = "") -> Member:
    return Member(share_uid=email, user_uid=None, email=email, first_name=first, last_name=last)


PEOPLE = (
    member("zoe.ana@example.com", "Zoe", "Müller"),
    member("ana.garcia@example.com", "Ana", "García"),
    member("BEN@example.com", "Benjamin", "van der Berg"),
    member("jo@example.com", "Joana", "Łukasz"),
    member("x+ana@example.com"),
    member("kim@example.com", "Søren", "山田"),
)


def found(text: str, limit: int = 100) -> tuple[list[str], int]:
    hits = Index(PEOPLE).search(text, limit)
    return [hit.email for hit in hits.members], hits.total


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("ana", ["ana.garcia@example.com", "jo@example.com", "x+ana@example.com", "zoe.ana@example.com"]),
        ("ANA gar", ["ana.garcia@example.com"]),
        ("garcia ana", ["ana.garcia@example.com"]),
        ("muller", ["zoe.ana@example.com"]),
        ("MÜL", ["zoe.ana@example.com"]),
        ("lukasz", ["jo@example.com"]),
        ("soren", ["kim@example.com"]),
        ("山", ["kim@example.com"]),
        ("der", ["BEN@example.com"]),
        ("ben@EXAMPLE.com", ["BEN@example.com"]),
        ("x+ana", ["x+ana@example.com"]),
        ("nobody", []),
        ("ana\nzoe", ["zoe.ana@example.com"]),
    ],
)
def test_people_are_found_by_parts_of_email_and_name(text: str, emails: list[str]) -> None:
    """Case and accents do not matter; every word must be there, in any order."""
    assert found(text) == (emails, len(emails))


def test_beginnings_of_email_come_first_then_beginnings_of_names_then_the_rest() -> None:
    """Whoever types the beginning of an address or a name finds it at the top."""
    people = [
        member("a.max@example.com"),
        member("b@example.com", "Max"),
        member("max@example.com"),
        member("c@example.com", "Climax"),
    ]
    hits = Index(people).search("max", 10)
    assert [hit.email for hit in hits.members] == [
        "max@example.com",
        "b@example.com",
        "a.max@example.com",
        "c@example.com",
    ]


def test_more_hits_than_asked_for_are_counted() -> None:
    """The picker says how many more there are."""
    assert found("example", 2) == (["ana.garcia@example.com", "BEN@example.com"], 6)


def test_nothing_typed_finds_everybody_by_email() -> None:
    """The empty picker shows the first people."""
    assert found("  ", 2) == (["ana.garcia@example.com", "BEN@example.com"], 6)


def test_an_empty_organization_has_no_hits() -> None:
    """No members, no trouble."""
    assert Index(()).search("ana", 10).total == 0


words = st.text(alphabet="abAB é.@+ß\n", max_size=8)


@given(people=st.lists(st.tuples(words, words, words), max_size=8), text=words)
@settings(max_examples=150)
def test_the_index_finds_exactly_those_who_hold_every_word(
    people: list[tuple[str, str, str]], text: str
) -> None:
    """Against the plain definition: every typed word stands somewhere in e-mail or name."""
    members = [
        Member(share_uid=str(number), user_uid=None, email=email, first_name=first, last_name=last)
        for number, (email, first, last) in enumerate(people)
    ]
    expected = {
        one.share_uid
        for one in members
        if all(
            word in folded(f"{one.email} {one.first_name} {one.last_name}") for word in folded(text).split()
        )
    }
    hits = Index(members).search(text, 100)
    assert ({hit.share_uid for hit in hits.members}, hits.total) == (expected, len(expected))
