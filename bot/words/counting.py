"""Numbers with their nouns."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, one: str, many: str = "") -> str:
    """``1 stack``, ``3 stacks``; ``many`` where an s does not do."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def people(number: int) -> str:
    """``1 person``, ``3 people``."""
    return count(number, "person", "people")


def verb(number: int, one: str, many: str) -> str:
    """The form of a verb that agrees with the number: ``is`` or ``are``."""
    return one if number == 1 else many


def listed(items: Sequence[str], most: int = 10) -> str:
    """``A, B and C``; beyond ``most`` the rest is counted: ``A, B and 7 more``."""
    shown = list(items[:most])
    if len(items) > most:
        shown.append(f"{len(items) - most} more")
    if len(shown) < 2:  # noqa: PLR2004  one item needs no "and"
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
