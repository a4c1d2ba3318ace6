from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.engine.runs import DbosRuns
from bot.store.database import SqliteStore
from tests.engine.recorder import SystemClock
from tests.store.samples import STILL
from tests.stores import open_new


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def store(directory: Path) -> AsyncIterator[SqliteStore]:
    opened = await open_new(directory, clock=STILL, entropy=bytes)
    yield opened
    await opened.close()


@pytest.fixture
async def runs(directory: Path, store: SqliteStore) -> AsyncIterator[DbosRuns]:
    """An engine that is not started yet, and is stopped at the end."""
    engine = DbosRuns(directory, store, SystemClock(), poll_seconds=0.05, settle_seconds=2)
    yield engine
    await engine.stop()
