"""The tokens of a link: opened, renewed by one at a time, given back.

A refresh token is good once (CS §1.6), so two who renew at the same moment would lock each other out.
Whoever renews takes a lease on exactly the version that he read; the others wait for the next version. What
Contentstack refuses to renew breaks the link: it proves nothing any more, and the person is told to connect
again. Where Rollcall ends between the renewal and its row, the new pair is lost, and the next renewal is
refused like that.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from bot.domain.audit import Event, EventKind
from bot.domain.identity import Link
from bot.ports.contentstack import (
    ContentstackError,
    CredentialRefused,
    NotPermitted,
    Rejected,
    Unavailable,
)
from bot.ports.oauth import NotConfigured, Tokens
from bot.ports.store import Transaction
from bot.ports.vault import CannotOpen
from bot.service.house import House, Linking

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=1)
"""A token that ends sooner than this is renewed first."""
LEASE = timedelta(seconds=30)
"""For how long nobody else renews; longer than a request to Contentstack may take."""
PAUSE = 0.1
WAITS = 400
"""How often somebody else's renewal is waited for: a little longer than a lease."""


class NoToken(Exception):
    """There is no token of this person to act with; ``why`` is a word that `bot.words.reasons` knows."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def about(binding: str, slack_user: str, attempt: str = "") -> str:
    """What sealed tokens are bound to: binding and person, and the attempt while they are not a link's."""
    return f"{binding}\n{slack_user}\n{attempt}"


async def current(house: House, slack_user: str, user_uid: str) -> Tokens:
    """Tokens of exactly this pair of accounts, good for a minute at least.

    Raises NoToken where there is no live link, and the tree of `bot.ports.contentstack` where Contentstack
    could not be asked.
    """
    linking = house.linking
    if linking is None:
        raise NoToken("link_gone")
    for _ in range(WAITS):
        link = await house.store.read(lambda tx: tx.link(house.binding.key, slack_user))
        if link is None or not link.live or link.user_uid != user_uid:
            raise NoToken("link_gone")
        tokens = _open(linking, link)
        if link.expires_at - house.clock.now() > EARLY:
            return await _sealed_anew(house, linking, link, tokens)
        renewed = await _renewed(house, linking, link, tokens)
        if renewed is not None:
            return renewed
        await house.clock.sleep(PAUSE)
    raise Unavailable("somebody else renews this token and does not come to an end")


async def refused(house: House, slack_user: str, access: str) -> bool:
    """Contentstack did not accept this access token before its time; whether another one can be tried."""
    linking = house.linking
    link = await house.store.read(lambda tx: tx.link(house.binding.key, slack_user))
    if linking is None or link is None or not link.live:
        return False
    tokens = _open(linking, link)
    if tokens.access != access:
        return True
    return await _renewed(house, linking, link, tokens) is not None


async def give_back(house: House, linking: Linking, link: Link) -> bool:
    """End the tokens of a link that is forgotten already; False where Contentstack did not say so."""
    try:
        tokens = _open(linking, link)
        if link.expires_at <= house.clock.now():
            tokens = await linking.oauth.renew(tokens)
        await linking.oauth.revoke(tokens)
    except (NoToken, NotConfigured, ContentstackError) as error:
        log.warning("tokens could not be ended at Contentstack: %s", type(error).__name__)
        return False
    return True


def _open(linking: Linking, link: Link) -> Tokens:
    try:
        return Tokens.loads(linking.vault.open(link.sealed, about(link.binding, link.slack_user)))
    except CannotOpen:
        raise NoToken("link_unreadable") from None


async def _sealed_anew(house: House, linking: Linking, link: Link, tokens: Tokens) -> Tokens:
    """Seal with the first key what another one sealed, so that the other can be thrown away one day."""
    if linking.vault.stale(link.sealed):
        await _keep(house, linking, link, tokens)
    return tokens


async def _renewed(house: House, linking: Linking, link: Link, tokens: Tokens) -> Tokens | None:
    """The next pair, kept; None where somebody else is at it or the link has changed meanwhile."""
    now = house.clock.now()
    if not await house.store.write(lambda tx: tx.lease_link(link, now, now + LEASE)):
        return None
    try:
        fresh = await linking.oauth.renew(tokens)
    except (Rejected, CredentialRefused, NotPermitted):
        await _break(house, link)
        raise NoToken("link_refused") from None
    except (NotConfigured, ContentstackError) as error:
        await house.store.write(lambda tx: tx.release_link(link))
        if isinstance(error, NotConfigured):
            raise NoToken("app_refused") from None
        raise
    return fresh if await _keep(house, linking, link, fresh) else None


async def _keep(house: House, linking: Linking, link: Link, tokens: Tokens) -> bool:
    sealed = linking.vault.seal(tokens.dumps(), about(link.binding, link.slack_user))
    kept = replace(link, sealed=sealed, scopes=tokens.scopes, expires_at=tokens.expires_at)
    return await house.store.write(lambda tx: tx.renew_link(kept))


async def _break(house: House, link: Link) -> None:
    """Say in store, audit and Slack that the link proves nothing any more."""
    now, kind = house.clock.now(), EventKind.UNLINKED

    def write(tx: Transaction) -> bool:
        broken = tx.break_link(link)
        if broken:
            data = {"why": "not_renewed", "account": tx.account(link.binding, link.slack_user)}
            tx.append(Event(kind, link.binding, actor=link.person, data=data), now)
        return broken

    if await house.store.write(write):
        await house.notifier.tell(link.slack_user, "link_broken")
