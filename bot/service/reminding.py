"""Those who can decide are reminded, a second set is asked in time, and a broken glass is told.

What is due is worked out from the store alone, planned there with its audit row, and sent from there: a
restart neither forgets nor repeats. Only what was being sent when a process died is not sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.approval import asked_since, escalates_at, open_stage
from bot.domain.audit import Event, EventKind
from bot.domain.operation import Operation, State
from bot.domain.plan import UnknownSchemaError
from bot.ports.deciding import Notice, Waiting
from bot.ports.store import PlanTampered, Transaction
from bot.service.deciders import may_agree, second_set, would_have_decided
from bot.service.house import House

TICK = 5.0
"""Seconds between two looks."""

REMINDER, ESCALATION, GLASS = "reminder", "escalation", "glass"
"""What somebody is told: the first part of `Notice.what`, and the key of the sentence."""

_STATES = {REMINDER: State.AWAITING_APPROVAL, ESCALATION: State.AWAITING_APPROVAL, GLASS: State.SCHEDULED}
"""The state in which it is still worth telling."""
_KINDS = {REMINDER: EventKind.REMINDED, ESCALATION: EventKind.ESCALATED}

_FIND = {REMINDER: may_agree, ESCALATION: second_set, GLASS: would_have_decided}
"""For whom it is."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Due:
    operation: str
    what: str

    @property
    def key(self) -> str:
        return key_of(self.what)


def key_of(what: str) -> str:
    """``reminder``, ``escalation`` or ``glass``."""
    return what.partition(":")[0]


async def remind(house: House) -> None:
    """Plan what is due, and send what is planned and not sent."""
    now, binding = house.clock.now(), house.binding.key
    await _send_planned(house)  # first, so that it waits for nothing that cannot be read just now
    for due in await house.store.read(lambda tx: list(_due(tx, binding, now))):
        await _plan(house, due)
    await _send_planned(house)


async def _send_planned(house: House) -> None:
    for notice in await house.store.read(lambda tx: tx.unsent(house.binding.key)):
        await _send(house, notice)


def _due(tx: Transaction, binding: str, now: datetime) -> Iterator[_Due]:
    for waiting in tx.waiting(binding):
        told = tx.planned(waiting.operation)
        yield from _of_waiting(waiting, told, now)
    for operation_id in tx.in_hold(binding):
        if GLASS not in tx.planned(operation_id):
            yield _Due(operation_id, GLASS)


def _of_waiting(waiting: Waiting, told: frozenset[str], now: datetime) -> Iterator[_Due]:
    verdict, approvals = waiting.verdict, waiting.approvals
    stage = open_stage(verdict, approvals)
    if stage is None:
        return
    second = escalates_at(verdict, approvals, waiting.since)
    if second is not None and now >= second and f"{ESCALATION}:{stage}" not in told:
        yield _Due(waiting.operation, f"{ESCALATION}:{stage}")
    if verdict.reminder is None:
        return
    turn = (now - asked_since(approvals, stage, waiting.since)) // verdict.reminder
    if turn > max(_turns(told, stage), default=0):
        yield _Due(waiting.operation, f"{REMINDER}:{stage}:{turn}")


def _turns(told: frozenset[str], stage: int) -> Iterator[int]:
    """Which reminders of a stage there were."""
    prefix = f"{REMINDER}:{stage}:"
    return (int(what.removeprefix(prefix)) for what in told if what.startswith(prefix))


async def _plan(house: House, due: _Due) -> None:
    operation = await _load(house, due.operation)
    if operation is None:
        return
    people = await _FIND[due.key](house, operation)
    now = house.clock.now()
    if await house.store.write(lambda tx: _planned(tx, operation, due, people, now)):
        house.notifier.changed(operation.id)


async def _load(house: House, operation_id: str) -> Operation | None:
    try:
        return await house.store.read(lambda tx: tx.operation(operation_id))
    except (PlanTampered, UnknownSchemaError):
        return None


def _planned(tx: Transaction, operation: Operation, due: _Due, people: Sequence[str], now: datetime) -> bool:
    standing = tx.standing(operation.id)
    if standing is None or standing[0] is not _STATES[due.key]:
        return False
    if not tx.plan_notices(operation.id, due.what, people, now):
        return False
    kind = _KINDS.get(due.key)
    if kind is not None:
        data = {"what": due.what, "people": len(people)}
        tx.append(Event(kind, operation.binding, operation.id, data=data), now)
    return True


async def _send(house: House, notice: Notice) -> None:
    """Tell one person, unless it is over meanwhile; whoever begins it has it alone."""
    now = house.clock.now()

    def begin(tx: Transaction) -> bool:
        standing = tx.standing(notice.operation)
        wanted = standing is not None and standing[0] is _STATES[key_of(notice.what)]
        return tx.begin_notice(notice, now) and wanted

    if await house.store.write(begin):
        await house.notifier.tell(notice.slack_user, key_of(notice.what), notice.operation)


async def keep_reminding(house: House) -> None:
    """Look every few seconds, until cancelled; what goes wrong is logged once until it is over."""
    told = False
    while True:
        try:
            await remind(house)
        except Exception as error:  # noqa: BLE001  whatever it is, later reminders must not be forgotten
            if not told:
                _log.error("cannot remind anybody yet: %s", type(error).__name__)
            told = True
        else:
            told = False
        await house.clock.sleep(TICK)
