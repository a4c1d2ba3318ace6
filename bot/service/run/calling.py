"""One call: intent row, request, reply row. No path leaves the intent without its reply but a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.actions.base import Effect
from bot.domain.calls import Call, PlannedCall, Reply
from bot.domain.outcome import Result, ResultKind
from bot.domain.plan import Line
from bot.domain.requests import SetStackRoles, ShareStack, UnshareStack, narrowed
from bot.ports.contentstack import (
    Answer,
    Bearer,
    ContentstackError,
    CredentialRefused,
    EndpointMissing,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Rejected,
)
from bot.service.acting import bearer_of, renewed
from bot.service.run import ledger
from bot.service.run.batch import Turn
from bot.service.run.settle import effects
from bot.service.tokens import NoToken

ATTEMPTS = 2
"""How often a repeatable call is made when its answer was lost and no effect shows."""


class Hold(Exception):
    """The operation cannot go on for now: nothing was sent, and the rest stays pending."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def make(turn: Turn, planned: PlannedCall, *, attempt: int = 1) -> None:
    """Make a call and record its results.

    Raises Hold where nobody's turn can come now, Stopped where the run must not go on.
    """
    action, bearer = turn.operation.plan.action, await own_token(turn)
    call = await ledger.intend(turn.house, turn.operation, turn.batch, planned)
    try:
        answer = await turn.house.contentstack.send(planned.request, action=action, bearer=bearer)
    except Rejected as error:
        await _rejected(turn, planned, call, error)
    except OutcomeUnknown as error:
        await _lost(turn, planned, call, error, attempt)
    except CredentialRefused as error:
        await _refused(turn, planned, call, error, bearer, attempt)
    except ContentstackError as error:
        await _not_sent(turn, planned, call, error)
    else:
        results = _accepted(turn.called_for(planned), answer)
        await _reply(turn, call, Reply(results, answer.status, answer.request_id))


def _accepted(lines: tuple[Line, ...], answer: Answer) -> dict[int, Result]:
    return {line.number: _accepted_line(line, answer) for line in lines}


def _accepted_line(line: Line, answer: Answer) -> Result:
    if line.share_uid in answer.skipped:
        return Result(ResultKind.SKIPPED, answer.skipped[line.share_uid])
    if line.share_uid in answer.failed:
        return Result(ResultKind.FAILED, answer.failed[line.share_uid])
    return Result(ResultKind.ACCEPTED)


async def _rejected(turn: Turn, planned: PlannedCall, call: Call, error: Rejected) -> None:
    """One refused person spoils a call for several; they are asked for one by one (CS §3.3, §3.4).

    What shows all the same is believed: an earlier try whose answer was lost may have had its effect late.
    """
    lines = turn.called_for(planned)
    several = len(lines) > 1
    refused = Result(ResultKind.NOT_SENT) if several else Result(ResultKind.FAILED, error.detail)
    await _reply(turn, call, _all(lines, refused, error))
    seen = await effects(turn, planned.name, lines, settling=0.0)
    done = {number: Result(ResultKind.VERIFIED) for number, one in seen.items() if one is Effect.SEEN}
    if done:
        await _reply(turn, call, Reply(done, error.status or 0, error.request_id))
    for line in lines:
        if several and line.number not in done:
            await make(turn, _only(planned, line))


async def _lost(turn: Turn, planned: PlannedCall, call: Call, error: OutcomeUnknown, attempt: int) -> None:
    """The answer was lost: believe what shows, repeat once what may be repeated, say the rest by name."""
    lines = turn.called_for(planned)
    seen = await effects(turn, planned.name, lines)
    again = planned.repeatable and attempt < ATTEMPTS
    results = {number: _after_loss(effect, planned, again=again) for number, effect in seen.items()}
    await _reply(turn, call, Reply(results, error.status or 0, error.request_id))
    missing = tuple(number for number, result in results.items() if result.kind is ResultKind.NOT_SENT)
    if missing:
        await make(turn, _narrow(turn, planned, missing), attempt=attempt + 1)


