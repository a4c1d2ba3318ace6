"""How people are known: by e-mail alone, or by links that are set up wholly and can be read."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import urlsplit

from bot.clock import SystemClock
from bot.contentstack.oauth import App, ContentstackOAuth
from bot.doctor.report import Check, broken, note, well
from bot.domain.identity import Link
from bot.ports.contentstack import ContentstackError, Rejected
from bot.ports.oauth import NotConfigured
from bot.ports.vault import CannotOpen
from bot.service.house import binding_key
from bot.service.tokens import about
from bot.settings import Settings
from bot.store.database import open_beside
from bot.store.errors import StoreError
from bot.vault import Keyring, read_keys
from bot.wiring import app_of

_SUBJECT = "linked accounts"
_ADVICE = "set linked accounts up (docs/identity.md)"


async def check_identity(settings: Settings, team: str) -> list[Check]:
    """All of it; ``team`` is the workspace's id, empty where Slack did not tell it."""
    secret, keys = settings.contentstack_oauth_client_secret, settings.rollcall_encryption_keys
    if not settings.connect or secret is None or keys is None:
        return [
            note(
                "identity",
                "people are known by their e-mail address alone: whoever can change an address in Slack can "
                f"pass for an admin; {_ADVICE}",
            )
        ]
    app = app_of(settings, secret)
    checks = [_check_address(settings), await _check_app(app)]
    keyring = Keyring(read_keys(keys.get_secret_value()), secrets.token_bytes)
    return [*checks, *[check async for check in _check_links(settings, team, keyring)]]


def _check_address(settings: Settings) -> Check:
    if urlsplit(settings.rollcall_public_url).scheme == "https":
        return well(_SUBJECT, f"the app's redirect URL must be {settings.callback_url}")
    return note(
        _SUBJECT,
        f"{settings.rollcall_public_url} is on this machine alone and not encrypted: good for trying out; "
        f"the app's redirect URL must be {settings.callback_url}",
    )


async def _check_app(app: App) -> Check:
    """Ask for tokens with a code that cannot be one: Contentstack says first whether it knows the app."""
    try:
        await ContentstackOAuth(app, SystemClock()).exchange("doctor", secrets.token_urlsafe(32))
    except NotConfigured:
        return broken(
            "OAuth app",
            "Contentstack does not accept it: check CONTENTSTACK_OAUTH_CLIENT_ID, "
            "CONTENTSTACK_OAUTH_CLIENT_SECRET and the redirect URL in Developer Hub",
        )
    except Rejected:
        return well("OAuth app", "Contentstack knows it")
    except ContentstackError as error:
        return note("OAuth app", f"Contentstack could not be asked about it ({type(error).__name__})")
    return note("OAuth app", "Contentstack's answer is not understood")


async def _check_links(settings: Settings, team: str, keyring: Keyring) -> AsyncIterator[Check]:
    key = binding_key(team, settings.contentstack_organization_uid)
    try:
        store = await open_beside(settings.rollcall_data_dir)
    except (StoreError, sqlite3.Error):
        return
    try:
        links = await store.read(lambda tx: tx.links(key))
    except sqlite3.Error:  # a file without tables, or an older one: the bot was not started since
        return
    finally:
        await store.close()
    for check in _check_tokens(key, links, keyring):
        yield check


def _check_tokens(binding: str, links: Sequence[Link], keyring: Keyring) -> Iterator[Check]:
    unreadable = sum(not _opens(binding, link, keyring) for link in links)
    if unreadable:
        yield broken(
            "encryption keys",
            f"{unreadable} of {len(links)} links cannot be decrypted: put the key back into "
            "ROLLCALL_ENCRYPTION_KEYS, or let these people connect again",
        )
        return
    old = sum(keyring.stale(link.sealed) for link in links)
    broken_ones = sum(link.broken for link in links)
    told = f"{len(links)} links can be decrypted"
    told += f", {broken_ones} are broken until their owners connect again" if broken_ones else ""
    told += f"; {old} still need an older key" if old else "; no older key is needed" if links else ""
    yield well("encryption keys", told)


def _opens(binding: str, link: Link, keyring: Keyring) -> bool:
    try:
        keyring.open(link.sealed, about(binding, link.slack_user))
    except CannotOpen:
        return False
    return True
