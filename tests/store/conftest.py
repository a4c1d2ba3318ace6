from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import SqliteStore
from tests.store.samples import STILL, counting_entropy
from tests.stores import open_new


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def store(directory: Path) -> AsyncIterator[SqliteStore]:
    salts = counting_entropy()
    opened = await open_new(directory, clock=STILL, entropy=lambda _: next(salts))
    yield opened
    await opened.close()
