"""Text from outside on its way into Slack."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.escape import channel, cut, escape, escaped, mention, middle_cut, one_line, utc, when

ENTITY = re.compile(r"&(amp|lt|gt);")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<https://evil.example|your bank>", "&lt;https://evil.example|your bank&gt;"),
        ("R&D &amp; more", "R&amp;D &amp;amp; more"),
        ("*bold* stays", "*bold* stays"),
        ("", ""),
    ],
)
def test_three_characters_are_escaped_and_nothing_else(text: str, safe: str) -> None:
    """Exactly what Slack asks for, in the order that does not escape twice."""
    assert escape(text) == safe


@given(st.text(), st.integers(1, 40))
def test_a_cut_never_falls_inside_an_entity(text: str, limit: int) -> None:
    """Within the limit, nothing to parse is left, and what is shown is the start of the text."""
    safe = escaped(text, limit)
    assert len(safe) <= limit
    assert "<" not in safe
    assert ">" not in safe
    assert "&" not in ENTITY.sub("", safe)
    assert text.startswith(unescaped(safe.removesuffix("…"))) or unescaped(safe) == text


@given(st.text(), st.integers(2, 40))
def test_cuts_keep_to_their_length(text: str, limit: int) -> None:
    """Both cuts keep short texts as they are and long ones within the limit."""
    for short in (cut(text, limit), middle_cut(text, limit)):
        assert len(short) <= limit
        assert short == text or "…" in short


def test_an_address_keeps_both_its_ends() -> None:
    """Of a long address one sees how it begins, and the domain."""
    assert (
        middle_cut("maximiliane.mustermann.of.the.north@example.com", 30) == "maximiliane.mus…th@example.com"
    )


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """No break, no control character, no direction mark."""
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00\x1b")


def test_names_of_other_scripts_survive_one_line() -> None:
    """Joiners belong to names in Persian and to emoji; only what turns directions goes."""
    assert one_line("\u0645\u06cc\u200c\u062e  \u202eabc") == "\u0645\u06cc\u200c\u062e abc"


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        ("U0ADA", "<@U0ADA>"),
        ("W012", "<@W012>"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("U0|x", "U0|x"),
        ("", ""),
    ],
)
def test_only_an_id_becomes_a_mention(user: str, shown: str) -> None:
    """Whatever else stands in an id's place pings nobody."""
    assert mention(user) == shown


def test_channels_and_moments() -> None:
    """A channel by its id, a moment in every reader's own zone with UTC for those who see no formatting."""
    noon = datetime(2026, 3, 4, 12, 5, tzinfo=UTC)
    assert channel("C0TEAM") == "<#C0TEAM>"
    assert channel("general>") == "general&gt;"
    assert utc(noon) == "2026-03-04 12:05 UTC"
    assert when(noon) == "<!date^1772625900^{date_short_pretty} at {time}|2026-03-04 12:05 UTC>"
