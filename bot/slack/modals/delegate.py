"""Who stands in, and until when: what `/org-users delegate` opens where nothing readable was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain.problems import Field
from bot.slack.messages.blocks import Json
from bot.slack.modals import parts
from bot.slack.payloads import View
from bot.words import delegation as words

CALLBACK = "delegate"
WHO = "who"
UNTIL = "until"

BLOCKS = {Field.PEOPLE: WHO, Field.WHEN: UNTIL}
"""The block of the field that a problem belongs to."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was submitted."""

    stand_in: str
    until: date


def build(chosen: Chosen | None = None, banner: str = "") -> Json:
    """The form, empty or with what was typed or sent before."""
    who: Json = {"type": "users_select", "action_id": WHO}
    until: Json = {"type": "datepicker", "action_id": UNTIL}
    if chosen is not None:
        who["initial_user"], until["initial_date"] = chosen.stand_in, chosen.until.isoformat()
    return parts.modal(
        CALLBACK,
        words.TITLE,
        [
            *([parts.warning(banner)] if banner else []),
            parts.field(WHO, words.WHO, who, hint=words.WHO_HINT),
            parts.field(UNTIL, words.UNTIL, until, hint=words.UNTIL_HINT),
        ],
        submit=words.SUBMIT,
    )


def parse(view: View) -> Chosen | dict[str, str]:
    """What was chosen; or what is missing, by block id."""
    who = view.state.input(WHO, WHO).selected_user or ""
    until = _day(view.state.input(UNTIL, UNTIL).selected_date or "")
    if not who:
        return {WHO: words.nobody_chosen()}
    return Chosen(who, until) if until else {UNTIL: words.no_date()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
