"""A call as it is recorded: the intent before it, the result after it (design §4, per call)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.outcome import Result
from bot.domain.requests import Request


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A request that an action wants made for some lines.

    A line meets each ``name`` once (``remove``, ``set_stack_roles:<stack uid>``), however calls are grouped:
    name and line together say what was done already when a batch is planned again after a crash.
    ``repeatable`` says that making it twice does no more than making it once.
    """

    name: str
    lines: tuple[int, ...]
    request: Request
    repeatable: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call. ``results`` is None between intent and result: it is in doubt."""

    id: str
    operation: str
    batch: int
    name: str
    lines: tuple[int, ...]
    repeatable: bool
    intent_at: datetime
    results: Mapping[int, Result] | None = None
    answered_at: datetime | None = None
    status: int = 0
    request_id: str = ""

    @property
    def in_doubt(self) -> bool:
        """Whether it may have been sent and nothing was recorded of its answer."""
        return self.results is None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is recorded of a call's end: per line a result, and what support would ask for."""

    results: Mapping[int, Result] = field(default_factory=dict)
    status: int = 0
    request_id: str = ""
