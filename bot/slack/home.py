"""The Home tab: start an action, see what waits and runs, and what became of the last operations."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.domain.actions import OFFERED, ActionKey, Capability, Readiness
from bot.domain.admission import Refused
from bot.service.story import Story, history, unfinished
from bot.slack import summary
from bot.slack.desk import Desk
from bot.slack.messages.blocks import Json, actions, button, context, header, text
from bot.slack.modals import parts
from bot.slack.tasks import where
from bot.words import home as words
from bot.words import modals as modal_words
from bot.words.actions import words as action_words
from bot.words.refusals import refusal

log = logging.getLogger(__name__)

START = "start"
"""Action id of the button that opens the empty form; ``start:remove`` and so on open it with an action."""
START_ID = re.compile(r"^start(:[a-z_]+)?$")
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the tab is drawn from."""

    capabilities: Sequence[Capability]
    waiting: Sequence[Story]
    last: Sequence[Story]


def build(overview: Overview) -> Json:
    """The tab of somebody who may use Rollcall."""
    ready = [one for one in overview.capabilities if one.readiness is not Readiness.UNAVAILABLE]
    starts = [_start(one) for one in ready]
    blocks = [
        header(words.TITLE),
        actions(button(words.START_ANY, START, START, "primary"), *starts),
    ]
    missing = modal_words.unavailable(overview.capabilities)
    if missing:
        blocks.append(parts.listing(words.UNAVAILABLE, [[text(one)] for one in missing]))
    blocks += [
        {"type": "divider"},
        summary.stories(words.WAITING, overview.waiting[:_SHOWN], words.WAITING_EMPTY),
        summary.stories(words.HISTORY, overview.last[:_SHOWN], words.HISTORY_EMPTY),
        context(words.end()),
    ]
    return {"type": "home", "blocks": blocks}


def _start(capability: Capability) -> Json:
    action = capability.action
    return button(action_words(action, capability.via).title, f"{START}:{action}", action)


def refused(sentence: str) -> Json:
    """The tab of somebody who may not: one sentence, and nothing about others."""
    return {"type": "home", "blocks": [parts.said(sentence)]}


def action_of(action_id: str) -> ActionKey | None:
    """Which action a start button means; None for the one that lets choose."""
    _, _, name = action_id.partition(":")
    return ActionKey(name) if name in set(OFFERED) else None


async def publish(desk: Desk, user: str) -> None:
    """Check rights now and publish the tab for this person."""
    admitted = await desk.gate.admit(user, "home")
    view = refused(refusal(admitted)) if isinstance(admitted, Refused) else build(await _overview(desk))
    try:
        await desk.client.views_publish(user_id=user, view=view)
    except (TimeoutError, SlackClientError, aiohttp.ClientError) as error:
        log.warning("the Home tab could not be published: %s", where(error))


async def _overview(desk: Desk) -> Overview:
    capabilities = [desk.house.contentstack.capability(action) for action in OFFERED]
    return Overview(capabilities, await unfinished(desk.house), await history(desk.house))
