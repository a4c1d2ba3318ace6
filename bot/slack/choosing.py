"""From the form to the people: fetch the file, read the directory, put all ways together."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain import address_file
from bot.domain.address_file import AddressFile, FileInvalid
from bot.domain.members import Directory
from bot.domain.problems import Field, Problem, Trouble
from bot.service.choosing import Chosen, Wanted, Way, choose
from bot.slack import files
from bot.slack.desk import Desk
from bot.slack.keys import is_digest, uid_of
from bot.slack.modals.choose import Choice
from bot.slack.modals.ways import More
from bot.words import choosing as words

JUST_JOINED = 100
"""So many addresses that nobody in memory has are asked for at most: somebody may have joined just now."""
DIRECTORY_AGE = 3_600.0
"""Seconds. Whoever is chosen is read afresh when the plan is sealed."""


async def chosen(desk: Desk, slack_user: str, choice: Choice) -> Chosen | Problem:
    """Everybody who was meant, by all ways; raises the tree of ports.contentstack."""
    if not choice.more.ways:
        picked = _picked(choice, desk.house.contentstack.cached())
        return Chosen(picked, {Way.PICKED: len(picked)})
    listed = await _listed(desk, slack_user, choice.more)
    if isinstance(listed, Problem):
        return listed
    directory = await desk.house.contentstack.directory(max_age=DIRECTORY_AGE)
    try:
        narrowed = choice.more.filters(directory)
    except ValueError:
        return Problem(Trouble.FILTERS_UNCLEAR)
    wanted = Wanted(_picked(choice, directory), choice.more.addresses(), listed, narrowed)
    found = await asyncio.to_thread(choose, directory, wanted, desk.house.clock.now())
    if not 0 < len(found.unknown) <= JUST_JOINED:
        return found
    joined = await desk.house.contentstack.members(found.unknown)
    directory = replace(directory, members=(*directory.members, *joined))
    return await asyncio.to_thread(choose, directory, wanted, desk.house.clock.now())


def _picked(choice: Choice, directory: Directory | None) -> tuple[str, ...]:
    digests = any(is_digest(one.value) for one in choice.people)
    shares = [member.share_uid for member in directory.members] if digests and directory else []
    return tuple(uid_of(one.value, shares) for one in choice.people)


async def _listed(desk: Desk, slack_user: str, more: More) -> AddressFile | Problem | None:
    """What stands in the file; None where none was uploaded."""
    if more.upload is None:
        return None
    data = await files.fetch(desk.client, more.upload.id, slack_user)
    if isinstance(data, Problem):
        return data
    try:
        return await asyncio.to_thread(address_file.read, data)
    except FileInvalid as invalid:
        return Problem(Trouble(invalid.fault.value), Field.FILE)


def told(found: Chosen) -> list[str]:
    """How these people were chosen, and what was left out; nothing where they were picked one by one."""
    if found.only_picked:
        return []
    said = [words.brought(found.brought.items(), found.overlaps, len(found.people))]
    lists = (
        (words.unknown, found.unknown),
        (words.ambiguous, found.ambiguous),
        (words.not_addresses, found.not_addresses),
    )
    said += [sentence(items) for sentence, items in lists if items]
    said += [words.bad_lines(found.bad_lines)] if found.bad_lines else []
    said += [words.repeated(found.repeated)] if found.repeated else []
    said += [words.undecided(found.undecided)] if found.undecided else []
    return said
