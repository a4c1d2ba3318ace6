"""An operation as it is shown: everything that a message, a status line or an export needs, read at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.domain.audit import Head
from bot.domain.operation import ENDS, Operation, Origin, State
from bot.domain.outcome import Outcome, Skipped
from bot.domain.plan import Line, UnknownSchemaError
from bot.ports.store import PersonData, PlanTampered, Post, Transaction
from bot.service.house import House
from bot.service.named import named
from bot.service.retry import Left, left_to_retry
from bot.service.undo import left_to_undo


@dataclass(frozen=True, slots=True)
class Kin:
    """An operation that retries or undoes another one, as the other one's message speaks of it."""

    id: str
    origin: Origin
    state: State
    requester: str
    """Slack user id."""
    post: Post | None
    """Its message, if it has one."""


@dataclass(frozen=True)
class Story:
    """One operation with the people behind its pseudonyms and what became of each line.

    ``people`` is line number -> personal values, of the lines that were asked for; a redacted person is
    missing. ``head`` is the newest row of the audit chain at the time of reading; ``ahead`` counts operations
    that run before it.
    """

    operation: Operation
    people: Mapping[int, PersonData]
    outcomes: Mapping[int, Outcome]
    posts: Mapping[str, Post]
    head: Head
    ahead: int = 0
    parent: Post | None = None
    """The message of the operation that this one retries or undoes."""
    kin: Sequence[Kin] = ()
    """What was made from this one, oldest first; nothing that nobody confirmed."""
    to_retry: Left = field(default_factory=Left)
    to_undo: tuple[int, ...] = ()
    """Lines that can still be tried again or taken back from here."""
    told: frozenset[str] = frozenset()
    """What somebody was told of it while it waited (`bot.ports.deciding.Notice.what`)."""

    @cached_property
    def told_of(self) -> Mapping[int, Outcome]:
        """Line number -> outcome, where a line that the plan never meant to run counts as skipped."""
        planned: dict[int, Outcome] = {
            line.number: Skipped(line.verdict.why.value)
            for line in self.operation.plan.lines
            if line.verdict.why is not None
        }
        return planned | dict(self.outcomes)


Chosen = Callable[[Story], Iterable[Line]]
"""Which lines of a story are shown by name; of 10,000 a message names some dozens."""


def nobody(told: Story) -> Iterable[Line]:  # noqa: ARG001  one choice of several
    """No line of the plan."""
    return ()


UNFINISHED = frozenset(
    {
        State.AWAITING_APPROVAL,
        State.APPROVED,
        State.SCHEDULED,
        State.QUEUED,
        State.RUNNING,
        State.HELD,
        State.CANCELLING,
    },
)
"""States that still wait for somebody or something."""

SHOWN = frozenset(State) - {State.PROPOSED, State.DISCARDED}
"""States that others than the requester may see: nothing is shown before it is confirmed."""


async def story(house: House, operation_id: str) -> Story | None:
    """One operation without its people, or None where this binding has none with that id."""
    return await house.store.read(lambda tx: read_story(tx, house.binding.key, operation_id))


async def unfinished(house: House) -> Sequence[Story]:
    """What waits or runs, newest first."""
    return await _several(house, UNFINISHED, limit=20)


async def history(house: House, limit: int = 10) -> Sequence[Story]:
    """The last operations that anybody confirmed, newest first."""
    return await _several(house, SHOWN, limit)


async def _several(house: House, states: Collection[State], limit: int) -> Sequence[Story]:
    def look(tx: Transaction) -> list[Story]:
        ids = tx.operations(house.binding.key, states=states, limit=limit)
        return outlines(tx, ids)

    return await house.store.read(look)


def outlines(tx: Transaction, ids: Iterable[str]) -> list[Story]:
    """Several as one line each needs them: without their people, and without what can follow.

    A plan that cannot be trusted is left out here, its own message says what is wrong.
    """
    return [_outline(tx, found) for found in (readable(tx, one) for one in ids) if found]


def readable(tx: Transaction, operation_id: str) -> Operation | None:
    """One operation, None also where its plan cannot be trusted."""
    try:
        return tx.operation(operation_id)
    except (PlanTampered, UnknownSchemaError):
        return None


def _outline(tx: Transaction, operation: Operation) -> Story:
    return Story(
        operation=operation,
        people={},
        outcomes=tx.outcomes(operation.id),
        posts=tx.posts(operation.id),
        head=tx.head(),
        ahead=tx.ahead(operation.id),
    )


def read_story(tx: Transaction, binding: str, operation_id: str, chosen: Chosen = nobody) -> Story | None:
    """The same inside a transaction that is already open, with the people of the chosen lines alone."""
    operation = tx.operation(operation_id)
    return _read(tx, operation, chosen) if operation and operation.binding == binding else None


def _read(tx: Transaction, operation: Operation, chosen: Chosen) -> Story:
    waits = operation.state is State.AWAITING_APPROVAL
    told = replace(
        _outline(tx, operation),
        parent=_main_post(tx, operation.parent) if operation.parent else None,
        told=tx.planned(operation.id) if waits else frozenset(),
    )
    told = replace(told, people=named(tx, chosen(told)))
    return _with_what_follows(tx, told) if operation.state in ENDS else told


def _with_what_follows(tx: Transaction, told: Story) -> Story:
    """With retries and undos; where one of their plans cannot be trusted, nothing more can be made of it."""
    operation = told.operation
    try:
        kin = [_kin(tx, child) for child in tx.children(operation.id) if child.state in SHOWN]
        left, undo = left_to_retry(tx, operation, told.outcomes), left_to_undo(tx, operation, told.outcomes)
    except (PlanTampered, UnknownSchemaError):
        return told
    return replace(told, kin=kin, to_retry=left, to_undo=undo)


def _kin(tx: Transaction, child: Operation) -> Kin:
    requester = child.requester.slack_user
    return Kin(child.id, child.origin, child.state, requester, _main_post(tx, child.id))


def _main_post(tx: Transaction, operation_id: str) -> Post | None:
    post = tx.posts(operation_id).get("main")
    return post if post and post.ts else None
