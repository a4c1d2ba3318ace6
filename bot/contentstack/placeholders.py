"""Placeholders such as ``{user_uid}`` in the texts of a JSON body, keys included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

Values = Mapping[str, str | list[str]]

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def texts_in(value: object) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)


def names_in(value: object) -> set[str]:
    """The names of all placeholders in a JSON value."""
    return {name for text in texts_in(value) for name in _PLACEHOLDER.findall(text)}


def stands_alone(text: str) -> bool:
    """Whether a text is one placeholder and nothing else, so that a list can take its place."""
    return _PLACEHOLDER.fullmatch(text) is not None


def fill(value: object, values: Values) -> object:
    """A JSON value with everything put in; a placeholder that stands alone may become a list."""
    if isinstance(value, str):
        return values[value[1:-1]] if stands_alone(value) else put(value, values)
    if isinstance(value, Mapping):
        return {put(str(key), values): fill(item, values) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, values) for item in value]
    return value


def put(text: str, values: Mapping[str, str | list[str]]) -> str:
    """A text with everything put in."""
    return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)
