"""Adapter of `bot.ports.oauth`: Contentstack's authorize page, token endpoint and authorizations (CS §1.6).

PKCE is sent beside the client secret: a code that somebody else caught is worth nothing without the
verifier. Whether Contentstack checks both is not documented.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote, urlencode

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.contentstack.client import reply_of
from bot.contentstack.errors import Reply, error_body, from_reply, from_transport, not_understood
from bot.contentstack.parse import account_of
from bot.contentstack.tls import trusted
from bot.ports.clock import Clock
from bot.ports.contentstack import Rejected, Unavailable
from bot.ports.oauth import NotConfigured, Owner, Tokens

_TIMEOUT = 10.0
_LONGEST = 20.0
"""httpx limits each step; this holds for an answer that trickles, and is less than the lease on a renewal."""
_OUR_OWN = ("client_id", "client_secret", "redirect_uri", "client")
"""What an error names where our settings are wrong and not the person's token."""


@dataclass(frozen=True, slots=True)
class App:
    """Our app of Developer Hub, and the addresses of its region."""

    app_host: str
    developer_hub: str
    api: str
    organization: str
    app_uid: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: str


class _Given(BaseModel):
    """The token endpoint's answer."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    access_token: str
    refresh_token: str
    expires_in: float
    user_uid: str = ""
    organization_uid: str = ""
    scope: str = ""


class _Consent(BaseModel):
    model_config = ConfigDict(extra="ignore")

    class User(BaseModel):
        model_config = ConfigDict(extra="ignore")

        uid: str | None = None

    authorization_uid: str
    user: User = User()


class _Consents(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: list[_Consent]


class ContentstackOAuth:
    """`bot.ports.oauth.OAuth` over HTTP; nothing is tried twice."""

    def __init__(self, app: App, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    def address(self, state: str, challenge: str) -> str:
        """Contentstack's consent page for our app."""
        asked = {
            "response_type": "code",
            "client_id": self._app.client_id,
            "redirect_uri": self._app.redirect_uri,
            "scope": self._app.scopes,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._app.app_host}/apps/{quote(self._app.app_uid)}/authorize?{urlencode(asked)}"

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """The tokens for a code."""
        return await self._tokens(
            {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        )

    async def renew(self, tokens: Tokens) -> Tokens:
        """The next pair; where the answer leaves out what does not change, it is as it was."""
        found = await self._tokens({"grant_type": "refresh_token", "refresh_token": tokens.refresh})
        if found.user_uid not in {"", tokens.user_uid}:
            raise Rejected("the new token is another user's")
        return Tokens(
            found.access,
            found.refresh,
            found.expires_at,
            found.scopes or tokens.scopes,
            tokens.user_uid,
            tokens.organization,
        )

    async def owner(self, tokens: Tokens) -> Owner:
        """Whose they are, from ``GET /v3/user``."""
        reply = await self._ask("GET", f"{self._app.api}/v3/user", tokens, write=False)
        account = account_of(_object(reply), self._app.organization, "oauth")
        if account is None:
            raise Unavailable("Contentstack's answer does not say whose the token is")
        return Owner(account.user_uid, account.email)

    async def revoke(self, tokens: Tokens) -> None:
        """End every consent of this user, as Contentstack's own SDK does: list them, delete each."""
        base = f"{self._app.developer_hub}/manifests/{quote(self._app.app_uid)}/authorizations"
        reply = await self._ask("GET", base, tokens, write=False)
        try:
            found = _Consents.model_validate(reply.document).data
        except ValidationError:
            raise not_understood(reply, write=False) from None
        for consent in found:
            if consent.user.uid == tokens.user_uid:
                await self._ask("DELETE", f"{base}/{quote(consent.authorization_uid)}", tokens, write=True)

    async def _tokens(self, form: Mapping[str, str]) -> Tokens:
        ours = {
            "client_id": self._app.client_id,
            "client_secret": self._app.client_secret,
            "redirect_uri": self._app.redirect_uri,
        }
        asked_at = self._clock.now()
        reply = await _send("POST", f"{self._app.app_host}/apps-api/token", form={**form, **ours})
        if not reply.good:
            raise _refusal(reply)
        try:
            given = _Given.model_validate(reply.document)
        except ValidationError:
            raise not_understood(reply, write=True) from None
        return Tokens(
            given.access_token,
            given.refresh_token,
            asked_at + timedelta(seconds=given.expires_in),
            frozenset(given.scope.split()),
            given.user_uid,
            given.organization_uid,
        )

    async def _ask(self, method: str, url: str, tokens: Tokens, *, write: bool) -> Reply:
        headers = {
            "authorization": f"Bearer {tokens.access}",
            "organization_uid": self._app.organization,
        }
        reply = await _send(method, url, headers=headers, write=write)
        if not reply.good:
            raise from_reply(reply, write=write)
        return reply


def _refusal(reply: Reply) -> Exception:
    """A refused code or token, unless the answer names what is our own."""
    error = from_reply(reply, write=True)
    said = error_body(reply.document).message.casefold()
    if reply.status < 500 and any(name in said for name in _OUR_OWN):  # noqa: PLR2004  a server's own trouble
        return NotConfigured(said)
    return error


def _object(reply: Reply) -> Mapping[str, object]:
    return reply.document if isinstance(reply.document, Mapping) else {}


async def _send(
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    write: bool = True,
) -> Reply:
    try:
        async with asyncio.timeout(_LONGEST), httpx.AsyncClient(timeout=_TIMEOUT, verify=trusted()) as http:
            return reply_of(await http.request(method, url, data=form, headers=headers))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise from_transport(error, write=write) from error
