"""`/org-users delegate`: name a stand-in, end that, see what stands; both people are told."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.admission import Refused
from bot.domain.delegation import Delegation
from bot.domain.problems import Problem
from bot.service.delegate import Standing, come_back, delegate, standing
from bot.slack.desk import Desk
from bot.slack.flow import say
from bot.slack.messages.blocks import Json, actions, button, paragraphs, person, text
from bot.slack.modals import delegate as form
from bot.slack.modals import message
from bot.slack.modals.delegate import Chosen
from bot.slack.payloads import Command, Interaction
from bot.slack.screens import Instead, Screen
from bot.words import delegation as words
from bot.words import problems
from bot.words.delegation import Said
from bot.words.refusals import refusal

NAME_ID = "delegate_name"
"""The button under what stands that opens the form."""


async def run(desk: Desk, command: Command, rest: str) -> None:
    """Carry out what was typed; the form comes where it cannot be read."""
    wanted = words.read(rest)
    if wanted.stop:
        await _stop(desk, command)
    elif wanted.until is not None:
        await _named_by_command(desk, command, Chosen(wanted.stand_in, wanted.until))
    elif rest:
        await _open(desk, command.trigger_id, command.user_id)
    else:
        await _show(desk, command)


async def _named_by_command(desk: Desk, command: Command, chosen: Chosen) -> None:
    made = await delegate(desk.house, command.user_id, chosen.stand_in, chosen.until)
    if isinstance(made, Delegation):
        await desk.screens.tell(made.to.slack_user, _news(words.named(made.until), made.of.slack_user))
        await _privately(desk, command, [_row(words.away(made.until), made.to.slack_user)])
        return
    sentence = refusal(made) if isinstance(made, Refused) else problems.sentence(made)
    await _privately(desk, command, [[text(sentence)]])


async def _stop(desk: Desk, command: Command) -> None:
    ended = await come_back(desk.house, command.user_id)
    if ended is not None:
        await desk.screens.tell(ended.to.slack_user, _news(words.ended(), ended.of.slack_user))
    sentence = words.NOTHING_TO_STOP if ended is None else words.STOPPED
    await _privately(desk, command, [[text(sentence)]])


async def _show(desk: Desk, command: Command) -> None:
    admitted = await desk.gate.lately(command.user_id, "delegate")
    if isinstance(admitted, Refused):
        await _privately(desk, command, [[text(refusal(admitted))]])
        return
    rows = _rows(await standing(desk.house, command.user_id))
    await _privately(desk, command, rows, [actions(button(words.NAME, NAME_ID, NAME_ID))])


def _rows(found: Standing) -> list[list[Json]]:
    rows = [_row(words.away(found.away.until), found.away.to.slack_user)] if found.away else []
    rows += [_row(words.for_other(one.until), one.of.slack_user) for one in found.for_others]
    return rows or [[text(words.NOBODY)]]


def _row(said: Said, slack_user: str) -> list[Json]:
    before = [text(said.before)] if said.before else []
    return [*before, person(slack_user), text(said.after)]


async def open_form(desk: Desk, clicked: Interaction) -> None:
    """The form, from the button."""
    await _open(desk, clicked.trigger_id, clicked.user.id)


async def _open(desk: Desk, trigger_id: str, user: str) -> None:
    if await desk.screens.open(trigger_id, user, form.build()) is None:
        await desk.screens.tell(user, Instead(problems.no_window()))


async def submitted(desk: Desk, screen: Screen, chosen: Chosen) -> None:
    """Name the stand-in, or show the form again with what is to be mended."""
    made = await delegate(desk.house, screen.user, chosen.stand_in, chosen.until)
    if isinstance(made, Problem):
        again = form.build(chosen, problems.sentence(made))
        await desk.screens.show(screen, again, Instead(problems.sentence(made)))
        return
    if isinstance(made, Refused):
        await say(desk, screen, refusal(made))
        return
    await desk.screens.tell(made.to.slack_user, _news(words.named(made.until), made.of.slack_user))
    said = paragraphs([_row(words.away(made.until), made.to.slack_user)])
    await desk.screens.show(screen, message.showing(said), Instead(words.STANDS_TITLE, [said]))


def _news(said: Said, slack_user: str) -> Instead:
    """What the other one reads, by direct message."""
    return Instead(words.STANDS_TITLE, [paragraphs([_row(said, slack_user)])])


async def _privately(
    desk: Desk, command: Command, rows: Sequence[Sequence[Json]], more: Sequence[Json] = ()
) -> None:
    blocks = [paragraphs(rows), *more]
    url = command.response_url
    if not (url and await desk.replies.ephemeral(url, words.STANDS_TITLE, blocks)):
        await desk.screens.tell(command.user_id, Instead(words.STANDS_TITLE, blocks))
