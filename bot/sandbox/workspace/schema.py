"""Small checks that are put together into a schema; every complaint carries the JSON pointer of its place.

The sentences follow those of Slack's own validator as far as they are known (SL §5: `blocks.validate`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.sandbox.workspace.errors import Json


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint: where (JSON pointer), what, and Slack's code for it."""

    pointer: str
    message: str
    code: str = "failed_constraint"
    constraint: Json = field(default_factory=dict)

    def line(self) -> str:
        """As it stands in `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"

    def entry(self) -> Json:
        """As it stands in `errors` of blocks.validate."""
        return {
            "pointer": self.pointer,
            "code": self.code,
            "message": self.message,
            "constraint": self.constraint,
        }


Check: TypeAlias = Callable[[object, str, list[Problem]], None]
Rule: TypeAlias = Callable[[Json, str, list[Problem]], None]


def string(most: int, least: int = 0, pattern: str | None = None) -> Check:
    """A string of `least`..`most` characters."""
    compiled = re.compile(pattern) if pattern else None

    def check(value: object, at: str, problems: list[Problem]) -> None:
        if not isinstance(value, str):
            problems.append(Problem(at, "must be a string", "invalid_type", {"type": "string"}))
        elif len(value) > most:
            limit = {"type": "max_length", "expected": most}
            problems.append(Problem(at, f"must be less than {most + 1} characters", constraint=limit))
        elif len(value) < least:
            limit = {"type": "min_length", "expected": least}
            problems.append(Problem(at, f"must be more than {least - 1} characters", constraint=limit))
        elif compiled and not compiled.fullmatch(value):
            problems.append(Problem(at, f"must match the pattern {pattern}"))

    return check


def integer(least: int, most: int) -> Check:
    """A whole number of `least`..`most`."""

    def check(value: object, at: str, problems: list[Problem]) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.append(Problem(at, "must be an integer", "invalid_type", {"type": "integer"}))
        elif not least <= value <= most:
            problems.append(Problem(at, f"must be between {least} and {most}"))

    return check


def boolean(value: object, at: str, problems: list[Problem]) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.append(Problem(at, "must be a boolean", "invalid_type", {"type": "boolean"}))


def anything(_value: object, _at: str, _problems: list[Problem]) -> None:
    """Not looked at."""


def enum(*allowed: str) -> Check:
    """One of some words."""

    def check(value: object, at: str, problems: list[Problem]) -> None:
        if value not in allowed:
            expected = {"type": "enum", "expected": list(allowed), "got": value}
            problems.append(Problem(at, "must be a valid enum value", constraint=expected))

    return check


def array(item: Check, least: int, most: int) -> Check:
    """A list of `least`..`most` items."""

    def check(value: object, at: str, problems: list[Problem]) -> None:
        if not isinstance(value, list):
            problems.append(Problem(at, "must provide an array", "invalid_type", {"type": "array"}))
            return
        if len(value) > most:
            limit = {"type": "max_items", "expected": most}
            problems.append(Problem(at, f"no more than {most} items allowed", constraint=limit))
        if len(value) < least:
            limit = {"type": "min_items", "expected": least}
            problems.append(Problem(at, f"no fewer than {least} items allowed", constraint=limit))
        for index, entry in enumerate(value):
            item(entry, f"{at}/{index}", problems)

    return check


def obj(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    rules: Sequence[Rule] = (),
    *,
    additional: bool = False,
) -> Check:
    """An object with these members and, unless `additional`, no others."""
    members = {**required, **(optional or {})}

    def check(value: object, at: str, problems: list[Problem]) -> None:
        if not isinstance(value, dict):
            problems.append(Problem(at, "must provide an object", "invalid_type", {"type": "object"}))
            return
        problems.extend(
            Problem(at, f"missing required field: {name}", "missing_field")
            for name in required
            if name not in value
        )
        for name, entry in value.items():
            if name in members:
                members[name](entry, f"{at}/{name}", problems)
            elif not additional:
                problems.append(Problem(at, f"invalid additional property: {name}", "additional_property"))
        for rule in rules:
            rule(value, at, problems)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` names its schema."""

    def check(value: object, at: str, problems: list[Problem]) -> None:
        if not isinstance(value, dict):
            problems.append(Problem(at, "must provide an object", "invalid_type", {"type": "object"}))
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            expected = {"type": "enum", "expected": sorted(kinds), "got": kind}
            problems.append(Problem(f"{at}/type", f"unsupported type: {kind}", constraint=expected))
            return
        kinds[kind](value, at, problems)

    return check


def text(most: int, *, plain: bool = False, least: int = 1) -> Check:
    """A text object (SL §5: 1..3000 characters, or less where its place says so)."""
    plain_text = obj({"type": anything, "text": string(most, least)}, {"emoji": boolean})
    mrkdwn = obj({"type": anything, "text": string(most, least)}, {"verbatim": boolean})
    kinds = {"plain_text": plain_text} if plain else {"plain_text": plain_text, "mrkdwn": mrkdwn}
    return by_type(kinds)


def one_of(*names: str) -> Rule:
    """Exactly one of these members must be there."""

    def rule(value: Json, at: str, problems: list[Problem]) -> None:
        if sum(name in value for name in names) != 1:
            problems.append(Problem(at, f"must provide exactly one of: {', '.join(names)}", "missing_field"))

    return rule


def at_least_one_of(*names: str) -> Rule:
    """One of these members at least must be there."""

    def rule(value: Json, at: str, problems: list[Problem]) -> None:
        if not any(value.get(name) for name in names):
            problems.append(Problem(at, f"missing required field: {' or '.join(names)}", "missing_field"))

    return rule
