"""The member list as a file; who took it is audited before anybody gets it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.domain.audit import Event, EventKind
from bot.domain.members import Directory
from bot.service.admission import Admitted
from bot.service.house import House
from bot.words.sheets import MEMBERS, Dates, member_list

AGE = 60.0
"""Seconds: an older list is read again first."""


@dataclass(frozen=True, slots=True)
class Export:
    """The file, and the list that it was made from."""

    content: bytes
    directory: Directory


async def export(house: House, reader: Admitted, dates: Dates) -> Export:
    """The whole list as it is now. Raises the tree of ports.contentstack, and StoreFull."""
    directory = await house.contentstack.directory(max_age=AGE)
    content = await asyncio.to_thread(member_list, directory, dates)
    now = house.clock.now()
    data = {
        "people": len(directory.members),
        "expected": directory.expected,
        "complete": int(directory.complete),
        "dates": dates.value,
        "columns": list(MEMBERS),
    }
    event = Event(EventKind.EXPORTED, house.binding.key, actor=reader.actor.person, data=data)
    await house.store.write(lambda tx: tx.append(event, now))
    return Export(content, directory)
