"""Scripted faults: what goes wrong, for which calls, how often (CS §8.1)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The faults that can be ordered. "Commit" means: the call had its full effect in the state."""

    RATE_LIMIT = "rate_limit"  # 429/429, no effect
    SERVER_ERROR = "server_error"  # 500/500, no effect
    SERVER_ERROR_AFTER = "server_error_after"  # 500/500, after commit
    BAD_GATEWAY = "bad_gateway"  # 502 with an HTML page, no effect
    HANG_BEFORE = "hang_before"  # no effect, then silence until the client gives up
    HANG_AFTER = "hang_after"  # commits, then silence until the client gives up
    DROP_BEFORE = "drop_before"  # no effect, connection aborted
    DROP_AFTER = "drop_after"  # commits, connection aborted
    TRUNCATED_PAGE = "truncated_page"  # a list comes with half of its rows
    DUPLICATE_ROW = "duplicate_row"  # a page begins with the row that ended the page before
    NULL_ERRORS = "null_errors"  # 422/141 with `errors: null`, no effect
    ANSWER = "answer"  # `status` and `body` (an object or text) as ordered, no effect
    LATENCY = "latency"  # answers `ms` milliseconds later
    GATE = "gate"  # answers once the order is taken back, or after `ms` milliseconds


DELAYS = frozenset({Kind.LATENCY, Kind.GATE})
"""What only keeps an answer back: any number of these goes together with one other fault."""
GATE_MS = 30_000
"""How long a gate stays shut where its order does not say: whoever forgets it must not wait for ever."""


@dataclass(slots=True)
class Fault:
    """One order. `count` None means until it is deleted; `after` lets that many matching calls pass first."""

    uid: int
    kind: Kind
    method: str = ""
    path: str = ""
    count: int | None = 1
    after: int = 0
    ms: int = 0
    retry_after: str | None = None
    status: int = 503
    body: Any = None
    hits: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether the order is for this call: method equal or empty, regex `path` found in it."""
        return (not self.method or self.method == method) and re.search(self.path, path) is not None


@dataclass(slots=True)
class Faults:
    """The orders in force, oldest first."""

    orders: list[Fault] = field(default_factory=list)
    next_uid: int = 1
    _gates: dict[int, asyncio.Event] = field(default_factory=dict)

    def add(self, fault: Fault) -> Fault:
        """Put an order in force; its uid is given here."""
        fault.uid = self.next_uid
        self.next_uid += 1
        self.orders.append(fault)
        if fault.kind is Kind.GATE:
            self._gates[fault.uid] = asyncio.Event()
        return fault

    def remove(self, uid: int) -> None:
        """Take an order back, and let go whoever waits at its gate; nothing happens if it is gone."""
        self._forget(uid)
        gate = self._gates.pop(uid, None)
        if gate is not None:
            gate.set()

    def clear(self) -> None:
        """Take all orders back, also those that are used up and still keep an answer back."""
        for uid in [*self._gates, *(fault.uid for fault in self.orders)]:
            self.remove(uid)

    async def delay(self, orders: Sequence[Fault]) -> None:
        """Wait as long as the delays among these orders say."""
        for order in orders:
            if order.kind is Kind.LATENCY:
                await asyncio.sleep(order.ms / 1000)
            elif order.uid in self._gates:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._gates[order.uid].wait(), (order.ms or GATE_MS) / 1000)

    def _forget(self, uid: int) -> None:
        self.orders = [fault for fault in self.orders if fault.uid != uid]

    def take(self, method: str, path: str) -> list[Fault]:
        """The orders for this call: every delay, and the first other one. Used-up orders disappear."""
        taken: list[Fault] = []
        for fault in list(self.orders):
            if not fault.matches(method, path):
                continue
            if fault.kind not in DELAYS and any(other.kind not in DELAYS for other in taken):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            taken.append(fault)
            fault.hits += 1
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self._forget(fault.uid)
        return taken
