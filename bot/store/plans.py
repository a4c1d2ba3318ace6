"""Plans that were read and found to be what was sealed, kept so that no step has to parse them anew.

A run over 10,000 people reads its operation some thousand times; parsing and digesting its plan each time
took more than all else (docs/speed.md). What is kept is found by the digest of the stored text as it stands
in the database at that moment, so a text that was changed is never taken for the one that was read before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from bot.domain.plan import Plan, digest_of
from bot.domain.sealed import NoPlanError, Stored, read_plan
from bot.ports.store import PlanTampered

KEPT_LINES = 20_000
"""Lines of all kept plans together: about 8 MB."""


class Plans:
    """The plans of one store; its writer's and its reader's thread share them."""

    def __init__(self, kept_lines: int = KEPT_LINES) -> None:
        self._kept_lines = kept_lines
        self._kept: OrderedDict[str, Plan] = OrderedDict()
        self._lock = Lock()

    def unsealed(self, row: Mapping[str, Any], stored: Stored) -> Plan:
        """The plan of a row of ``operation``, if it still is what was sealed for that binding.

        Raises UnknownSchemaError for a plan from elsewhere, PlanTampered for one that lost its seal.
        """
        digest = digest_of(stored())
        plan = self._recall(digest) or _read(row, stored)
        if digest != row["digest"] or plan.binding != row["binding"]:
            raise PlanTampered(row["id"])
        self._keep(digest, plan)
        return plan

    def _recall(self, digest: str) -> Plan | None:
        with self._lock:
            return self._kept.get(digest)

    def _keep(self, digest: str, plan: Plan) -> None:
        with self._lock:
            self._kept[digest] = plan
            self._kept.move_to_end(digest)
            while len(self._kept) > 1 and self._lines() > self._kept_lines:
                self._kept.popitem(last=False)

    def _lines(self) -> int:
        return sum(len(plan.lines) for plan in self._kept.values())


def _read(row: Mapping[str, Any], stored: Stored) -> Plan:
    try:
        return read_plan(stored)
    except NoPlanError as error:
        raise PlanTampered(row["id"]) from error
