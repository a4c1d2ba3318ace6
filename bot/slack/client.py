"""The one Web API client: one shared session, and only the retries that cannot do anything twice (SL §6)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

_TOO_MANY = 429
LONGEST_WAIT = 30.0
TIMEOUT = 30


class RateLimited(AsyncRetryHandler):
    """Waits as long as Slack asks and tries again: nothing happened at a 429.

    slack-sdk's own handler reads the first *digit* of Retry-After under aiohttp (slack_sdk 3.47,
    http_retry/builtin_async_handlers.py: a header value is text there, not a list), so 30 s become 3.
    """

    def __init__(
        self,
        tries: int = 3,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Random | None = None,
    ) -> None:
        """Try ``tries`` times more; a little of ``random`` keeps several waiters apart."""
        super().__init__(max_retry_count=tries)
        self._sleep = sleep
        self._random = random or Random()  # noqa: S311  spreads waits, guards nothing

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002  the signature is slack-sdk's
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        limited = response is not None and response.status_code == _TOO_MANY
        return limited and response is not None and retry_after(response) <= LONGEST_WAIT

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> None:
        """Wait what Retry-After says."""
        state.next_attempt_requested = True
        seconds = retry_after(response) if response is not None else 1.0
        await self._sleep(seconds + self._random.random() / 4)
        state.increment_current_attempt()


def retry_after(response: HttpResponse) -> float:
    """Seconds that Slack asks to wait; 1 where it does not say."""
    for name, value in response.headers.items():
        if name.lower() == "retry-after":
            text = value if isinstance(value, str) else next(iter(value), "")
            return float(text) if text.strip().isdigit() else 1.0
    return 1.0


def code_of(error: Exception) -> str:
    """Slack's error code; the type's name where Slack gave none (an answer that is no JSON, no answer)."""
    if isinstance(error, SlackApiError):
        data = error.response if isinstance(error.response, dict) else error.response.data
        return str(data.get("error") or "unknown_error") if isinstance(data, dict) else "not_json"
    return type(error).__name__


def open_session() -> aiohttp.ClientSession:
    """The session that all calls share; whoever opens it closes it."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT), trust_env=True)


def build_client(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client for one bot token. No retry on lost connections: a post might appear twice (SL §6)."""
    return AsyncWebClient(
        token=token,
        base_url=api_url if api_url.endswith("/") else f"{api_url}/",
        timeout=TIMEOUT,
        session=session,
        retry_handlers=[RateLimited()],
    )
