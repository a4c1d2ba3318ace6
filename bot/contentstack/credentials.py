"""Regions, and getting and giving back an authtoken (CS §1.1, §1.4). Used by ``app.py login``.

An authtoken does not expire, but the 21st of an account silently ends the oldest: log in once, keep the
token, log out when replacing it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from bot.contentstack.client import reply_of
from bot.contentstack.errors import (
    SECOND_FACTOR_NEEDED,
    SECOND_FACTOR_WRONG,
    Reply,
    error_body,
    from_reply,
    from_transport,
    not_understood,
)
from bot.contentstack.tls import trusted

_TIMEOUT = 20.0
_LOGIN_FAILED = 104
_REFUSALS = frozenset({400, 401, 422})
"""Statuses under which logins are refused; the same case comes under several (CS §1.4)."""

SSO_ONLY = (
    "Contentstack accepted the password but gave no token: this account signs in through single sign-on. "
    "Use the organization owner's account, or have an owner or admin allow this account to sign in without "
    'SSO ("Allow Access Without SSO" with strict mode off, or "User Email Whitelists" in strict mode).'
)
REGION_HINT = (
    "A right password looks wrong in another region: check that the account belongs to the region {region}. "
    "A locked account looks the same."
)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Addresses of one region (CS §1.1)."""

    api: str
    app: str
    auth: str
    developer_hub: str


def _hosts(prefix: str) -> Hosts:
    return Hosts(
        api=f"https://{prefix}api.contentstack.com",
        app=f"https://{prefix}app.contentstack.com",
        auth=f"https://{prefix}auth-api.contentstack.com",
        developer_hub=f"https://{prefix}developerhub-api.contentstack.com",
    )


_NORTH_AMERICA = Hosts(
    api="https://api.contentstack.io",  # the only .io among the hosts
    app="https://app.contentstack.com",
    auth="https://auth-api.contentstack.com",
    developer_hub="https://developerhub-api.contentstack.com",
)

REGIONS: Mapping[str, Hosts] = {
    "na": _NORTH_AMERICA,
    "us": _NORTH_AMERICA,
    **{code: _hosts(f"{code}-") for code in ("eu", "au", "azure-na", "azure-eu", "gcp-na", "gcp-eu")},
}
"""Region code -> addresses; ``us`` is another name of ``na``."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A token was given."""

    authtoken: str = field(repr=False)
    user_uid: str = ""
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SecondFactorNeeded:
    """The account has a second factor; ``kind`` is its name, such as ``totp_authenticator`` or ``sms``."""

    kind: str


@dataclass(frozen=True, slots=True)
class SecondFactorWrong:
    """The code was refused. A code counts once: wait for the next one."""

    detail: str


@dataclass(frozen=True, slots=True)
class NoToken:
    """The password is right and yet there is no token: single sign-on (CS §1.4)."""

    explanation: str = SSO_ONLY


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """E-mail or password are wrong, or look so: locked, or another region (CS §1.1)."""

    detail: str
    hint: str


Login = LoggedIn | SecondFactorNeeded | SecondFactorWrong | NoToken | LoginRefused


async def log_in(base_url: str, region: str, email: str, password: str, code: str = "") -> Login:
    """Ask for an authtoken, once. What is no answer about the login raises the tree of the port."""
    user = {"email": email, "password": password, **({"tfa_token": code} if code else {})}
    reply = await _ask(base_url, "POST", {"user": user})
    if reply.good:
        return _given(reply)
    body = error_body(reply.document)
    if body.code == SECOND_FACTOR_NEEDED:
        return SecondFactorNeeded(body.second_factor)
    # A refused code comes under several statuses and not always with its own number (CS §1.4).
    if body.code == SECOND_FACTOR_WRONG or (
        code and reply.status in _REFUSALS and body.code != _LOGIN_FAILED
    ):
        return SecondFactorWrong(body.sentence)
    if reply.status in _REFUSALS:
        return LoginRefused(body.sentence, REGION_HINT.format(region=region))
    raise from_reply(reply, write=False)


async def log_out(base_url: str, authtoken: str) -> None:
    """Give a token back; a token that is no longer accepted raises ``CredentialRefused``."""
    reply = await _ask(base_url, "DELETE", None, {"authtoken": authtoken})
    if not reply.good:
        raise from_reply(reply, write=False)


def _given(reply: Reply) -> Login:
    user = reply.document.get("user") if isinstance(reply.document, Mapping) else None
    if not isinstance(user, Mapping):
        raise not_understood(reply, write=False)
    token = user.get("authtoken")
    if not isinstance(token, str) or not token:
        return NoToken()
    return LoggedIn(token, str(user.get("uid") or ""), str(user.get("email") or ""))


async def _ask(
    base_url: str, method: str, body: Mapping[str, object] | None, headers: Mapping[str, str] | None = None
) -> Reply:
    url = f"{base_url.rstrip('/').removesuffix('/v3')}/v3/user-session"
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, verify=trusted()) as http:
            return reply_of(await http.request(method, url, json=body, headers=headers))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise from_transport(error, write=False) from error
