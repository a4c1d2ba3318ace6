"""A sealed plan page by page: of 10,000 lines only the people of the page that is looked at are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.operation import Operation
from bot.domain.plan import Decision, Line, Plan
from bot.ports.store import PersonData, Transaction
from bot.service.house import House
from bot.service.named import named

PAGE = 50
"""Lines of one page."""

_ORDER = tuple(Decision)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: those who run come first, then the skipped, then the blocked.

    ``number`` counts from 1; ``people`` is line number -> personal values of this page.
    """

    operation: Operation
    number: int
    pages: int
    lines: Sequence[Line]
    people: Mapping[int, PersonData]


async def page(house: House, operation_id: str, number: int) -> Page | None:
    """The page with this number, or the last one where there are not so many; None for no operation."""
    return await house.store.read(lambda tx: _page(tx, house.binding.key, operation_id, number))


def _page(tx: Transaction, binding: str, operation_id: str, number: int) -> Page | None:
    operation = tx.operation(operation_id)
    if operation is None or operation.binding != binding:
        return None
    lines = _in_order(operation.plan)
    pages = max(1, -(-len(lines) // PAGE))
    number = min(max(number, 1), pages)
    shown = lines[(number - 1) * PAGE : number * PAGE]
    return Page(operation, number, pages, shown, named(tx, shown))


def _in_order(plan: Plan) -> list[Line]:
    return sorted(plan.lines, key=lambda line: (_ORDER.index(line.verdict.decision), line.number))
