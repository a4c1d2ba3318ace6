"""Where in the file something stands: the parser keeps no lines, so the text is looked through."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RULE = re.compile(r"^\s*\[\[\s*rule\s*\]\]", re.MULTILINE)


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line (from 1) of a place such as ``("rule", 2, "hours", "zone")``; the nearest that is found.

    A key that is missing stands at its rule's head.
    """
    if len(place) > 1 and place[0] == "rule" and isinstance(place[1], int):
        start, end = _rule(text, place[1])
        key = next((str(part) for part in place[2:] if isinstance(part, str)), "")
    else:
        start, end = 0, len(text)
        key = str(place[0]) if place else ""
    found = _key(key).search(text, start, end) if key else None
    return text.count("\n", 0, found.start(1) if found else start) + 1


def _rule(text: str, number: int) -> tuple[int, int]:
    """From the head of this rule to the head of the next one."""
    heads = [found.end() - len(found[0].lstrip()) for found in _RULE.finditer(text)]
    if number >= len(heads):  # written in another way than as [[rule]]
        return 0, len(text)
    return heads[number], heads[number + 1] if number + 1 < len(heads) else len(text)


def _key(key: str) -> re.Pattern[str]:
    name = re.escape(key)
    return re.compile(rf'^[ \t]*((?:"{name}"|{name})[ \t]*[.=]|\[+[ \t]*rule\.{name}\b)', re.MULTILINE)
