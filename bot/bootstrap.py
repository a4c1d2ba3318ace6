"""A start and its end: the bots of a process, what they share, and what runs beside them (design §3)."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.bots import Bot, CannotStart, Site, open_bots
from bot.clock import SystemClock
from bot.engine.late import LateRuns
from bot.ports.runs import Runs, Worker
from bot.ports.store import Store, StoreFull
from bot.service.attempts import keep_sweeping
from bot.service.redaction import keep_redacting
from bot.service.reminding import keep_reminding
from bot.service.restored import hold_if_behind, hold_if_restored
from bot.service.run.room import Roomy
from bot.service.run.switchboard import Switchboard
from bot.service.run.worker import Runner
from bot.service.schedule import keep_time
from bot.settings import Settings
from bot.sink import newest_kept
from bot.slack.client import open_session
from bot.slack.connection import AppTokenRefused
from bot.slack.serve import Door, serve_until_stopped
from bot.slack.tasks import where
from bot.slack.witness import Witnessed, newest_head
from bot.store.database import open_store
from bot.store.errors import StoreError
from bot.web.callback import build_pages

log = logging.getLogger("rollcall")

StartEngine = Callable[[], Awaitable[None]]
"""Loads and starts the engine; it runs until the block in which it stands is left."""

STARTS_IN_VAIN = 1
"""Exit code where the settings are readable and the start failed all the same."""

NO_ROOM = (
    "nothing can be written to the data directory %s (%s): make room on its disk, or give its files to the "
    "user that runs Rollcall, then start again"
)


def _as_it_is(store: Store) -> Store:
    return store


@dataclass(frozen=True, slots=True)
class Seams:
    """What stands between the house and two of its ports: nothing, unless it is to be broken (crash/).

    ``revive_seconds`` is how soon a run that broke is taken up again, by default as the engine has it: who
    breaks it need not wait a minute.
    """

    store: Callable[[Store], Store] = _as_it_is
    worker: Callable[[Worker], Worker] = lambda worker: worker
    revive_seconds: float | None = None


def run(bindings: Sequence[Settings], seams: Seams | None = None) -> None:
    """Run the bot until SIGINT or SIGTERM; exits with a sentence where it cannot start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_run(bindings, seams or Seams()))
    except (CannotStart, StoreError, AppTokenRefused) as error:
        log.error("%s", error)  # noqa: TRY400  a sentence for a person; the traceback would bury it
        sys.exit(STARTS_IN_VAIN)
    except StoreFull as error:
        log.error(NO_ROOM, bindings[0].rollcall_data_dir, error)  # noqa: TRY400  likewise
        sys.exit(STARTS_IN_VAIN)


async def _run(bindings: Sequence[Settings], seams: Seams) -> None:
    """Connect to Slack while the engine is loaded and started: neither has to wait for the other."""
    async with _standing(bindings, seams) as (bots, start_engine):
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_start(start_engine))
                both.create_task(serve_until_stopped([_door(bot) for bot in bots]))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None  # the first to fail ended the other


async def _start(engine: StartEngine) -> None:
    await engine()
    _spare_collector()


def _spare_collector() -> None:
    """What stands by now stands to the end, so that no collection need walk through it.

    A full one took 50 to 100 ms, in which nothing was acknowledged (docs/speed.md).
    """
    gc.freeze()
    gc.enable()


def _door(bot: Bot) -> Door:
    settings = bot.settings
    pages = build_pages(bot.house, settings.rollcall_public_url) if settings.connect else None
    return Door(bot.desk, bot.identity, settings, pages)


@asynccontextmanager
async def running(bindings: Sequence[Settings], seams: Seams) -> AsyncIterator[Sequence[Bot]]:
    """Everything but the connections to Slack, which ``serve`` makes; the engine runs."""
    async with _standing(bindings, seams) as (bots, start_engine):
        await start_engine()
        yield bots


@asynccontextmanager
async def _standing(
    bindings: Sequence[Settings], seams: Seams
) -> AsyncIterator[tuple[Sequence[Bot], StartEngine]]:
    """All houses, and what starts the engine that they share; taken down in the reverse order.

    A binding that cannot start is left out where there are others. Raises CannotStart, or a
    `bot.store.errors.StoreError`.
    """
    clock, directory = SystemClock(), bindings[0].rollcall_data_dir
    async with AsyncExitStack() as stack:
        opened = await open_store(directory, clock=clock, entropy=secrets.token_bytes)
        stack.push_async_callback(opened.close)
        since = clock.monotonic()  # the lock is ours: whoever had it before is gone
        store = seams.store(opened)
        runs = LateRuns(lambda: _engine(directory, store, clock, seams.revive_seconds))
        site = Site(stack, await stack.enter_async_context(open_session()), store, runs, since)
        bots = await open_bots(site, bindings)
        loading = asyncio.create_task(runs.load())  # while Slack is asked for the newest head
        stack.push_async_callback(_ended, loading)
        runners = {bot.house.binding.key: Roomy(Runner(bot.house), bot.house) for bot in bots}
        await _hold_what_is_old(store, clock, bots)
        stack.push_async_callback(site.runs.stop)
        for bot in bots:
            stack.push_async_callback(_ended, asyncio.create_task(keep_time(bot.house)))
            if bot.house.linking:
                stack.push_async_callback(_ended, asyncio.create_task(keep_sweeping(bot.house)))
            stack.push_async_callback(_ended, asyncio.create_task(keep_reminding(bot.house)))
        days = bindings[0].rollcall_redact_after_days
        if days:
            changed = {bot.house.binding.key: bot.house.notifier.changed for bot in bots}
            redacting = keep_redacting(opened, clock, days, changed)
            stack.push_async_callback(_ended, asyncio.create_task(redacting))
        for notifier in site.notifiers:
            stack.push_async_callback(notifier.stop)
            await notifier.start()
        yield bots, lambda: _start_engine(loading, runs, seams.worker(Switchboard(store, runners)))


async def _start_engine(loading: asyncio.Task[None], runs: Runs, worker: Worker) -> None:
    try:
        await loading
        await runs.start(worker)
    except Exception as error:
        what = f"the engine cannot start ({where(error)}): docs/operations.md says what engine.db is for"
        raise CannotStart(what) from error


def _engine(directory: Path, store: Store, clock: SystemClock, revive_seconds: float | None) -> Runs:
    from bot.engine.runs import DbosRuns  # noqa: PLC0415  a third of all imports; see bot.engine.late

    if revive_seconds is None:
        return DbosRuns(directory, store, clock)
    return DbosRuns(directory, store, clock, revive_seconds=revive_seconds)


async def _hold_what_is_old(store: Store, clock: SystemClock, bots: Sequence[Bot]) -> None:
    """Before anything runs: a copy, or an older database put in place, goes on with nothing unasked."""
    held = await hold_if_restored(store, clock)
    witnessed = await asyncio.gather(*(_newest_head(bot) for bot in bots))
    for bot, seen in zip(bots, witnessed, strict=True):
        key = bot.house.binding.key
        kept = await asyncio.to_thread(newest_kept, bot.settings.rollcall_audit_sink)
        if kept is not None:
            held += await hold_if_behind(store, clock, key, *kept)
        if seen is not None:
            held += await hold_if_behind(store, clock, key, seen.head, seen.at)
    if held:
        log.warning("the database is older than what was done: %d operations are held until Resume", held)


async def _newest_head(bot: Bot) -> Witnessed | None:
    return await newest_head(bot.desk.client, bot.house.binding.channel, bot.identity.bot_id)


async def _ended(task: asyncio.Task[None]) -> None:
    """End a task that runs for ever."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
