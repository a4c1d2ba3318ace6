from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.browser import Door, opened


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """A house whose accounts can be linked, and its pages."""
    async with opened(tmp_path) as found:
        yield found
