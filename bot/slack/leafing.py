"""Leafing through a sealed plan: opened from the request for approval, a page at a time."""

from __future__ import annotations

import re

from bot.domain.admission import Refused
from bot.domain.problems import Problem, Trouble
from bot.service.pages import page
from bot.slack.desk import Desk
from bot.slack.flow import say
from bot.slack.messages.blocks import Json
from bot.slack.modals import lines, loading
from bot.slack.modals.lines import Leaf
from bot.slack.payloads import Interaction
from bot.slack.screens import Instead, Screen
from bot.words import modals as words
from bot.words import problems
from bot.words.refusals import refusal

TURN = re.compile(rf"^{lines.TURN_ID}:[a-z]+$")
"""Action ids of the buttons that turn the page."""


async def open_plan(desk: Desk, clicked: Interaction) -> None:
    """Open the window at once, and fill it for somebody who may see people's names."""
    leaf = lines.parse(clicked.pressed.value)
    screen = await desk.screens.open(clicked.trigger_id, clicked.user.id, loading.build(words.opening()))
    if screen is None:
        await desk.screens.tell(clicked.user.id, Instead(problems.no_window()))
        return
    await _show(desk, screen, leaf)


async def turn(desk: Desk, clicked: Interaction) -> None:
    """Show another page in the same window."""
    if clicked.view is not None:
        await _show(desk, Screen(clicked.user.id, clicked.view.id), lines.parse(clicked.pressed.value))


async def _show(desk: Desk, screen: Screen, leaf: Leaf) -> None:
    admitted = await desk.gate.lately(screen.user, "show all")
    if isinstance(admitted, Refused):
        await say(desk, screen, refusal(admitted))
        return
    drawn = await _drawn(desk, leaf)
    if isinstance(drawn, Problem):
        await say(desk, screen, problems.sentence(drawn))
        return
    await desk.screens.show(screen, drawn, None)


async def _drawn(desk: Desk, leaf: Leaf) -> Json | Problem:
    found = await page(desk.house, leaf.operation, leaf.page)
    if found is None:
        return Problem(Trouble.ALREADY_MOVED)
    if found.operation.digest != leaf.digest:
        return Problem(Trouble.PLAN_CHANGED)
    return lines.build(found)
