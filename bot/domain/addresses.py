"""E-mail addresses out of whatever people paste: lists, lines, ``Name <mail>``, Slack's own links.

Nothing is lost in silence: what is no address and no name in front of one comes back as ``others``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
"""What is taken for an address; whether somebody has it, the directory knows."""

_LINK = re.compile(r"<mailto:([^|>]*)(?:\|[^>]*)?>")
"""How Slack writes an address that somebody typed (SL §2)."""
_TOKEN = re.compile(r"<\s*([^@<>\s]+@[^@<>\s]+)\s*>|([;\r\n])|([^\s,;<>]+)")
_AROUND = "\"'.:()[]{}|"
"""Signs that stand around an address in running text and are no part of it."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses in their order, each once whatever its case; ``duplicates`` counts repetitions."""

    found: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    duplicates: int = 0


NONE = Addresses()


def read(text: str) -> Addresses:
    """Find the addresses of a text; words before ``<mail>`` on its line are the name of its owner."""
    found: dict[str, str] = {}
    others: dict[str, None] = {}
    total = 0
    for piece, is_address in _pieces(_LINK.sub(r"<\1>", text)):
        if is_address:
            total += 1
            found.setdefault(piece.casefold(), piece)
        else:
            others.setdefault(piece)
    return Addresses(tuple(found.values()), tuple(others), total - len(found))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Every address (True) and every word that is neither one nor a name (False)."""
    waiting: list[str] = []
    for token in _TOKEN.finditer(text):
        bracketed, ending, word = token.groups()
        bare = word.strip(_AROUND) if word else ""
        if bracketed:
            # Names are words in front of a bracket; a broken address among them is no name.
            yield from ((one, False) for one in waiting if "@" in one)
            yield bracketed.strip(_AROUND), True
        elif ending:
            yield from ((one, False) for one in waiting)
        elif ADDRESS.fullmatch(bare):
            yield from ((one, False) for one in waiting)
            yield bare, True
        else:
            waiting += [bare] if bare else []
            continue
        waiting = []
    yield from ((one, False) for one in waiting)
