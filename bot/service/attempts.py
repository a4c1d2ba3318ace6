"""One attempt to link accounts: kept, taken once, thrown away with its tokens, and every no on record."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from bot.domain.audit import Event, EventKind
from bot.domain.linking import NotLinked, WhyNotLinked
from bot.ports.contentstack import ContentstackError
from bot.ports.links import Attempt, Step
from bot.ports.oauth import Tokens
from bot.ports.store import PersonData, Transaction
from bot.ports.vault import CannotOpen
from bot.service.house import House, Linking
from bot.service.tokens import about

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks for what nobody confirmed."""
PATIENCE = timedelta(minutes=10)
"""How long an address is good, and how long a page waits to be confirmed."""


async def keep(house: House, linking: Linking, slack_user: str, step: Step, secret: str, sealed: str) -> None:
    """Keep an attempt under the hash of its secret, with what it is about sealed."""
    hash_ = _hash(secret)
    attempt = Attempt(
        hash_,
        house.binding.key,
        slack_user,
        step,
        linking.vault.seal(sealed, about(house.binding.key, slack_user, hash_)),
        house.clock.now() + PATIENCE,
    )
    await house.store.write(lambda tx: tx.add_attempt(attempt))


async def take(house: House, secret: str, step: Step) -> Attempt | NotLinked:
    """Take an attempt out of the store by its secret: whatever comes of it, it is used up."""
    attempt = await house.store.write(lambda tx: tx.take_attempt(house.binding.key, _hash(secret), step))
    if attempt is None:
        return NotLinked(WhyNotLinked.UNKNOWN_STATE)
    if attempt.expires_at > house.clock.now():
        return attempt
    await _throw_away(house, attempt)
    return await refuse(house, attempt.slack_user, NotLinked(WhyNotLinked.EXPIRED))


def opened(linking: Linking, attempt: Attempt) -> str:
    """What was sealed in an attempt; raises CannotOpen."""
    return linking.vault.open(attempt.sealed, about(attempt.binding, attempt.slack_user, attempt.hash))


async def end_consent(house: House, linking: Linking, tokens: Tokens) -> None:
    """End what was given for nothing; not where a link of this user lives by the same consent."""
    if await house.store.read(lambda tx: tx.link_of(house.binding.key, tokens.user_uid)):
        return
    try:
        await linking.oauth.revoke(tokens)
    except ContentstackError:
        log.warning("tokens that were not kept could not be ended at Contentstack; they end by themselves")


async def sweep(house: House) -> None:
    """Throw away what nobody confirmed in time."""
    now = house.clock.now()
    for attempt in await house.store.write(lambda tx: tx.drop_attempts(house.binding.key, now)):
        await _throw_away(house, attempt)


async def keep_sweeping(house: House) -> None:
    """Do so every minute, until cancelled; what goes wrong is logged and tried again."""
    while True:
        try:
            await sweep(house)
        except Exception as error:  # noqa: BLE001  whatever it is, the next sweep must come
            log.warning("cannot throw attempts away yet: %s", type(error).__name__)
        await house.clock.sleep(EVERY)


async def _throw_away(house: House, attempt: Attempt) -> None:
    if house.linking is None or attempt.step is not Step.ARRIVED:
        return
    try:
        tokens = Tokens.loads(opened(house.linking, attempt))
    except CannotOpen:
        return
    await end_consent(house, house.linking, tokens)


async def refuse(house: House, slack_user: str, no: NotLinked) -> NotLinked:
    """Say no, with an audit row."""
    now, key = house.clock.now(), house.binding.key

    def note(tx: Transaction) -> None:
        whom = {"user": tx.pseudonym(key, PersonData(no.email))} if no.email else {}
        data = {"at": "connect", "why": no.why.value, **whom}
        tx.append(Event(EventKind.REFUSED, key, actor=tx.account(key, slack_user), data=data), now)

    await house.store.write(note)
    return no


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
