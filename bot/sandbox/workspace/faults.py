"""Scripted trouble of the Web API: 429, 5xx, delays, lost answers.

Each fault fires a given number of times.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bot.sandbox.workspace.errors import Json

FaultKind: TypeAlias = Literal["rate_limited", "status", "latency", "drop", "drop_after", "error"]
KINDS: frozenset[str] = frozenset({"rate_limited", "status", "latency", "drop", "drop_after", "error"})


@dataclass(slots=True)
class Fault:
    """One fault; `times` None means until it is taken away.

    - `rate_limited`: 429 with Retry-After `retry_after`
    - `status`: an empty answer with `status`
    - `latency`: `seconds` before the call is looked at
    - `drop`: the connection breaks before the call is looked at
    - `drop_after`: the call takes effect, the answer is lost
    - `error`: `ok: false` with `error`
    """

    id: str
    kind: FaultKind
    method: str = "*"
    times: int | None = 1
    retry_after: int = 1
    status: int = 500
    seconds: float = 1.0
    error: str = "internal_error"

    def describe(self) -> Json:
        """As the control API lists it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "method": self.method,
            "times": self.times,
            "retry_after": self.retry_after,
            "status": self.status,
            "seconds": self.seconds,
            "error": self.error,
        }


@dataclass(slots=True)
class Faults:
    """The faults that wait to happen."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, method: str) -> list[Fault]:
        """The faults of one call: all delays and the first of the others; counted down."""
        taken: list[Fault] = []
        for fault in list(self.waiting):
            is_delay = fault.kind == "latency"
            has_other = any(f.kind != "latency" for f in taken)
            if fault.method not in {"*", method} or (not is_delay and has_other):
                continue
            taken.append(fault)
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
        return taken

    def clear(self, fault_id: str | None = None) -> None:
        """Take one or all away."""
        self.waiting = [f for f in self.waiting if fault_id is not None and f.id != fault_id]