def _after_loss(effect: Effect, planned: PlannedCall, *, again: bool) -> Result:
    if effect is Effect.SEEN:
        return Result(ResultKind.VERIFIED)
    if effect is Effect.CANNOT_TELL or not planned.repeatable:
        return Result(ResultKind.UNKNOWN, "no_answer")
    return Result(ResultKind.NOT_SENT) if again else Result(ResultKind.FAILED, "no_effect", retryable=True)


async def _not_sent(turn: Turn, planned: PlannedCall, call: Call, error: ContentstackError) -> None:
    """Nothing happened. A right missing in one stack concerns that stack alone; all else holds the run."""
    lines = turn.called_for(planned)
    one_stack = isinstance(planned.request, SetStackRoles | ShareStack | UnshareStack)
    if isinstance(error, NotPermitted) and one_stack:
        await _reply(
            turn, call, _all(lines, Result(ResultKind.FAILED, error.detail or "not_permitted"), error)
        )
        return
    await _reply(turn, call, _all(lines, Result(ResultKind.NOT_SENT), error))
    own = isinstance(error, NotPermitted) and turn.operation.in_own_name
    raise Hold("own_not_permitted" if own else held_because(error)) from error


async def _refused(
    turn: Turn,
    planned: PlannedCall,
    call: Call,
    error: CredentialRefused,
    bearer: Bearer | None,
    attempt: int,
) -> None:
    """Nothing was sent. A token of the requester's own that ended before its time is renewed once."""
    lines = turn.called_for(planned)
    await _reply(turn, call, _all(lines, Result(ResultKind.NOT_SENT), error))
    if bearer is None:
        raise Hold(held_because(error)) from error
    try:
        another = attempt < ATTEMPTS and await renewed(turn.house, turn.operation, bearer)
    except NoToken as gone:
        raise Hold(gone.why) from gone
    if not another:
        raise Hold("link_refused") from error
    await make(turn, planned, attempt=attempt + 1)


async def own_token(turn: Turn) -> Bearer | None:
    """The requester's own token where the plan is sealed for it; raises Hold where it is gone."""
    try:
        return await bearer_of(turn.house, turn.operation)
    except NoToken as gone:
        raise Hold(gone.why) from gone


def held_because(error: ContentstackError) -> str:
    """The word under which an operation is held for this error; `bot.words.reasons` has its sentence."""
    match error:
        case CredentialRefused():
            return "credential_refused"
        case NotPermitted():
            return "not_permitted"
        case EndpointMissing():
            return "endpoint_missing"
        case RateLimited():
            return "rate_limited"
        case _:
            return "contentstack_down"


def _all(lines: tuple[Line, ...], result: Result, error: ContentstackError) -> Reply:
    return Reply({line.number: result for line in lines}, error.status or 0, error.request_id)


def _only(planned: PlannedCall, line: Line) -> PlannedCall:
    return replace(planned, lines=(line.number,), request=narrowed(planned.request, {line.share_uid}))


def _narrow(turn: Turn, planned: PlannedCall, numbers: tuple[int, ...]) -> PlannedCall:
    share_uids = {turn.operation.plan.line(number).share_uid for number in numbers}
    return replace(planned, lines=numbers, request=narrowed(planned.request, share_uids))


def without(turn: Turn, planned: PlannedCall, done: Mapping[int, Result]) -> PlannedCall | None:
    """A planned call for those lines only that have no result yet; None where all have one."""
    missing = tuple(number for number in planned.lines if number not in done)
    if not missing:
        return None
    return planned if missing == planned.lines else _narrow(turn, planned, missing)


async def _reply(turn: Turn, call: Call, answer: Reply) -> None:
    await ledger.record(turn.house, turn.operation, [(call, answer)])
