"""HTTP to the simulated workspace, as its clients use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp

from bot.sandbox.workspace.errors import Json


class SandboxError(Exception):
    """A 4xx of the user or control side."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


async def read_answer(response: aiohttp.ClientResponse) -> Json:
    """The JSON of an answer; a 4xx is a SandboxError."""
    body: Json = await response.json()
    if response.status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
        raise SandboxError(body.get("error", "error"), body.get("message", ""))
    return body


@dataclass(slots=True)
class Wire:
    """One HTTP session to one workspace, open inside an `async with` block."""

    url: str
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP session, open inside the `async with` block."""
        if self._session is None:
            raise RuntimeError("use the client in an async with block")
        return self._session

    async def get(self, path: str, **params: str) -> Json:
        """A read; params that are empty are left out."""
        query = {k: v for k, v in params.items() if v}
        async with self.session.get(f"{self.url}{path}", params=query) as response:
            return await read_answer(response)

    async def post(self, path: str, body: Mapping[str, Any]) -> Json:
        """An act or an order."""
        async with self.session.post(f"{self.url}{path}", json=body) as response:
            return await read_answer(response)
