"""Ten thousand of something, some hundred at a time, so that what is made of them never stands together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

TOGETHER = 500


def together(found: Sequence[T], size: int = TOGETHER) -> Iterator[Sequence[T]]:
    """All of them in their order, at most so many at a time."""
    return (found[start : start + size] for start in range(0, len(found), size))
