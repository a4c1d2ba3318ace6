"""One batch's turn: settle what is in doubt, look again, make the calls, verify, conclude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.actions import ACTIONS
from bot.actions.base import Effect, Work
from bot.domain.calls import Call, PlannedCall, Reply
from bot.domain.invariants import CAN_TAKE_ADMINS, Guard, enforce, sure_admins
from bot.domain.members import Access, Directory, Known
from bot.domain.operation import Operation
from bot.domain.outcome import NotRun, Outcome, Result, ResultKind, Skipped, fold
from bot.domain.plan import Credential, Line, Why
from bot.domain.requests import Target
from bot.ports.contentstack import ContentstackError
from bot.ports.store import PersonData
from bot.service.acting import acts_himself
from bot.service.house import House
from bot.service.run import ledger
from bot.service.run.calling import Hold, Turn, make, own_token, without
from bot.service.run.ledger import Stopped
from bot.service.run.settle import Look, effects_of_all, in_doubt, look_at
from bot.words.changes import since

KEEPERS = 20
"""How many admins outside the plan are looked for before it takes one: the first who still is one will do."""


async def take(house: House, operation: Operation, batch: int, lines: tuple[Line, ...]) -> None:
    """Bring every line of a batch to its outcome.

    Raises Hold where nobody's turn can come now, Stopped where the run must not go on; lines without
    an outcome then are still pending, and what was recorded of them counts at the next try.
    """
    turn = Turn(house, operation, batch)
    await _settle_doubts(turn)
    lines = await _look_again(turn, await _without_outcome(turn, lines))
    planned = await _plan(turn, lines)
    try:
        await _make_missing(turn, planned)
    except (Hold, Stopped) as stopped:
        with suppress(ContentstackError):
            await _verify(turn, lines)
            await _conclude(turn, lines, planned, stopped=isinstance(stopped, Stopped))
        raise
    await _verify(turn, lines)
    await _conclude(turn, lines, planned)


async def wind_up(house: House, operation: Operation, batch: int, lines: tuple[Line, ...]) -> None:
    """Settle what was begun of a batch and make no further call: the run is being cancelled.

    Where Contentstack cannot be read the doubt stays and is said by name: a cancel does not wait for it.
    """
    turn = Turn(house, operation, batch)
    with suppress(ContentstackError):
        await _settle_doubts(turn)
    for call in await _calls(turn):
        if call.in_doubt:
            unknown = dict.fromkeys(call.lines, Result(ResultKind.UNKNOWN, "interrupted"))
            await ledger.reply(house, operation, call, Reply(unknown))
    lines = await _without_outcome(turn, lines)
    begun = {number for call in await _calls(turn) for number in call.lines}
    started = tuple(line for line in lines if line.number in begun)
    with suppress(ContentstackError):
        await _verify(turn, started)
    await _conclude(turn, started, await _plan(turn, started), stopped=True)


async def _settle_doubts(turn: Turn) -> None:
    for call in await _calls(turn):
        if call.in_doubt:
            results = await in_doubt(turn.house, turn.operation, call)
            await ledger.reply(turn.house, turn.operation, call, Reply(results))


async def _make_missing(turn: Turn, planned: Sequence[PlannedCall]) -> None:
    for one in planned:
        done = ledger.results_by_name(await _calls(turn)).get(one.name, {})
        missing = without(turn, one, done)
        if missing:
            await make(turn, missing)


async def _calls(turn: Turn) -> Sequence[Call]:
    return await turn.house.store.read(lambda tx: tx.calls(turn.operation.id, turn.batch))


async def _without_outcome(turn: Turn, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    numbers = [line.number for line in lines]
    found = await turn.house.store.read(lambda tx: tx.outcomes(turn.operation.id, numbers))
    return tuple(line for line in lines if line.number not in found)


async def _look_again(turn: Turn, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Take out, with an outcome, whoever changed since the plan was sealed or must not be touched now.

    Lines that a call may have touched are past this: what changed since may be our own doing.
    """
    calls = await _calls(turn)
    touched, tried = ledger.touched(calls), {number for call in calls for number in call.lines}
    fresh = tuple(line for line in lines if line.number not in touched)
    if not fresh:
        return lines
    look = await look_at(turn.house, turn.operation, fresh)
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


def drifted(before: Access, now: Access) -> bool:
    """Whether somebody is no longer as the plan saw him, as far as both looks could tell."""
    if before.status != now.status or before.org_roles != now.org_roles:
        return True
    return any(
        held is not None and now.stacks.get(uid) is not None and held != now.stacks[uid]
        for uid, held in before.stacks.items()
    ) or any(bool(held) for uid, held in now.stacks.items() if uid not in before.stacks)


def strayed(line: Line, now: Access) -> bool:
    """Whether somebody is, in anything, neither as the plan saw him nor as it leaves him."""
    before, after = line.before, line.after
    if now.status not in {before.status, after.status}:
        return True
    if now.org_roles not in {before.org_roles, after.org_roles}:
        return True
    return any(
        held not in {None, before.stacks.get(uid, ()), after.stacks.get(uid, ())}
        and before.stacks.get(uid, ()) is not None
        for uid, held in now.stacks.items()
    )


