"""The directory in memory: first load, background refresh, search index (design §5)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.contentstack.client import Client
from bot.contentstack.pacing import Priority
from bot.contentstack.parse import Person, Standing
from bot.contentstack.reading import OnProgress, Reader
from bot.contentstack.search import Index
from bot.domain.members import Directory
from bot.ports.clock import Clock
from bot.ports.contentstack import ContentstackError, CredentialRefused, Hits, Loading, NotPermitted, Rejected

OnSnapshot = Callable[[Directory], Awaitable[None]]
Recall = Callable[[], Directory | None]
"""Reads the directory that an earlier process kept; None where it kept none that can be read."""

REFRESH_SECONDS = 300.0
_FIRST_RETRY = 5.0
_HEAD_START = 5.0
"""Seconds for which a kept directory serves before the first read: reading thousands of people takes the
processor from the run that a restart has to take up again."""

log = logging.getLogger(__name__)


async def read_directory(
    reader: Reader, clock: Clock, on_progress: OnProgress, known: Directory | None = None
) -> Directory:
    """Read everything of one organization. ``read_at`` is when reading began: nothing in it is older."""
    began = clock.now()
    organization = await reader.organization()
    roles = await reader.roles()
    rows = await reader.stack_rows()
    teams = await reader.teams(rows)
    stacks = await reader.each(reader.stack, rows)
    people: dict[str, Person] = {}
    for found in await reader.each(reader.stack_people, rows):
        people.update(found)
    standing = Standing(roles, teams, organization.owner_uid, people)
    members, expected, complete = await reader.members(standing, on_progress, known)
    return Directory(
        organization=organization,
        members=members,
        roles=roles,
        stacks=tuple(stacks),
        read_at=began,
        teams=teams,
        expected=expected,
        complete=complete,
    )


def prepared(directory: Directory) -> Index:
    """The search index; look-ups by e-mail and share are made ready, too, so that the loop need not."""
    directory.with_email("")
    directory.share("")
    return Index(directory.members)


def _advice(error: ContentstackError) -> str:
    """What whoever runs the bot can do about it; the start is not stopped, since people have to be told."""
    match error:
        case CredentialRefused():
            return ": renew it (python app.py login), or correct CONTENTSTACK_REGION"
        case NotPermitted() | Rejected():
            return ": correct CONTENTSTACK_ORGANIZATION_UID, or give the account the right (app.py doctor)"
        case _:
            return ""


class DirectoryCache:
    """Holds the directory as last read and reads it again; one read at a time, whoever waits."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        *,
        refresh_seconds: float = REFRESH_SECONDS,
        on_snapshot: OnSnapshot | None = None,
    ) -> None:
        """Prepare the cache; nothing is read before ``start`` or ``get``.

        Args:
            client: Asks Contentstack.
            clock: Time.
            refresh_seconds: How long after a read the next one begins in the background.
            on_snapshot: Told every directory that was read, to keep it for the next start.
        """
        self._clock = clock
        self._refresh_seconds = refresh_seconds
        self._on_snapshot = on_snapshot
        self._reader = Reader(client, self._priority)
        self._awaited = 0
        self._reading: asyncio.Task[None] | None = None
        self._refresher: asyncio.Task[None] | None = None
        self._recalling: asyncio.Task[None] | None = None
        self._current: tuple[Directory, Index] | None = None
        self._progress = Loading(0, None)

    @property
    def directory(self) -> Directory | None:
        """The directory in memory, if any."""
        return self._current[0] if self._current else None

    @property
    def loading(self) -> Loading | None:
        """Progress of the first load, or None when a directory is in memory."""
        return None if self._current else self._progress

    def search(self, text: str, limit: int) -> Hits | None:
        """Search what is in memory; None while nothing is."""
        return self._current[1].search(text, limit) if self._current else None

    async def start(self, recall: Recall | None = None) -> None:
        """Take the kept directory, where there is one, and refresh it soon, both in the background."""
        if recall is not None:
            self._recalling = asyncio.create_task(self._recall(recall))
        self._refresher = asyncio.create_task(self._refresh())

    async def recalled(self) -> None:
        """Wait until what was kept is in memory; whatever asks for a directory does so by itself."""
        if self._recalling is not None:
            await asyncio.shield(self._recalling)

    async def get(self, max_age: float) -> Directory:
        """The directory, read again where it is older than ``max_age`` seconds at this moment.

        A read under way that began too early is waited for, not shared: 0 means a read that begins now.
        """
        asked = self._clock.now()
        self._awaited += 1
        try:
            await self.recalled()
            while True:
                current = self.directory
                if current is not None and (asked - current.read_at).total_seconds() <= max_age:
                    return current
                await self._read()
        finally:
            self._awaited -= 1

    async def close(self) -> None:
        """Stop reading."""
        tasks = [task for task in (self._refresher, self._recalling, self._reading) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _priority(self) -> Priority:
        return Priority.INTERACTIVE if self._awaited else Priority.BACKGROUND

    async def _read(self) -> None:
        """Read once, or wait for the read that is under way; a waiter who leaves does not stop it."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_now())
        await asyncio.shield(self._reading)

    async def _read_now(self) -> None:
        self._progress = Loading(0, None)
        directory = await read_directory(self._reader, self._clock, self._note, self.directory)
        # Off the loop: folding 50,000 names takes long enough to be felt in Slack.
        self._current = (directory, await asyncio.to_thread(prepared, directory))
        await self._keep(directory)

    async def _keep(self, directory: Directory) -> None:
        if self._on_snapshot is None:
            return
        try:
            await self._on_snapshot(directory)
        except Exception as error:  # noqa: BLE001  a snapshot only spares a wait: its keeper may fail as it likes
            log.warning("directory snapshot not kept: %s", type(error).__name__)

    def _note(self, read: int, expected: int | None) -> None:
        self._progress = Loading(read, expected)

    async def _recall(self, recall: Recall) -> None:
        def work() -> tuple[Directory, Index] | None:
            kept = recall()
            return (kept, prepared(kept)) if kept else None

        self._current = await asyncio.to_thread(work) or self._current

    async def _refresh(self) -> None:
        await self.recalled()
        if self.directory is not None:
            await self._clock.sleep(_HEAD_START)
        retry = _FIRST_RETRY
        while True:
            try:
                await self._read()
                retry = _FIRST_RETRY
                pause = self._refresh_seconds
            except ContentstackError as error:
                log.warning("directory not read: %s%s", type(error).__name__, _advice(error))
                pause, retry = min(retry, self._refresh_seconds), retry * 2
            await self._clock.sleep(pause)
