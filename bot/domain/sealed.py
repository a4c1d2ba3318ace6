"""Reading a sealed plan back from its canonical JSON (`bot.domain.plan`), one line after the other.

Parsed as one document, 10,000 lines would take 40 MB for a moment, and most of what they say of people's
access is the same: what is equal becomes one value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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


class NoPlanError(ValueError):
    """A text is not what :meth:`Plan.pieces` makes."""


def read_plan(text: str) -> Plan:
    """Rebuild a plan from its canonical JSON.

    Raises UnknownSchemaError for a version that this program does not know, NoPlanError for what is no plan.
    """
    try:
        return _read(text)
    except UnknownSchemaError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        _check_schema(_whole(text))  # another version's lines may be no lines to us
        raise NoPlanError from error


def _read(text: str) -> Plan:
    begin = text.index(LINES_BEGIN) + len(LINES_BEGIN)
    reader = _Lines(text, begin)
    lines = tuple(reader)
    document = _whole(text[:begin] + text[reader.at :])
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


class _Lines:
    """The lines from a place in the text on; ``at`` is where they end once all were taken."""

    def __init__(self, text: str, at: int) -> None:
        self.at = at
        self._text = text
        self._shared = Shared()

    def __iter__(self) -> Iterator[Line]:
        while self._text[self.at] != "]":
            document, self.at = _DECODER.raw_decode(self._text, self.at)
            yield self._line(document)
            if self._text[self.at] != ",":
                return
            self.at += 1

    def _line(self, document: Mapping[str, Any]) -> Line:
        shared, verdict = self._shared, document["verdict"]
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
