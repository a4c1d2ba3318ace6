"""Who the lines of a plan are about: lines hold pseudonyms, the values behind them stand apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain.plan import Line
from bot.ports.store import PersonData, Transaction


def named(tx: Transaction, lines: Iterable[Line]) -> Mapping[int, PersonData]:
    """Line number -> personal values; somebody whose data was deleted is missing.

    The facts of 10,000 people are 12 MB: ask for those who are shown, or for some hundred at a time.
    """
    asked = list(lines)
    people = tx.people([line.person for line in asked])
    return {line.number: people[line.person] for line in asked if line.person in people}
