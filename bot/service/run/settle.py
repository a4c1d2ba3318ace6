"""Re-reading: what a call did is believed when it shows, and said to be unknown when it cannot show."""

from __future__ import annotations

from collections.abc import Mapping

from bot.actions import ACTIONS
from bot.actions.base import Effect
from bot.domain.calls import Call
from bot.domain.members import Access, Directory
from bot.domain.operation import Operation
from bot.domain.outcome import Result, ResultKind
from bot.domain.plan import Line
from bot.service.house import House
from bot.service.observe import access, observe

Lines = tuple[Line, ...]

SETTLING = 1.0
"""Seconds given to Contentstack before a missing effect counts as missing."""


async def read_lines(house: House, operation: Operation, lines: Lines) -> Directory:
    """Read the people of these lines, and the chosen stacks, this moment."""
    action = ACTIONS[operation.plan.action]
    people = await house.store.read(lambda tx: tx.people([line.person for line in lines]))
    emails = [people[line.person].email for line in lines if line.person in people]
    return await observe(house, emails, action.rereads, tuple(operation.plan.parameters.stacks))


def now_of(operation: Operation, line: Line, directory: Directory) -> Access:
    """One line's access as just read, over the stacks that were read with it."""
    action = ACTIONS[operation.plan.action]
    return access(directory, line.share_uid, action.rereads, tuple(operation.plan.parameters.stacks))


async def effects(house: House, operation: Operation, name: str, lines: Lines) -> Mapping[int, Effect]:
    """Line number -> whether the named call's effect shows now."""
    seen = await effects_of_all(house, operation, {name: lines})
    return {line.number: seen[name, line.number] for line in lines}


async def effects_of_all(
    house: House,
    operation: Operation,
    asked: Mapping[str, Lines],
) -> Mapping[tuple[str, int], Effect]:
    """(Call name, line number) -> whether its effect shows: one look for all, a second if some is missing."""
    action = ACTIONS[operation.plan.action]
    pairs = [(name, line) for name, lines in asked.items() for line in lines]
    if not action.reads_back or not pairs:
        return {(name, line.number): Effect.CANNOT_TELL for name, line in pairs}
    people = tuple({line.number: line for _, line in pairs}.values())
    for patience in (SETTLING, 0.0):
        directory = await read_lines(house, operation, people)
        now = {line.number: now_of(operation, line, directory) for line in people}
        seen = {(name, line.number): action.effect(name, line, now[line.number]) for name, line in pairs}
        if Effect.NOT_SEEN not in seen.values():
            break
        await house.clock.sleep(patience)
    return seen


async def in_doubt(house: House, operation: Operation, call: Call) -> Mapping[int, Result]:
    """Results for a call of which only the intent is known (a crash came between).

    What shows happened. What does not show may be made again if repeating is harmless; otherwise it is
    Unknown, and never repeated unasked.
    """
    lines = tuple(operation.plan.line(number) for number in call.lines)
    seen = await effects(house, operation, call.name, lines)
    return {number: _doubtful(effect, repeatable=call.repeatable) for number, effect in seen.items()}


def _doubtful(effect: Effect, *, repeatable: bool) -> Result:
    if effect is Effect.SEEN:
        return Result(ResultKind.VERIFIED)
    if repeatable and effect is Effect.NOT_SEEN:
        return Result(ResultKind.NOT_SENT)
    return Result(ResultKind.UNKNOWN, "interrupted")
