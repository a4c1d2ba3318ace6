"""Reading a sealed plan back from its canonical JSON (`bot.domain.plan`), one line after the other.

Parsed as one document, 10,000 lines would take 40 MB for a moment, and their text alone 5 MB. Most of what
they say of people's access is the same: what is equal becomes one value.
"""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Mapping
from json import JSONDecodeError
from typing import Any

from bot.domain.actions import ActionKey, Parameters
from bot.domain.members import Access, Shared
from bot.domain.plan import (
    LINES_BEGIN,
    SCHEMA,
    Credential,
    Decision,
    Flag,
    Line,
    LineVerdict,
    Plan,
    UnknownSchemaError,
    Why,
)

_DECODER = json.JSONDecoder()

Stored = Callable[[], Iterable[bytes]]
"""Gives a plan's text from its beginning, piece by piece; in UTF-8 as long as nobody changed it."""


class NoPlanError(ValueError):
    """A text is not what :meth:`Plan.pieces` makes."""


def read_plan(stored: Stored) -> Plan:
    """Rebuild a plan from its canonical JSON.

    Raises UnknownSchemaError for a version that this program does not know, NoPlanError for what is no plan.
    """
    try:
        return _read(_Text(stored()))
    except UnknownSchemaError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        _check_schema(_whole(_all_of(stored)))  # another version's lines may be no lines to us
        raise NoPlanError from error


def _all_of(stored: Stored) -> str:
    try:
        return b"".join(stored()).decode()
    except UnicodeDecodeError as error:
        raise NoPlanError from error


def _read(text: _Text) -> Plan:
    before = text.up_to(LINES_BEGIN)
    lines = tuple(_lines(text))
    document = _whole(before + text.rest())
    _check_schema(document)
    if document["lines"]:
        raise NoPlanError("lines in two places")
    return Plan(
        binding=document["binding"],
        action=ActionKey(document["action"]),
        parameters=_parse_parameters(document["parameters"]),
        lines=lines,
        policy_digest=document["policy"],
        credential=Credential(**document["credential"]),
        via=document["via"],
    )


def _whole(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise NoPlanError from error
    if not isinstance(document, dict):
        raise NoPlanError
    return document


def _check_schema(document: Mapping[str, Any]) -> None:
    if document.get("schema") != SCHEMA:
        raise UnknownSchemaError(str(document.get("schema")))


class _Text:
    """A text that comes in pieces, read from its beginning; what was read is not kept."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._decode = getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._at = 0

    def up_to(self, words: str) -> str:
        """The text up to the end of these words. Raises ValueError where they do not come."""
        while (found := self._text.find(words, self._at)) < 0:
            self._more()
        start, self._at = self._at, found + len(words)
        return self._text[start : self._at]

    def next(self) -> str:
        """The next character, which stays the next one. Raises ValueError at the end."""
        while self._at == len(self._text):
            self._more()
        return self._text[self._at]

    def skip(self) -> None:
        """Go on behind the next character."""
        self._at += 1

    def value(self) -> Any:
        """The value that stands here. Raises ValueError where there is none."""
        while True:
            try:
                value, self._at = _DECODER.raw_decode(self._text, self._at)
            except JSONDecodeError:
                self._more()  # it may go on in the next piece
            else:
                return value

    def rest(self) -> str:
        """All that follows."""
        return (
            self._text[self._at :] + "".join(map(self._decode, self._pieces)) + self._decode(b"", final=True)
        )

    def _more(self) -> None:
        piece = next(self._pieces, None)
        if piece is None:
            raise ValueError("the text ends too early")
        self._text, self._at = self._text[self._at :] + self._decode(piece), 0


def _lines(text: _Text) -> Iterator[Line]:
    """The lines, which the text has to stand before; afterwards it stands behind them."""
    shared = Shared()
    while text.next() != "]":
        yield _line(text.value(), shared)
        if text.next() != ",":
            return
        text.skip()


def _line(document: Mapping[str, Any], shared: Shared) -> Line:
    verdict = document["verdict"]
    why = Why(verdict["why"]) if verdict["why"] else None
    return Line(
        number=document["number"],
        person=document["email"],
        share_uid=document["share_uid"],
        user_uid=document["user_uid"] or None,
        verdict=shared.same(LineVerdict(Decision(verdict["decision"]), why)),
        before=shared.access(Access.parse(document["before"])),
        after=shared.access(Access.parse(document["after"])),
        flags=shared.same(tuple(Flag(flag) for flag in document["flags"])),
    )


def _parse_parameters(document: Mapping[str, Any]) -> Parameters:
    return Parameters(
        org_roles=tuple(document["org_roles"]),
        stacks={uid: tuple(roles) for uid, roles in document["stacks"].items()},
    )