async def _forbidden(turn: Turn, lines: Sequence[Line], directory: Directory) -> dict[int, Outcome]:
    """The invariants once more, on what is true now; nothing goes on under another account than sealed."""
    account, plan = await turn.house.contentstack.account(), turn.operation.plan
    await own_token(turn)
    if not acts_himself(turn.operation) and Credential(account.kind, account.user_uid) != plan.credential:
        raise Hold("other_account")
    guard = Guard(turn.operation.requester, account.user_uid, account.email)
    judged = enforce(plan.action, lines, await _with_keepers(turn, lines, directory), guard)
    return {
        line.number: NotRun(line.verdict.why.value) for line in judged if line.verdict.why and not line.runs
    }


async def _with_keepers(turn: Turn, lines: Sequence[Line], directory: Directory) -> Directory:
    """The directory as the rule of the last admin needs it: whoever else is one, read this moment.

    The rest of it may be older than the plan's own earlier batches, so nobody in the plan counts as staying.
    """
    shares = [member for line in lines if (member := directory.share(line.share_uid))]
    ours = {one.share_uid: one for share in shares for one in directory.with_email(share.email)}
    if turn.operation.plan.action not in CAN_TAKE_ADMINS or all(one.admin is Known.NO for one in shares):
        return directory
    leaving = {line.share_uid for line in turn.operation.plan.to_run}
    staying = [one for one in sure_admins(directory) if one.share_uid not in leaving][:KEEPERS]
    found = await turn.house.contentstack.members([one.email for one in staying]) if staying else ()
    keepers = {one.share_uid: one for one in found if one.share_uid not in leaving}
    return replace(directory, members=tuple({**keepers, **ours}.values()))


async def _plan(turn: Turn, lines: tuple[Line, ...]) -> tuple[PlannedCall, ...]:
    """The calls for these lines; somebody whose data was deleted cannot be called for."""
    people = await turn.house.store.read(lambda tx: tx.people([line.person for line in lines]))
    targets = {line.number: _target(line, people) for line in lines if line.person in people}
    gone: dict[int, Outcome] = {
        line.number: NotRun("redacted") for line in lines if line.number not in targets
    }
    await ledger.conclude(turn.house, turn.operation, gone)
    work = Work(
        lines=tuple(line for line in lines if line.number in targets),
        targets=targets,
        parameters=turn.operation.plan.parameters,
        capability=turn.house.contentstack.capability(turn.operation.plan.action),
    )
    return ACTIONS[turn.operation.plan.action].calls(work)


def _target(line: Line, people: Mapping[str, PersonData]) -> Target:
    return Target(line.share_uid, line.user_uid, people[line.person].email)


async def _verify(turn: Turn, lines: tuple[Line, ...]) -> None:
    """Re-read what Contentstack said yes to; a yes that shows nothing is a failure (CS §6.2)."""
    if not ACTIONS[turn.operation.plan.action].reads_back:
        return
    calls = [call for call in await _calls(turn) if _accepted(call)]
    asked: dict[str, tuple[Line, ...]] = {}
    for call in calls:
        asked[call.name] = (
            *asked.get(call.name, ()),
            *(line for line in lines if line.number in _accepted(call)),
        )
    seen = await effects_of_all(turn.house, turn.operation, asked)
    for call in calls:
        found = {number: seen.get((call.name, number), Effect.CANNOT_TELL) for number in _accepted(call)}
        results = {number: _verified(one) for number, one in found.items() if one is not Effect.CANNOT_TELL}
        if results:
            kept = Reply(results, call.status, call.request_id)
            await ledger.reply(turn.house, turn.operation, call, kept)


def _accepted(call: Call) -> frozenset[int]:
    return frozenset(
        number for number, one in (call.results or {}).items() if one.kind is ResultKind.ACCEPTED
    )


def _verified(effect: Effect) -> Result:
    if effect is Effect.SEEN:
        return Result(ResultKind.VERIFIED)
    return Result(ResultKind.FAILED, "no_effect", retryable=True)


async def _conclude(
    turn: Turn,
    lines: tuple[Line, ...],
    planned: Sequence[PlannedCall],
    *,
    stopped: bool = False,
) -> None:
    """Fold every line whose calls all have results.

    When the run was stopped for good, a line that was begun is folded too: its missing calls were not sent.
    """
    results = ledger.results_by_name(await _calls(turn))
    found: dict[int, Outcome] = {}
    for line in lines:
        names = [one.name for one in planned if line.number in one.lines]
        known = [results[name][line.number] for name in names if line.number in results.get(name, {})]
        missing = len(names) - len(known)
        if known and (stopped or not missing):
            found[line.number] = fold([*known, *([Result(ResultKind.NOT_SENT, "stopped")] * missing)])
    await ledger.conclude(turn.house, turn.operation, found)
