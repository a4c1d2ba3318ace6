"""The buttons of an operation's messages, and those of a preview that came as a direct message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine

from bot.domain.operation import Operation
from bot.domain.problems import Problem, Trouble
from bot.ports.store import StoreFull
from bot.service import cancel as stop
from bot.service import decide
from bot.service.decide import Decided
from bot.service.glass import break_glass
from bot.service.story import story, unfinished
from bot.slack import payloads, summary
from bot.slack.desk import Desk
from bot.slack.flow import decided_or_problem, not_decided, say
from bot.slack.messages import buttons
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import agree, deny, glass, preview
from bot.slack.modals.comment import Commented
from bot.slack.payloads import Interaction, Request
from bot.slack.screens import Instead, Screen
from bot.words import approving, problems
from bot.words import modals as words
from bot.words.commands import STATUS_TITLE

Step = Callable[[Desk, Pressed, str], Awaitable[Decided]]
"""What a button does, given the plan it names and who pressed it."""


async def approve(desk: Desk, plan: Pressed, user: str) -> Decided:
    """Agree with this plan."""
    return await decide.approve(desk.house, plan.operation, plan.digest, user)


async def withdraw(desk: Desk, plan: Pressed, user: str) -> Decided:
    """Take the request back."""
    return await decide.withdraw(desk.house, plan.operation, user)


async def resume(desk: Desk, plan: Pressed, user: str) -> Decided:
    """Let a held operation go on."""
    return await decide.resume(desk.house, plan.operation, user)


async def cancel(desk: Desk, plan: Pressed, user: str) -> Decided:
    """Stop what waits or runs."""
    return await stop.cancel(desk.house, plan.operation, user)


STEPS = {
    buttons.APPROVE_ID: approve,
    buttons.WITHDRAW_ID: withdraw,
    buttons.RESUME_ID: resume,
    buttons.CANCEL_ID: cancel,
}
"""What each button does; deny asks for a comment first."""
STATUS_STEPS = {summary.STATUS_RESUME: resume, summary.STATUS_CANCEL: cancel}
"""The same, pressed in the answer of `status`."""


def pressing(step: Step) -> Callable[[Desk, Interaction], Coroutine[None, None, None]]:
    """The handler of the button that takes this step."""

    async def handle(desk: Desk, clicked: Interaction) -> None:
        await press(desk, clicked, step)

    return handle


def pressing_in_status(step: Step) -> Callable[[Desk, Interaction], Coroutine[None, None, None]]:
    """The same in the private answer of `status`, which is drawn again when the step was taken."""

    async def handle(desk: Desk, clicked: Interaction) -> None:
        if await press(desk, clicked, step):
            blocks = summary.status(await unfinished(desk.house))
            await desk.replies.ephemeral(clicked.response_url, STATUS_TITLE, blocks, replace=True)

    return handle


async def press(desk: Desk, clicked: Interaction, step: Step) -> bool:
    """Take a step, True if it was; why it was not is told to whoever pressed, and to nobody else."""
    plan = buttons.parse(clicked.pressed.value)
    decided = await _taken(step(desk, plan, clicked.user.id))
    if isinstance(decided, Operation):
        return True
    await desk.replies.privately(_asked(clicked), not_decided(desk, clicked.user.id, decided))
    return False


async def _taken(step: Awaitable[Decided]) -> Decided:
    try:
        return await step
    except StoreFull:
        return Problem(Trouble.STORE_FULL)


def _asked(clicked: Interaction) -> Request:
    return payloads.request(clicked.model_dump())


ASKING = {
    buttons.DENY_ID: deny.build,
    buttons.AGREE_ID: agree.build,
    buttons.GLASS_ID: glass.build,
}
"""Buttons that ask for a comment first, with the modal that does."""


async def ask_comment(desk: Desk, clicked: Interaction) -> None:
    """Open the modal for the comment; rights are checked when it comes back."""
    view = ASKING[clicked.pressed.action_id](buttons.parse(clicked.pressed.value))
    if await desk.screens.open(clicked.trigger_id, clicked.user.id, view) is None:
        await desk.screens.tell(clicked.user.id, Instead(problems.no_window()))


async def agreed(desk: Desk, screen: Screen, said: Commented) -> None:
    """Another admin agrees, with or without a comment."""
    plan = said.plan
    step = decide.approve(desk.house, plan.operation, plan.digest, screen.user, said.comment)
    await _say_what_came(desk, screen, await _taken(step), words.agreed)


async def denied(desk: Desk, screen: Screen, said: Commented) -> None:
    """Another admin says no, and why."""
    plan = said.plan
    step = decide.deny(desk.house, plan.operation, plan.digest, screen.user, said.comment)
    await _say_what_came(desk, screen, await _taken(step), lambda _: words.denied())


async def broken(desk: Desk, screen: Screen, said: Commented) -> None:
    """The owner lets it go on without the approvals."""
    plan = said.plan
    step = break_glass(desk.house, plan.operation, plan.digest, screen.user, said.comment)
    await _say_what_came(desk, screen, await _taken(step), lambda _: approving.broken())


async def _say_what_came(
    desk: Desk, screen: Screen, decided: Decided, done: Callable[[Operation], str]
) -> None:
    if isinstance(decided, Operation):
        await say(desk, screen, done(decided))
    else:
        await say(desk, screen, not_decided(desk, screen.user, decided))


async def discard(desk: Desk, user: str, plan: Pressed) -> None:
    """The preview was closed; that it moved on meanwhile, or was somebody else's, needs no telling."""
    await _taken(decide.discard(desk.house, plan.operation, user))


async def confirm_from_message(desk: Desk, clicked: Interaction) -> None:
    """Yes to a preview that came as a direct message, whose buttons go."""
    plan = buttons.parse(clicked.pressed.value)
    told = await story(desk.house, plan.operation)
    if told is not None and preview.must_count(told.operation):
        await _ask_for_number(desk, clicked, told.operation)
        return
    decided = await decided_or_problem(desk, clicked.user.id, plan)
    if isinstance(decided, Operation):
        sentence = words.confirmed(decided)
    else:
        sentence = not_decided(desk, clicked.user.id, decided)
    await desk.replies.ephemeral(clicked.response_url, sentence, replace=True)


async def _ask_for_number(desk: Desk, clicked: Interaction, operation: Operation) -> None:
    """A message cannot refuse a wrong number in its field; a modal can."""
    opened = await desk.screens.open(clicked.trigger_id, clicked.user.id, preview.count_modal(operation))
    if opened is None:
        await desk.screens.tell(clicked.user.id, Instead(problems.no_window()))


async def discard_from_message(desk: Desk, clicked: Interaction) -> None:
    """No to a preview that came as a direct message."""
    await discard(desk, clicked.user.id, buttons.parse(clicked.pressed.value))
    await desk.replies.ephemeral(clicked.response_url, words.discarded(), replace=True)
