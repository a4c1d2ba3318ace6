"""Offset paging with its limits (CS §5.2, §5.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.sandbox.contentstack import errors

MAX_LIMIT = 100  # §5.2, §8.1: default and maximum
MAX_INT = 2**31 - 1  # §1.2: integers are bounded to signed 32 bits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """`limit` rows after the first `skip`."""

    limit: int
    skip: int

    def cut(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of this page."""
        return rows[self.skip : self.skip + self.limit]


def page(query: Mapping[str, str], maximum: int = MAX_LIMIT) -> Page:
    """The page that the query asks for, at most `maximum` rows; zero and below are 422 (CS §5.3)."""
    limit = _whole(query, "limit", maximum)
    skip = _whole(query, "skip", 0)
    if limit <= 0:
        raise errors.invalid("The request is not valid.", {"limit": ["should be a positive integer."]})
    if skip < 0:
        raise errors.invalid("The request is not valid.", {"skip": ["should not be negative."]})
    return Page(min(limit, maximum), skip)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None or text == "":
        return default
    try:
        value = int(text)
    except ValueError:
        raise errors.invalid("The request is not valid.", {name: ["should be an integer."]}) from None
    if abs(value) > MAX_INT:
        raise errors.invalid("The request is not valid.", {name: ["is out of range."]})
    return value


def order(query: Mapping[str, str]) -> tuple[str | None, bool]:
    """The field to sort by and whether backwards: `asc` or `desc`."""
    if query.get("desc"):
        return query["desc"], True
    return query.get("asc") or None, False


def arranged(
    rows: Sequence[T], query: Mapping[str, str], fields: Mapping[str, Callable[[T], str]]
) -> Sequence[T]:
    """Rows sorted as the query asks, for short lists; unknown fields leave the order of creation."""
    name, backwards = order(query)
    key = fields.get(name or "")
    return rows if key is None else sorted(rows, key=key, reverse=backwards)
