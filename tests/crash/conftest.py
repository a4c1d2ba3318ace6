from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from crash.city import City, city


@pytest.fixture
async def place() -> AsyncIterator[City]:
    """One organization and its bot, which is not started yet."""
    async with city(1, 200, random.Random(1)) as found:
        yield found
