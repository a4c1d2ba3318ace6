"""How values stand in columns: times as sortable text, structures as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def time_text(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, so that text order is time order.

    Raises ValueError for a time without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a stored time needs its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    """The time that :func:`time_text` wrote."""
    return datetime.fromisoformat(text)


def parse_time_or_none(text: str | None) -> datetime | None:
    """The time, or None where the column is empty."""
    return None if text is None else parse_time(text)


def json_text(value: object) -> str:
    """Compact JSON; non-ASCII text stays readable."""
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def parse_json(text: str) -> Any:
    """What :func:`json_text` wrote."""
    return json.loads(text)
