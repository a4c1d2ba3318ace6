"""What can be pressed in the Home tab, besides the buttons that open the form."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from bot.slack import decisions
from bot.slack.decisions import Step
from bot.slack.desk import Desk
from bot.slack.home.pages import restored, turned
from bot.slack.home.view import AGAIN, CANCEL, RESUME, WITHDRAW
from bot.slack.payloads import Interaction


async def turn_page(desk: Desk, clicked: Interaction) -> None:
    """Another page of one of its lists."""
    used = clicked.pressed
    await desk.home.opened(clicked.user.id, turned(_shown(clicked), used.action_id, used.value))


async def look_again(desk: Desk, clicked: Interaction) -> None:
    """Draw the tab again, with the pages that it shows."""
    await desk.home.opened(clicked.user.id, restored(_shown(clicked)))


def _shown(clicked: Interaction) -> str:
    return clicked.view.private_metadata if clicked.view else ""


def _pressing(step: Step) -> Callable[[Desk, Interaction], Coroutine[None, None, None]]:
    """Take a step, then draw the tab again, whatever came of it."""

    async def handle(desk: Desk, clicked: Interaction) -> None:
        await decisions.press(desk, clicked, step)
        await look_again(desk, clicked)

    return handle


CLICKS = {
    AGAIN: look_again,
    WITHDRAW: _pressing(decisions.withdraw),
    RESUME: _pressing(decisions.resume),
    CANCEL: _pressing(decisions.cancel),
}
"""What each button does; the same rights are asked for as in messages."""
