"""Several organizations, one bot for all of them, and the harness's own eye on the store."""

from __future__ import annotations

import random
import secrets
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.store.database import SqliteStore, open_unlocked
from bot.store.directory import prepare
from crash.process import Child
from crash.site import Site, site
from crash.work import Work


@dataclass
class City:
    """All that a run of the harness works with."""

    sites: Sequence[Site]
    works: Sequence[Work]
    store: SqliteStore
    child: Child
    directory: Path


@asynccontextmanager
async def city(organizations: int, members: int, rng: random.Random) -> AsyncIterator[City]:
    """Serve everything until the context ends; the bot is not started yet."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollcall-crash-")))
        data = directory / "data"
        prepare(data)
        # Beside the bot, without its lock: what is true may not depend on the lock, only on transactions.
        store = await open_unlocked(data, clock=SystemClock(), entropy=secrets.token_bytes)
        stack.push_async_callback(store.close)
        sites = [
            await stack.enter_async_context(site(number, store, members)) for number in range(organizations)
        ]
        bindings = directory / "bindings.toml"
        bindings.write_text("\n".join(one.table() for one in sites))
        settings = {"ROLLCALL_BINDINGS": str(bindings), "ROLLCALL_DATA_DIR": str(data)}
        child = Child(settings, directory)
        stack.push_async_callback(child.kill)
        works = [Work(one, random.Random(rng.random())) for one in sites]  # noqa: S311  a programme, no secret
        yield City(sites, works, store, child, directory)
