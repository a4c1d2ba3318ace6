"""Signed HTTP (SL §2): what Slack sends to request URLs when Socket Mode is off."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import (
    DispatchFailedError,
    Json,
    OperationTimeoutError,
)

SUCCESS = range(200, 300)
FORM = "application/x-www-form-urlencoded"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """`v0=` and HMAC-SHA256 over `v0:{timestamp}:{raw body}` (SL §2)."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class HttpSender:
    """Posts to the app's request URLs."""

    core: Core
    session: aiohttp.ClientSession

    @property
    def connected(self) -> int:
        """An address is enough: whether anybody answers there is seen at the first request."""
        return int(bool(self.core.config.interactivity_url or self.core.config.events_url))

    async def send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Json | None:
        """One signed request; the answer is its JSON body, or its text as `{"text": ...}`."""
        url, content_type, body = self._request(kind, payload)
        if not url:
            raise DispatchFailedError
        headers = {"Content-Type": content_type}
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason}
        return await self._post(url, body, headers)

    def _request(self, kind: str, payload: Json) -> tuple[str, str, bytes]:
        config = self.core.config
        if kind == "slash_commands":
            command = config.command(payload["command"])
            return (command.url if command else "", FORM, urlencode(payload).encode())
        if kind == "events_api":
            return config.events_url, "application/json", json.dumps(payload).encode()
        url = config.options_url if payload["type"] == "block_suggestion" else config.interactivity_url
        return url, FORM, urlencode({"payload": json.dumps(payload)}).encode()

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Json | None:
        # Not moved by the control side's clock: the app compares it with its own (SL §2, 5 minutes).
        timestamp = str(int(self.core.clock.source()))
        signature = sign(self.core.credentials.signing_secret, timestamp, body)
        signed = {**headers, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
        timeout = aiohttp.ClientTimeout(total=self.core.timing.answer)
        try:
            async with self.session.post(
                url, data=body, headers=signed, timeout=timeout, allow_redirects=False
            ) as response:
                text = await response.text()
                if response.status not in SUCCESS:
                    no_retry = response.headers.get("x-slack-no-retry") == "1"
                    raise DispatchFailedError("http_error", no_retry=no_retry)
                return _answer(response.content_type, text)
        except TimeoutError:
            raise OperationTimeoutError from None
        except aiohttp.ClientError:
            raise DispatchFailedError from None

    async def verify_url(self) -> bool:
        """The `url_verification` handshake of the Events API."""
        challenge = self.core.ids.secret(16)
        body = {
            "token": self.core.credentials.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        headers = {"Content-Type": "application/json"}
        answer = await self._post(self.core.config.events_url, json.dumps(body).encode(), headers)
        return answer is not None and challenge in {answer.get("challenge"), answer.get("text")}


def _answer(content_type: str, text: str) -> Json | None:
    if not text:
        return None
    if content_type == "application/json":
        try:
            parsed = json.loads(text)
        except ValueError:
            return {"text": text}
        return parsed if isinstance(parsed, dict) and parsed else None
    return {"text": text}
