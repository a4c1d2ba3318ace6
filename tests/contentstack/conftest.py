from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.contentstack.seed import ORG_UID
from bot.sandbox.contentstack.server import ContentstackSandbox
from tests.contentstack.support import Bench


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """The simulated Contentstack with its seed, and high rates so that tests need not wait."""
    sandbox = ContentstackSandbox()
    sandbox.state.organizations[ORG_UID].features.update({"getLimit": 1000, "limit": 1000})
    async with sandbox.serve() as url:
        bench = Bench(sandbox, url)
        yield bench
        for api in bench.made:
            await api.close()
