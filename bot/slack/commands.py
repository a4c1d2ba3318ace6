"""`/org-users`: the form, filled or not, and the private answers."""

from __future__ import annotations

from bot.domain.admission import Refused
from bot.service.admission import Admitted, note_opening
from bot.service.story import history, unfinished
from bot.slack import connecting, delegating, exporting, prefill, summary
from bot.slack.desk import Desk
from bot.slack.flow import Start, begin
from bot.slack.messages.blocks import Json
from bot.slack.payloads import Command
from bot.slack.screens import Instead
from bot.words import commands as words
from bot.words.commands import Ask, Typed
from bot.words.refusals import refusal
from bot.words.sheets import Dates

_FRESH = frozenset({Ask.EXPORT, Ask.CONNECT})
"""What needs a check of this moment, and not of the last minute."""


async def run(desk: Desk, command: Command) -> None:
    """Carry out what was typed."""
    typed = words.read(command.text)
    if typed.ask is Ask.DELEGATE:
        await delegating.run(desk, command, typed.rest)
        return
    if typed.ask is not None or typed.unknown:
        await _answer(desk, command, typed)
        return
    start = Start(
        user=command.user_id,
        trigger_id=command.trigger_id,
        at="command",
        response_url=command.response_url,
        action=typed.action,
        named=prefill.read(typed.rest),
    )
    await begin(desk, start)


async def _answer(desk: Desk, command: Command, typed: Typed) -> None:
    if typed.ask is Ask.DISCONNECT:
        # His own link is his to end, whatever became of his rights.
        await _privately(desk, command, await connecting.end(desk, command.user_id), [])
        return
    check = desk.gate.admit if typed.ask in _FRESH else desk.gate.lately
    admitted = await check(command.user_id, "command")
    if isinstance(admitted, Refused):
        await _privately(desk, command, refusal(admitted), [])
        return
    await note_opening(desk.house, admitted, f"command {typed.ask or 'help'}")
    if typed.ask is Ask.EXPORT:
        await _export(desk, command, admitted, typed.rest)
        return
    if typed.ask is Ask.CONNECT:
        title, blocks = await connecting.offer(desk, command.user_id)
    else:
        title, blocks = await _content(desk, typed)
    await _privately(desk, command, title, blocks)


async def _export(desk: Desk, command: Command, reader: Admitted, form: str) -> None:
    await _privately(desk, command, words.EXPORTING, [])
    dates = Dates.CLI if form.casefold() == Dates.CLI else Dates.ISO
    await _privately(desk, command, await exporting.send(desk, reader, dates), [])


async def _content(desk: Desk, typed: Typed) -> tuple[str, list[Json]]:
    match typed.ask:
        case Ask.STATUS:
            return words.STATUS_TITLE, summary.status(await unfinished(desk.house))
        case Ask.HISTORY:
            found = await history(desk.house)
            return words.HISTORY_TITLE, [summary.stories(words.HISTORY_TITLE, found, words.HISTORY_EMPTY)]
        case _:
            return words.HELP_TITLE, summary.helping(typed.unknown, connect=desk.house.binding.connect)


async def _privately(desk: Desk, command: Command, sentence: str, blocks: list[Json]) -> None:
    if not (command.response_url and await desk.replies.ephemeral(command.response_url, sentence, blocks)):
        await desk.screens.tell(command.user_id, Instead(sentence, blocks))
