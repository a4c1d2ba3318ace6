"""One HTTP client for one organization: headers, pacing, retries, one error boundary (CS §1.3, §5, §6).

Reads are repeated on 408, 429, 5xx and network faults, writes on 429 alone: nothing at Contentstack is
idempotent by contract (CS §1.2), so a write whose answer was lost is ``OutcomeUnknown`` and its caller's to
settle. Both give up after ``tries`` attempts or ``patience`` seconds, whichever comes first.
"""

from __future__ import annotations

import asyncio
import email.utils
import logging
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from typing import Any, Literal, cast

import httpx

from bot.contentstack.errors import Reply, from_reply, from_transport, not_understood
from bot.contentstack.pacing import Pacing, Priority
from bot.contentstack.tls import trusted
from bot.ports.clock import Clock
from bot.ports.contentstack import RateLimited, Unavailable

JsonObject = Mapping[str, object]

_NO_CONTENT = 204
_FIRST_DELAY = 0.3
_LONGEST_DELAY = 8.0


@dataclass(frozen=True, slots=True)
class Credential:
    """What the bot shows to Contentstack: a user authtoken or an OAuth access token (CS §1.3)."""

    kind: Literal["authtoken", "oauth"]
    secret: str = field(repr=False)

    def headers(self) -> dict[str, str]:
        """The header that carries it."""
        if self.kind == "oauth":
            return {"authorization": f"Bearer {self.secret}"}
        return {"authtoken": self.secret}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often to try; seconds."""

    write_timeout: float = 8.0
    read_timeout: float = 20.0
    connect_timeout: float = 5.0
    tries: int = 6
    patience: float = 30.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request before it is sent; ``path`` begins with its version (``/v3/…``).

    ``harmless`` says that it changes nothing and may be repeated: every GET made here and the POST
    ``share/search``. ``anonymous`` leaves the credential out; ``probing`` says that this endpoint never
    answered 2xx so far. ``credential`` is shown in place of the client's own; the pacing is the
    organization's, whoever asks.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject | None = None
    api_key: str = ""
    harmless: bool = False
    anonymous: bool = False
    probing: bool = False
    credential: Credential | None = None

    @property
    def get(self) -> bool:
        """Which of Contentstack's two rate limits counts it: reads are GET, all else writes (CS §5.1)."""
        return self.method == "GET"


class Client:
    """Asks Contentstack on behalf of one organization."""

    def __init__(
        self,
        base_url: str,
        organization_uid: str,
        credential: Credential,
        *,
        clock: Clock,
        chance: Callable[[], float],
        pacing: Pacing,
        limits: Limits | None = None,
    ) -> None:
        """Prepare the client; nothing is sent yet.

        Args:
            base_url: The API's address, with or without a trailing ``/v3``.
            organization_uid: Sent always; SSO organizations demand it, the others ignore it (CS §1.3).
            credential: The authtoken or access token.
            clock: Time, for waiting and giving up.
            chance: A random number in [0, 1), for jitter.
            pacing: The organization's budget.
            limits: Time-outs and tries.
        """
        self.organization_uid = organization_uid
        self.credential = credential
        self.pacing = pacing
        self._clock = clock
        self._chance = chance
        self._limits = limits or Limits()
        # httpx logs every address at INFO, and a typeahead's address holds an e-mail.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        _spare_searches()
        self._http = httpx.AsyncClient(
            base_url=base_url.rstrip("/").removesuffix("/v3"),
            headers={"organization_uid": organization_uid, "accept": "application/json"},
            verify=trusted(),
        )

    async def read(self, ask: Ask, *, priority: Priority) -> JsonObject:
        """Make a harmless request, repeated while that can help; the answer's JSON object.

        Never for a GET with a side effect, such as resending an invitation (CS §3.5).
        """
        reply = await self._persist(ask, priority)
        assert isinstance(reply.document, Mapping)  # noqa: S101  `_judge` let nothing else through
        return reply.document

    async def write(self, ask: Ask, *, priority: Priority = Priority.RUN) -> Reply:
        """Make a request that may change something, at most once unless it was answered 429."""
        return await self._persist(ask, priority)

    async def close(self) -> None:
        """Close connections and queues."""
        await self.pacing.close()
        await self._http.aclose()

    async def _persist(self, ask: Ask, priority: Priority) -> Reply:
        pace = self.pacing.of(write=not ask.get)
        give_up_at = math.inf
        attempt = 0
        while True:
            attempt += 1
            await self.pacing.turn(write=not ask.get, priority=priority)
            if attempt == 1:  # our own queue is no reason to give up: patience begins with the first try
                give_up_at = self._clock.monotonic() + self._limits.patience
            reply: Reply | None = None
            try:
                reply = await self._exchange(ask)
                self._judge(ask, reply)
            except (RateLimited, Unavailable) as failure:
                limited = isinstance(failure, RateLimited)
                if limited:
                    pace.limited()
                delay = self._delay(attempt, reply.retry_after if reply else "")
                late = self._clock.monotonic() + delay > give_up_at
                if late or attempt >= self._limits.tries or not (ask.harmless or limited):
                    raise
            else:
                pace.well()
                return reply
            await self._clock.sleep(delay)

    async def _exchange(self, ask: Ask) -> Reply:
        limits = self._limits
        seconds = limits.read_timeout if ask.harmless else limits.write_timeout
        headers = {} if ask.anonymous else (ask.credential or self.credential).headers()
        if ask.api_key:
            headers["api_key"] = ask.api_key
        try:
            # httpx limits each step; the outer limit holds for an answer that trickles.
            async with asyncio.timeout(seconds):
                response = await self._http.request(
                    ask.method,
                    ask.path,
                    params=ask.params or None,
                    json=ask.body,
                    headers=headers,
                    timeout=httpx.Timeout(seconds, connect=min(seconds, limits.connect_timeout)),
                )
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise from_transport(error, write=not ask.harmless) from error
        return reply_of(response)

    @staticmethod
    def _judge(ask: Ask, reply: Reply) -> None:
        if not reply.good:
            raise from_reply(reply, write=not ask.harmless, probing=ask.probing)
        nothing_to_say = not ask.harmless and reply.status == _NO_CONTENT
        if not isinstance(reply.document, Mapping) and not nothing_to_say:
            raise not_understood(reply, write=not ask.harmless)

    def _delay(self, attempt: int, retry_after: str) -> float:
        longest: float = min(_LONGEST_DELAY, _FIRST_DELAY * 2**attempt)
        return max(self._chance() * longest, seconds_of(retry_after, self._clock.now()))


def _spare_searches() -> None:
    """Let httpcore know at once that sniffio is not installed.

    It imports that package at every lock, and what is missing is searched on the whole path each time: a
    tenth of what a request costs. ``None`` among the modules is Python's own word for *not there*.
    """
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        cast("dict[str, Any]", sys.modules)["sniffio"] = None


def reply_of(response: httpx.Response) -> Reply:
    """Read an answer as far as it is JSON."""
    try:
        document: object = response.json()
    except ValueError:
        document = None
    return Reply(
        status=response.status_code,
        document=document,
        request_id=response.headers.get("x-request-id", ""),
        retry_after=response.headers.get("retry-after", ""),
    )


def seconds_of(retry_after: str, now: datetime) -> float:
    """Seconds that a ``Retry-After`` header asks for, in either of its forms; 0 without a usable one."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0
