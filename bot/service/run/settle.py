"""Re-reading: what a call did is believed when it shows, and said to be unknown when it cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.actions import ACTIONS
from bot.actions.base import Action, Effect
from bot.domain.calls import Call
from bot.domain.members import Access, Directory
from bot.domain.operation import Operation
from bot.domain.outcome import Result, ResultKind
from bot.domain.plan import Line
from bot.service.house import House
from bot.service.observe import access, observe_alone
from bot.service.run.batch import Turn

Lines = tuple[Line, ...]

SETTLING = 1.0
"""Seconds given to Contentstack before a missing effect counts as missing."""
FRESH = 1.0
"""Seconds for which a look that came with the re-reading of one batch serves the next one."""


@dataclass(frozen=True, slots=True)
class Look:
    """Some lines as they were just read: a directory of them alone, and the address of each by its number."""

    operation: Operation
    directory: Directory
    emails: Mapping[int, str]
    at: float
    """When, by the monotonic clock: nothing in it is older."""

    def covers(self, lines: Lines, now: float) -> bool:
        """Whether it still serves for these lines, so that they need no look of their own."""
        return now - self.at <= FRESH and all(line.number in self.emails for line in lines)

    def now(self, line: Line) -> Access:
        """One line's access now, over the stacks that were read with it.

        Whoever is invited again has a new share, so his address finds him.
        """
        action, plan = ACTIONS[self.operation.plan.action], self.operation.plan
        share_uid = line.share_uid
        if action.makes_share and self.directory.share(share_uid) is None:
            same = self.directory.with_email(self.emails.get(line.number, ""))
            share_uid = same[0].share_uid if len(same) == 1 else share_uid
        return access(self.directory, share_uid, action.rereads, tuple(plan.parameters.stacks))

    @property
    def names(self) -> Mapping[str, str]:
        """Uid -> name: as the plan has it, and as it is called now where the plan did not speak of it."""
        called = {role.uid: role.name for role in self.directory.roles}
        for stack in self.directory.stacks:
            called |= {stack.uid: stack.name, **{role.uid: role.name for role in stack.roles or ()}}
        return {**called, **self.operation.names}


async def look_at(turn: Turn, lines: Lines) -> Look:
    """Read the people of these lines, and the chosen stacks, this moment."""
    plan, emails, now = turn.operation.plan, turn.emails(lines), turn.house.clock.monotonic()
    rereads, chosen = ACTIONS[plan.action].rereads, tuple(plan.parameters.stacks)
    directory = await observe_alone(turn.house, tuple(emails.values()), rereads, chosen)
    return Look(turn.operation, directory, emails, now)


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether effects show, by call name and line number; and the look that told it, if there was one."""

    effects: Mapping[tuple[str, int], Effect]
    look: Look | None = None


async def effects(turn: Turn, name: str, lines: Lines, *, settling: float = SETTLING) -> Mapping[int, Effect]:
    """Line number -> whether the named call's effect shows now, or after so many seconds."""
    seen = await effects_of_all(turn, {name: lines}, settling=settling)
    return {line.number: seen.effects[name, line.number] for line in lines}


async def effects_of_all(turn: Turn, asked: Mapping[str, Lines], *, settling: float = SETTLING) -> Seen:
    """Whether each named call's effect shows: one look for all, a second if some is missing.

    The batch that follows is looked at as well: it costs no request more, and spares one.
    """
    action = ACTIONS[turn.operation.plan.action]
    pairs = [(name, line) for name, lines in asked.items() for line in lines]
    if not action.reads_back or not pairs:
        return Seen({(name, line.number): Effect.CANNOT_TELL for name, line in pairs})
    people = tuple({line.number: line for _, line in pairs if line.person in turn.people}.values())

    async def seen() -> Seen:
        look = await look_at(turn, (*people, *turn.following))
        now = {line.number: look.now(line) for line in people}
        found = {
            (name, line.number): _effect(action, name, line, now.get(line.number)) for name, line in pairs
        }
        return Seen(found, look)

    first = await seen()
    if not settling or Effect.NOT_SEEN not in first.effects.values():
        return first
    await turn.house.clock.sleep(settling)
    return await seen()


def _effect(action: Action, name: str, line: Line, now: Access | None) -> Effect:
    """Of somebody whose data was deleted nothing can be seen: there is no address to look him up by."""
    return Effect.CANNOT_TELL if now is None else action.effect(name, line, now)


async def in_doubt(turn: Turn, call: Call) -> Mapping[int, Result]:
    """Results for a call of which only the intent is known (a crash came between).

    What shows happened. What does not show may be made again if repeating is harmless; otherwise it is
    Unknown, and never repeated unasked.
    """
    lines = tuple(turn.operation.plan.line(number) for number in call.lines)
    seen = await effects(turn, call.name, lines, settling=_settling(turn.house, call))
    return {number: _doubtful(effect, repeatable=call.repeatable) for number, effect in seen.items()}


def _settling(house: House, call: Call) -> float:
    """Seconds that a call in doubt still has to show; an earlier process sent it before its own end."""
    if house.opened is None:
        return SETTLING
    here = house.clock.monotonic() - house.opened
    ours = call.intent_at >= house.clock.now() - timedelta(seconds=here)
    return SETTLING if ours else max(0.0, SETTLING - here)


def _doubtful(effect: Effect, *, repeatable: bool) -> Result:
    if effect is Effect.SEEN:
        return Result(ResultKind.VERIFIED)
    if repeatable and effect is Effect.NOT_SEEN:
        return Result(ResultKind.NOT_SENT)
    return Result(ResultKind.UNKNOWN, "interrupted")
