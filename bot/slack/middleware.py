"""The first thing that every request passes: answers from memory, in microseconds (design §6).

Whoever is foreign, or was refused a moment ago, gets one private sentence whatever he clicked; everybody else
goes on, and is checked fresh before anything is shown or done.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import ValidationError
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.domain.admission import Refused
from bot.service.admission import note_refusal
from bot.slack import payloads
from bot.slack.desk import Desk
from bot.slack.modals import message
from bot.slack.payloads import Request
from bot.words.refusals import refusal

log = logging.getLogger(__name__)

_EVENTS = "event_callback"
Next = Callable[[], Awaitable[BoltResponse]]
Middleware = Callable[..., Awaitable[BoltResponse]]


def build(desk: Desk) -> Middleware:
    """The middleware of one workspace."""

    async def admit_from_memory(body: Mapping[str, Any], ack: AsyncAck, next_: Next) -> BoltResponse:
        if body.get("type") == _EVENTS:  # Slack's own news; the person in it is checked by its listener
            return await next_()
        try:
            asked = payloads.request(body)
        except ValidationError as error:
            log.warning("a request of unknown form was dropped: %s fields", error.error_count())
            return await ack()
        refused = desk.gate.turned_away(asked.who)
        return await next_() if refused is None else await turn_away(desk, asked, ack, refused)

    return admit_from_memory


async def turn_away(desk: Desk, asked: Request, ack: AsyncAck, refused: Refused) -> BoltResponse:
    """Refuse in the one way that this kind of request can show, and audit it."""
    at = asked.type or "command"
    desk.tasks.start(note_refusal(desk.house, asked.who.id, refused.why.value, at=at), "audit a refusal")
    sentence = refusal(refused)
    match asked.type:
        case "":
            return await ack(text=sentence, response_type="ephemeral")
        case "view_submission":
            return await ack(response_action="update", view=message.saying(sentence))
        case "block_suggestion":
            return await ack(options=[])
        case "view_closed":
            return await ack()
        case _:
            desk.tasks.start(desk.replies.privately(asked, sentence), "refuse somebody")
            return await ack()
