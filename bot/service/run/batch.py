"""One batch as the store has it: who its lines are, what was called for them, which have their outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.calls import Call, PlannedCall
from bot.domain.operation import Operation
from bot.domain.plan import Line
from bot.ports.store import PersonData, Transaction
from bot.service.house import House


@dataclass(frozen=True, slots=True)
class Turn:
    """One operation's batch at the moment at which it was read; what is written later is not in it."""

    house: House
    operation: Operation
    batch: int
    lines: tuple[Line, ...]
    people: Mapping[str, PersonData]
    """Pseudonym -> personal values; somebody whose data was deleted is missing."""
    calls: Sequence[Call]
    settled: frozenset[int]
    """Numbers of the lines that have their outcome."""
    following: tuple[Line, ...] = ()
    """The next batch, which is looked at together with the re-reading of this one."""

    @property
    def pending(self) -> tuple[Line, ...]:
        """The lines without an outcome."""
        return tuple(line for line in self.lines if line.number not in self.settled)

    def called_for(self, planned: PlannedCall) -> tuple[Line, ...]:
        """The lines of a planned call."""
        return tuple(self.operation.plan.line(number) for number in planned.lines)

    def emails(self, lines: Sequence[Line]) -> Mapping[int, str]:
        """Line number -> address, of those whose data is there."""
        return {line.number: self.people[line.person].email for line in lines if line.person in self.people}


async def read_turn(
    house: House,
    operation: Operation,
    batch: int,
    lines: tuple[Line, ...],
    following: tuple[Line, ...] = (),
) -> Turn:
    """Everything that is on record of a batch, in one look."""

    def look(tx: Transaction) -> Turn:
        return Turn(
            house,
            operation,
            batch,
            lines,
            people=tx.people([line.person for line in (*lines, *following)]),
            calls=_calls(tx, operation, batch),
            settled=frozenset(tx.outcomes(operation.id, [line.number for line in lines])),
            following=following,
        )

    return await house.store.read(look)


def _calls(tx: Transaction, operation: Operation, batch: int) -> Sequence[Call]:
    return tx.calls(operation.id, batch)


async def read_again(turn: Turn) -> Turn:
    """The same batch with what was written since."""
    return await read_turn(turn.house, turn.operation, turn.batch, turn.lines, turn.following)
