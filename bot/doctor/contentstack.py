"""Whether Contentstack lets Rollcall do its work: credential, region, rights, actions (CS §1, §5, §6)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager

from bot.clock import SystemClock
from bot.contentstack.client import Client, Credential, Limits
from bot.contentstack.pacing import Pacing
from bot.contentstack.reading import Reader
from bot.doctor.report import Check, broken, cut, note, well
from bot.domain.members import Organization
from bot.ports.contentstack import Account, ContentstackError, CredentialRefused, NotPermitted, Rejected
from bot.settings import Settings
from bot.terminal import printable

_PATIENCE = Limits(read_timeout=10.0, tries=2, patience=10.0)
_RENEW = "renew it with `python app.py login`"


async def check_contentstack(settings: Settings, elsewhere: Mapping[str, str]) -> list[Check]:
    """All of Contentstack. ``elsewhere`` are other regions' addresses, asked where the token is refused."""
    async with _reader(settings, settings.contentstack_url) as reader:
        try:
            account = await reader.account()
        except CredentialRefused as error:
            return [await _refused(settings, elsewhere, error)]
        except ContentstackError as error:
            return [broken("credential", _sentence(error))]
        checks = [
            well("credential", f"{account.kind} of {cut(account.email)} in the region {_region(settings)}")
        ]
        try:
            organization = await reader.organization()
        except (NotPermitted, Rejected) as error:
            return [*checks, broken("organization", _not_there(settings, error))]
        except ContentstackError as error:
            return [*checks, broken("organization", _sentence(error))]
    return [*checks, *_check_organization(organization, account), *_check_rates(organization, settings)]


@asynccontextmanager
async def _reader(settings: Settings, url: str) -> AsyncIterator[Reader]:
    clock = SystemClock()
    credential = Credential("authtoken", settings.contentstack_authtoken.get_secret_value())
    client = Client(
        url,
        settings.contentstack_organization_uid,
        credential,
        clock=clock,
        chance=random.SystemRandom().random,
        pacing=Pacing(clock, share=settings.rollcall_rate_share),
        limits=_PATIENCE,
    )
    try:
        yield Reader(client)
    finally:
        await client.close()


async def _refused(settings: Settings, elsewhere: Mapping[str, str], error: CredentialRefused) -> Check:
    """A token of another region is refused like an ended one, so ask there (CS §1.1)."""
    for region, url in elsewhere.items():
        async with _reader(settings, url) as reader:
            try:
                await reader.account()
            except ContentstackError:
                continue
        return broken("region", f"the token belongs to the region {region}: set CONTENTSTACK_REGION={region}")
    said = printable(error.detail)
    return broken("credential", f"the token is refused in the region {_region(settings)} ({said}); {_RENEW}")


def _region(settings: Settings) -> str:
    return f"{settings.contentstack_region} ({settings.contentstack_url})"


def _not_there(settings: Settings, error: ContentstackError) -> str:
    uid = settings.contentstack_organization_uid
    return (
        f"the account may not read the organization {uid} ({printable(error.detail)}): "
        "check CONTENTSTACK_ORGANIZATION_UID, and that the account is in it"
    )


def _check_organization(organization: Organization, account: Account) -> Iterator[Check]:
    yield well("organization", f"{printable(organization.name)} ({organization.uid})")
    if account.is_owner:
        yield well("own rights", "the account owns the organization")
    elif account.may_manage:
        yield well("own rights", "the account is an admin of the organization")
    else:
        yield broken(
            "own rights", "the account is neither owner nor admin: give it the role Admin, or use another"
        )
    sso = organization.sso
    if sso.strict:
        yield note(
            "single sign-on",
            "strict mode is on: reset e-mails help nobody who signs in through the provider, and the bot's "
            "own account must stay the owner's or on the list of User Email Whitelists",
        )
    if sso.role_mapping:
        yield note(
            "single sign-on",
            "role mapping is on: people whom the provider manages cannot be removed or given roles here",
        )


def _check_rates(organization: Organization, settings: Settings) -> Iterator[Check]:
    share = settings.rollcall_rate_share
    reads, writes = organization.reads_per_second, organization.writes_per_second
    yield well(
        "rate limits",
        f"the plan allows {reads} reads and {writes} writes a second; Rollcall takes at most "
        f"{reads * share:g} and {writes * share:g}",
    )


def _sentence(error: ContentstackError) -> str:
    return printable(error.detail) or type(error).__name__
