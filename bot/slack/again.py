"""Retry and undo, from the button on a summary to the preview; both are new requests like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.admission import Refused
from bot.domain.operation import Origin
from bot.domain.policy import Policy, tickets
from bot.domain.problems import Problem, Trouble
from bot.ports.contentstack import ContentstackError
from bot.ports.store import StoreFull
from bot.service.admission import Admitted, note_opening
from bot.service.failures import as_problem
from bot.service.named import named
from bot.service.retry import Left, retry
from bot.service.seal import Proposal
from bot.service.story import Story, story
from bot.service.undo import INVERSE, undo
from bot.slack.desk import Desk
from bot.slack.flow import say, show_preview
from bot.slack.messages import buttons
from bot.slack.messages.blocks import Json
from bot.slack.messages.buttons import Pressed
from bot.slack.messages.people import called
from bot.slack.modals import again, loading
from bot.slack.modals.again import Again, Doubtful, Retrying, Undoing
from bot.slack.payloads import Interaction
from bot.slack.screens import Instead, Screen
from bot.words import again as words
from bot.words import modals as modal_words
from bot.words import outcomes, problems
from bot.words.refusals import refusal

ORIGINS: Mapping[str, Origin] = {buttons.RETRY_ID: Origin.RETRY, buttons.UNDO_ID: Origin.UNDO}
"""Which button makes which kind of operation."""


async def ask(desk: Desk, clicked: Interaction) -> None:
    """Open the modal of the pressed button, filled once it is known who asks and what is left to do."""
    origin, plan = ORIGINS[clicked.pressed.action_id], buttons.parse(clicked.pressed.value)
    screen = await desk.screens.open(
        clicked.trigger_id, clicked.user.id, loading.build(modal_words.opening())
    )
    if screen is None:
        await desk.screens.tell(clicked.user.id, Instead(problems.no_window()))
        return
    admitted = await desk.gate.admit(clicked.user.id, origin.value)
    if isinstance(admitted, Refused):
        await say(desk, screen, refusal(admitted))
        return
    await note_opening(desk.house, admitted, origin.value)
    form = await _form(desk, origin, plan)
    if isinstance(form, Problem):
        await say(desk, screen, problems.sentence(form))
        return
    await desk.screens.show(screen, form, Instead(problems.window_closed()))


async def _form(desk: Desk, origin: Origin, plan: Pressed) -> Json | Problem:
    told = await story(desk.house, plan.operation)
    if told is None:
        return Problem(Trouble.ALREADY_MOVED)
    if told.operation.digest != plan.digest:
        return Problem(Trouble.PLAN_CHANGED)
    policy = desk.house.binding.policy
    if origin is Origin.UNDO:
        return _undoing(told, plan, policy) if told.to_undo else await _nothing_to_undo(desk, told)
    if told.to_retry == Left():
        return await _nothing_to_retry(desk, told)
    lines = [told.operation.plan.line(one) for one in (*told.to_retry.failed, *told.to_retry.unknown)]
    people = await desk.house.store.read(lambda tx: named(tx, lines))
    return _retrying(replace(told, people=people), plan, policy)


def _undoing(told: Story, plan: Pressed, policy: Policy) -> Json:
    one, action = told.operation, told.operation.plan.action
    wanted = tickets(policy, INVERSE.get(action, action))
    reason = words.reason(Origin.UNDO, one.reason)
    return again.undo(Undoing(plan, len(told.to_undo), reason, one.ticket, wanted))


def _retrying(told: Story, plan: Pressed, policy: Policy) -> Json:
    one = told.operation
    failed = [_failed(told, number) for number in told.to_retry.failed]
    unknown = [_unknown(told, number) for number in told.to_retry.unknown]
    reason, wanted = words.reason(Origin.RETRY, one.reason), tickets(policy, one.plan.action)
    return again.retry(Retrying(plan, failed, unknown, reason, one.ticket, wanted))


def _failed(told: Story, number: int) -> str:
    return f"{_who(told, number)}: {outcomes.detail(told.outcomes[number])}"


def _unknown(told: Story, number: int) -> Doubtful:
    return Doubtful(number, _who(told, number), outcomes.detail(told.outcomes[number]))


def _who(told: Story, number: int) -> str:
    return called(told.operation.plan.line(number), told.people.get(number))


async def _nothing_to_undo(desk: Desk, told: Story) -> Problem:
    if told.operation.plan.action not in INVERSE:
        return Problem(Trouble.NO_INVERSE)
    if await _all_redacted(desk, told):
        return Problem(Trouble.PEOPLE_REDACTED)
    undone = any(one.origin is Origin.UNDO for one in told.kin)
    return Problem(Trouble.ALREADY_UNDONE if undone else Trouble.NOTHING_TO_UNDO)


async def _nothing_to_retry(desk: Desk, told: Story) -> Problem:
    if await _all_redacted(desk, told):
        return Problem(Trouble.PEOPLE_REDACTED)
    retried = any(one.origin is Origin.RETRY for one in told.kin)
    return Problem(Trouble.ALREADY_RETRIED if retried else Trouble.NOTHING_TO_RETRY)


async def _all_redacted(desk: Desk, told: Story) -> bool:
    keys = [line.person for line in told.operation.plan.to_run]
    return not await desk.house.store.read(lambda tx: tx.addresses(keys))


async def submitted(desk: Desk, screen: Screen, origin: Origin, asked: Again) -> None:
    """Seal the new plan and show it; or say why there is none."""
    admitted = await desk.gate.admit(screen.user, origin.value)
    if isinstance(admitted, Refused):
        await say(desk, screen, refusal(admitted))
        return
    proposed = await _proposed(desk, admitted, origin, asked)
    if isinstance(proposed, Problem):
        await say(desk, screen, problems.sentence(proposed))
        return
    await show_preview(desk, screen, proposed)


async def _proposed(desk: Desk, admitted: Admitted, origin: Origin, asked: Again) -> Proposal | Problem:
    try:
        if origin is Origin.UNDO:
            return await undo(desk.house, admitted, asked.plan.operation, asked.reason, asked.ticket)
        told = await story(desk.house, asked.plan.operation)
        proposed = await retry(
            desk.house, admitted, asked.plan.operation, asked.unknown, asked.reason, asked.ticket
        )
    except ContentstackError as error:
        return as_problem(error)
    except StoreFull:
        return Problem(Trouble.STORE_FULL)
    return proposed if isinstance(proposed, Problem) or told is None else _with_gone(proposed, told, asked)


def _with_gone(proposed: Proposal, told: Story, asked: Again) -> Proposal:
    """Say how many of those that were shown are not tried again, because they left."""
    wanted = {*told.to_retry.failed, *(one for one in told.to_retry.unknown if one in asked.unknown)}
    gone = len(wanted) - len(proposed.operation.plan.lines)
    return replace(proposed, notes=(*proposed.notes, words.gone(gone))) if gone > 0 else proposed
