"""One batch's turn: settle what is in doubt, look again, make the calls, verify, conclude."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot.actions import ACTIONS
from bot.actions.base import Effect, Work
from bot.domain.calls import Call, PlannedCall, Reply
from bot.domain.invariants import CAN_TAKE_ADMINS, Guard, enforce, sure_admins
from bot.domain.members import Directory, Known
from bot.domain.operation import Operation
from bot.domain.outcome import NotRun, Outcome, Result, ResultKind, Skipped, Unknown, fold
from bot.domain.plan import Credential, Line, Why
from bot.domain.requests import Target
from bot.ports.contentstack import ContentstackError
from bot.service.house import House
from bot.service.run import ledger
from bot.service.run.batch import Turn, read_again, read_turn
from bot.service.run.calling import Hold, make, own_token, without
from bot.service.run.drift import drifted, strayed
from bot.service.run.ledger import Stopped
from bot.service.run.settle import Look, effects_of_all, in_doubt, look_at
from bot.words.changes import since

KEEPERS = 20
"""How many admins outside the plan are looked for before it takes one: the first who still is one will do."""
ACCOUNT_AGE = 10.0
"""Seconds for which it is known who the credential is; another credential is asked about at once."""

_CODE = re.compile(r"[a-z_]+")
"""A reason that has its words; it takes what it is about after a colon (bot.words.reasons.told)."""


async def take(
    house: House,
    operation: Operation,
    batch: int,
    lines: tuple[Line, ...],
    *,
    following: tuple[Line, ...] = (),
    ahead: Look | None = None,
) -> Look | None:
    """Bring every line of a batch to its outcome; ``ahead`` is what the batch before saw of it.

    The answer is what was seen of the ``following`` batch. Raises Hold where nobody's turn can come now,
    Stopped where the run must not go on; lines without an outcome then are still pending, and what was
    recorded of them counts at the next try.
    """
    turn = await _without_doubts(await read_turn(house, operation, batch, lines, following))
    lines = await _look_again(turn, ahead)
    planned = await _plan(turn, lines)
    try:
        await _make_missing(turn, planned)
    except (Hold, Stopped) as stopped:
        with suppress(ContentstackError):
            await _close(turn, lines, planned, stopped=isinstance(stopped, Stopped))
        raise
    return await _close(turn, lines, planned)


async def wind_up(house: House, operation: Operation, batch: int, lines: tuple[Line, ...]) -> None:
    """Settle what was begun of a batch and make no further call: the run is being cancelled.

    Where Contentstack cannot be read the doubt stays and is said by name: a cancel does not wait for it.
    """
    turn = await read_turn(house, operation, batch, lines)
    with suppress(ContentstackError):
        turn = await _without_doubts(turn)
    turn = await read_again(turn)
    unknown = [(call, _unknown(call)) for call in turn.calls if call.in_doubt]
    await ledger.record(house, operation, unknown)
    turn = await read_again(turn) if unknown else turn
    begun = {number for call in turn.calls for number in call.lines}
    started = tuple(line for line in turn.pending if line.number in begun)
    planned = await _plan(turn, started)
    try:
        await _close(turn, started, planned, stopped=True)
    except ContentstackError:
        await _conclude(turn, started, planned, stopped=True)


def _unknown(call: Call) -> Reply:
    return Reply(dict.fromkeys(call.lines, Result(ResultKind.UNKNOWN, "interrupted")))


async def _without_doubts(turn: Turn) -> Turn:
    doubtful = [call for call in turn.calls if call.in_doubt]
    for call in doubtful:
        await ledger.record(turn.house, turn.operation, [(call, Reply(await in_doubt(turn, call)))])
    return await read_again(turn) if doubtful else turn


async def _make_missing(turn: Turn, planned: Sequence[PlannedCall]) -> None:
    """Make what has no result yet; one planned call says nothing of what another one is for."""
    results = ledger.results_by_name(turn.calls)
    for one in planned:
        missing = without(turn, one, results.get(one.name, {}))
        if missing:
            await make(turn, missing)


async def _look_again(turn: Turn, ahead: Look | None) -> tuple[Line, ...]:
    """Take out, with an outcome, whoever changed since the plan was sealed or must not be touched now.

    Lines that a call may have touched are past this: what changed since may be our own doing.
    """
    lines, touched = turn.pending, ledger.touched(turn.calls)
    tried = {number for call in turn.calls for number in call.lines}
    fresh = tuple(line for line in lines if line.number not in touched and line.person in turn.people)
    if not fresh:
        return lines
    still_true = ahead is not None and ahead.covers(fresh, turn.house.clock.monotonic())
    look = ahead if ahead is not None and still_true else await look_at(turn, fresh)
    found = {line.number: _changed(look, line, tried=line.number in tried) for line in fresh}
    out = {number: outcome for number, outcome in found.items() if outcome is not None}
    out |= await _forbidden(turn, [line for line in fresh if line.number not in out], look.directory)
    await ledger.conclude(turn.house, turn.operation, out)
    return tuple(line for line in lines if line.number not in out)


def _changed(look: Look, line: Line, *, tried: bool) -> Outcome | None:
    """What becomes of a line whose person changed; a call that was tried may have its effect late."""
    now = look.now(line)
    if not drifted(line.before, now) or (tried and not strayed(line, now)):
        return None
    if now.status is None:
        return Skipped(Why.GONE.value)
    found = ", ".join(since(line.before, now, look.names))
    return Skipped(f"{Why.DRIFT.value}: {found}" if found else Why.DRIFT.value)


async def _forbidden(turn: Turn, lines: Sequence[Line], directory: Directory) -> dict[int, Outcome]:
    """The invariants once more, on what is true now; nothing goes on under another account than sealed."""
    account = await turn.house.contentstack.account(max_age=ACCOUNT_AGE)
    plan = turn.operation.plan
    await own_token(turn)
    if not turn.operation.in_own_name and Credential(account.kind, account.user_uid) != plan.credential:
        raise Hold("other_account")
    guard = Guard(turn.operation.requester, account.user_uid, account.email)
    judged = enforce(plan.action, lines, await _with_keepers(turn, lines, directory), guard)
    return {
        line.number: NotRun(line.verdict.why.value) for line in judged if line.verdict.why and not line.runs
    }


async def _with_keepers(turn: Turn, lines: Sequence[Line], directory: Directory) -> Directory:
    """These people as the rule of the last admin needs them: with whoever else is one, read this moment.

    Others were last read before the plan's own earlier batches, so nobody in the plan counts as staying.
    """
    house, shares = turn.house, [member for line in lines if (member := directory.share(line.share_uid))]
    ours = {one.share_uid: one for share in shares for one in directory.with_email(share.email)}
    if turn.operation.plan.action not in CAN_TAKE_ADMINS or all(one.admin is Known.NO for one in shares):
        return directory
    everybody = await house.contentstack.directory(max_age=math.inf)
    leaving = {line.share_uid for line in turn.operation.plan.to_run}
    staying = [one for one in sure_admins(everybody) if one.share_uid not in leaving][:KEEPERS]
    found = await house.contentstack.members([one.email for one in staying]) if staying else ()
    keepers = {one.share_uid: one for one in found if one.share_uid not in leaving}
    return replace(directory, members=tuple({**keepers, **ours}.values()))


async def _plan(turn: Turn, lines: tuple[Line, ...]) -> tuple[PlannedCall, ...]:
    """The calls for these lines; somebody whose data was deleted cannot be called for."""
    emails = turn.emails(lines)
    targets = {
        line.number: Target(line.share_uid, line.user_uid, emails[line.number])
        for line in lines
        if line.number in emails
    }
    touched = ledger.touched(turn.calls)
    gone: dict[int, Outcome] = {
        line.number: Unknown("redacted") if line.number in touched else NotRun("redacted")
        for line in lines
        if line.number not in targets
    }
    await ledger.conclude(turn.house, turn.operation, gone)
    work = Work(
        lines=tuple(line for line in lines if line.number in targets),
        targets=targets,
        parameters=turn.operation.plan.parameters,
        capability=turn.house.contentstack.capability(turn.operation.plan.action),
    )
    return ACTIONS[turn.operation.plan.action].calls(work)


async def _close(
    turn: Turn, lines: tuple[Line, ...], planned: Sequence[PlannedCall], *, stopped: bool = False
) -> Look | None:
    """Re-read what Contentstack said yes to, and fold what is known then; raises ContentstackError."""
    turn = await read_again(turn)
    verified, look = await _verified(turn, lines)
    await _conclude(turn, lines, planned, verified, stopped=stopped)
    return look


async def _verified(turn: Turn, lines: tuple[Line, ...]) -> tuple[ledger.Replies, Look | None]:
    """What re-reading says of each yes, and the look; a yes that shows nothing is a failure (CS §6.2)."""
    calls = [call for call in turn.calls if _accepted(call)]
    asked: dict[str, tuple[Line, ...]] = {}
    for call in calls:
        asked[call.name] = (
            *asked.get(call.name, ()),
            *(line for line in lines if line.number in _accepted(call)),
        )
    seen = await effects_of_all(turn, asked)
    replies = []
    for call in calls:
        found = {
            number: seen.effects.get((call.name, number), Effect.CANNOT_TELL) for number in _accepted(call)
        }
        results = {number: _shown(one) for number, one in found.items() if one is not Effect.CANNOT_TELL}
        if results:
            replies.append((call, Reply(results, call.status, call.request_id)))
    return replies, seen.look


def _accepted(call: Call) -> frozenset[int]:
    return frozenset(
        number for number, one in (call.results or {}).items() if one.kind is ResultKind.ACCEPTED
    )


def _shown(effect: Effect) -> Result:
    if effect is Effect.SEEN:
        return Result(ResultKind.VERIFIED)
    return Result(ResultKind.FAILED, "no_effect", retryable=True)


def _with_stack(turn: Turn, name: str, result: Result, *, several: bool) -> Result:
    """The result with the stack that its reason is about, where a line has calls to several (CS §3.7)."""
    stack = turn.operation.names.get(name.partition(":")[2], "")
    if not (several and stack and result.reason):
        return result
    reason = result.reason
    return replace(result, reason=f"{reason}: {stack}" if _CODE.fullmatch(reason) else f"{stack}: {reason}")


async def _conclude(
    turn: Turn,
    lines: tuple[Line, ...],
    planned: Sequence[PlannedCall],
    verified: ledger.Replies = (),
    *,
    stopped: bool = False,
) -> None:
    """Record what was verified, and fold every line whose calls all have results.

    When the run was stopped for good, a line that was begun is folded too: its missing calls were not sent.
    """
    results = ledger.results_by_name(
        [*turn.calls, *(replace(call, results=one.results) for call, one in verified)]
    )
    found: dict[int, Outcome] = {}
    for line in lines:
        names = [one.name for one in planned if line.number in one.lines]
        known = [
            _with_stack(turn, name, results[name][line.number], several=len(names) > 1)
            for name in names
            if line.number in results.get(name, {})
        ]
        missing = len(names) - len(known)
        if known and (stopped or not missing):
            found[line.number] = fold([*known, *([Result(ResultKind.NOT_SENT, "stopped")] * missing)])
    await ledger.record(turn.house, turn.operation, verified, found)
