"""What the Home tab looks like: pure, within Slack's 100 blocks whatever there is to show (SL §5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actions import OFFERED, ActionKey, Capability, Readiness
from bot.domain.identity import Identity
from bot.domain.operation import Operation, State
from bot.service.glance import Glance, Shelf, ShelfPage
from bot.service.story import Story
from bot.slack import summary
from bot.slack.home.pages import dump, turning
from bot.slack.messages import buttons
from bot.slack.messages.blocks import Json, actions, button, context, date, header, link, rich, section, text
from bot.slack.messages.rows import Links
from bot.slack.modals import parts
from bot.words import home as words
from bot.words import modals as modal_words
from bot.words import policy
from bot.words.actions import words as action_words
from bot.words.operation import left_out

START = "start"
"""Action id of the button that opens the empty form; ``start:remove`` and so on open it with an action."""
START_ID = re.compile(r"^start(:[a-z_]+)?$")
AGAIN = "home_again"
WITHDRAW = "home_withdraw"
RESUME = "home_resume"
CANCEL = "home_cancel"
"""The buttons of messages as they stand here: the tab is drawn again when the step was taken."""
_OLD = timedelta(minutes=15)
"""Three refreshes of the directory in vain."""
_THIN = 5
"""Rules that are warned of; the others are counted."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A glance with what Slack adds to it."""

    glance: Glance
    links: Links
    now: datetime


def build(tab: Tab) -> Json:
    """The tab of somebody who may use Rollcall."""
    glance = tab.glance
    blocks = [
        header(words.TITLE),
        *_starts(glance.capabilities),
        *(block for shelf in Shelf for block in _shelf(tab, shelf)),
        {"type": "divider"},
        *_organization(tab),
        *_small_print(glance),
        actions(_again()),
    ]
    return {"type": "home", "private_metadata": dump(glance.pages), "blocks": blocks}


def refused(sentence: str, *, passing: bool) -> Json:
    """The tab of somebody who may not: one sentence, and nothing about others.

    Where the reason is none of his and passes, a button to look again.
    """
    again = [actions(_again())] if passing else []
    return {"type": "home", "private_metadata": "", "blocks": [parts.said(sentence), *again]}


def action_of(action_id: str) -> ActionKey | None:
    """Which action a start button means; None for the one that lets choose."""
    _, _, name = action_id.partition(":")
    return ActionKey(name) if name in set(OFFERED) else None


def _starts(capabilities: Sequence[Capability]) -> list[Json]:
    ready = [one for one in capabilities if one.readiness is not Readiness.UNAVAILABLE]
    row = actions(button(words.START_ANY, START, START, "primary"), *(_start(one) for one in ready))
    missing = modal_words.unavailable(capabilities)
    lines = [parts.listing(words.UNAVAILABLE, [[text(one)] for one in missing])] if missing else []
    return [row, *lines]


def _start(capability: Capability) -> Json:
    action = capability.action
    return button(action_words(action, capability.via).title, f"{START}:{action}", action)


def _again() -> Json:
    return button(words.LOOK_AGAIN, AGAIN, AGAIN)


def _shelf(tab: Tab, shelf: Shelf) -> list[Json]:
    """A heading, some operations, and the buttons that turn its pages."""
    page = tab.glance.pages.get(shelf, ShelfPage())
    heading, empty = words.HEADINGS[shelf]
    divider: Json = {"type": "divider"}
    if not page.total:
        return [divider, rich(section(text(heading, bold=True), text(f"\n{empty}")))]
    told = words.part(page.first, len(page.stories), page.total)
    return [
        divider,
        rich(section(text(f"{heading}{told}", bold=True))),
        *(block for story in page.stories for block in _operation(tab, shelf, story)),
        *turning(shelf, page),
    ]


def _operation(tab: Tab, shelf: Shelf, story: Story) -> list[Json]:
    one = story.operation
    label = words.TO_DECIDE if shelf is Shelf.DECIDE else words.TO_MESSAGE
    url = tab.links.get(one.id, "")
    leads = [text(" "), link(url, label)] if url else []
    shown = rich(section(*summary.line(story), *leads))
    pressed = _buttons(tab, shelf, one)
    return [shown, actions(*pressed)] if pressed else [shown]


def _buttons(tab: Tab, shelf: Shelf, one: Operation) -> list[Json]:
    """What can be done about it; each operation has its buttons in one list."""
    own = one.requester.slack_user == tab.glance.viewer.slack_user
    if shelf is not (Shelf.MINE if own else Shelf.RUNS):
        return []
    withdraw = [buttons.withdraw(one, WITHDRAW)] if own and one.state is State.AWAITING_APPROVAL else []
    resume = [buttons.resume(one, RESUME)] if one.state is State.HELD else []
    cancel = [buttons.cancel(one, CANCEL)] if one.state in buttons.CANCELLABLE else []
    return [*withdraw, *resume, *cancel]


def _organization(tab: Tab) -> list[Json]:
    counted = tab.glance.people
    if counted is None:
        told = words.reading(tab.glance.loading)
        return [rich(section(text(words.ORGANIZATION, bold=True), text(f"\n{told}")))]
    as_of = [text(f"{words.AS_OF} "), date(counted.read_at)]
    shown = parts.listing(words.ORGANIZATION, [*([text(fact)] for fact in words.facts(counted)), as_of])
    return [*_old(counted.read_at, tab.now), shown]


def _old(read_at: datetime, now: datetime) -> list[Json]:
    if now - read_at < _OLD:
        return []
    return [rich(section(text(f"⚠ {words.OLD} ", bold=True), date(read_at), text(".")))]


def _small_print(glance: Glance) -> list[Json]:
    known = words.UNLINKED if glance.connect else words.WEAK_IDENTITY
    weak = [context(f"⚠ {known}")] if glance.identity is Identity.EMAIL else []
    return [*weak, *_thin_rules(glance), context(words.end())]


def _thin_rules(glance: Glance) -> list[Json]:
    told = [f"{policy.thin(one.rule, one.needed, one.people)}." for one in glance.thin]
    more = [left_out(len(told) - _THIN)] if len(told) > _THIN else []
    return [context(f"⚠ Policy: {one}") for one in [*told[:_THIN], *more]]
