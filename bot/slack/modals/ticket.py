"""The field for a ticket, in every form whose policy asks for one."""

from __future__ import annotations

from bot.domain.policy import Tickets
from bot.domain.problems import Field
from bot.slack.messages.blocks import Json
from bot.slack.modals import parts
from bot.slack.payloads import State
from bot.words import modals as words
from bot.words.escape import cut, one_line

TICKET = Field.TICKET.value
LONGEST = 100
_HINT = 300


def draw(tickets: Tickets, value: str) -> list[Json]:
    """The field; nothing where no rule asks for a ticket."""
    if not tickets.wordings:
        return []
    element: Json = {"type": "plain_text_input", "action_id": TICKET, "max_length": LONGEST}
    if value:
        element["initial_value"] = value[:LONGEST]
    return [parts.field(TICKET, words.TICKET, element, hint=hint(tickets), optional=not tickets.always)]


def hint(tickets: Tickets) -> str:
    """What the policy asks of it."""
    return cut(one_line(words.ticket_hint([wording.says for wording in tickets.wordings])), _HINT)


def read(state: State) -> str:
    """What was typed; empty where there is no field."""
    return (state.input(TICKET, TICKET).value or "").strip()
