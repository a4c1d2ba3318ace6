"""What `doctor` says of how people are known."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.doctor.identity import check_identity
from bot.domain.identity import Link
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.service.house import binding_key
from bot.service.tokens import about
from bot.settings import Settings
from bot.store.database import open_store
from bot.vault import Keyring, make_key, read_keys

TEAM = "T0SANDBOX"
OLD, NEW = make_key(secrets.token_bytes), make_key(secrets.token_bytes)


@dataclass
class Set:
    """Settings with linked accounts, and the simulated Contentstack that they point at."""

    contentstack: ContentstackSandbox
    settings: Settings

    async def says(self, **changes: object) -> list[tuple[str, str, str]]:
        """Subject, how it stands, and the sentence."""
        found = await check_identity(self.settings.model_copy(update=changes), TEAM)
        return [(one.subject, one.finding.value, one.sentence) for one in found]

    async def link(self, key: str, slack_user: str = "U0ADA", *, broken: bool = False) -> None:
        """Keep a link whose tokens this key has sealed."""
        binding, clock = binding_key(TEAM, seed.ORG_UID), SystemClock()
        sealed = Keyring(read_keys(key), secrets.token_bytes).seal("tokens", about(binding, slack_user))
        now = clock.now()
        link = Link(binding, slack_user, f"blt_{slack_user}", "a" * 32, sealed, frozenset(), now, now, now)
        directory = self.settings.rollcall_data_dir
        store = await open_store(directory, clock=clock, entropy=secrets.token_bytes)
        await store.write(lambda tx: tx.save_link(link))
        if broken:
            await store.write(lambda tx: tx.break_link(replace(link, version=1)))
        await store.close()


@pytest.fixture
async def connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Set]:
    """Linked accounts are set up, and nobody has linked any."""
    monkeypatch.chdir(tmp_path)
    contentstack = ContentstackSandbox(members=60)
    async with contentstack.serve() as url:
        settings = Settings(
            SLACK_BOT_TOKEN="xoxb-1",
            SLACK_APP_TOKEN="xapp-1",
            contentstack_region="na",
            contentstack_api_url=url,
            contentstack_organization_uid=seed.ORG_UID,
            contentstack_authtoken=SecretStr(seed.BOT_AUTHTOKEN),
            contentstack_oauth_app_uid=seed.APP_UID,
            contentstack_oauth_client_id=seed.CLIENT_ID,
            contentstack_oauth_client_secret=SecretStr(seed.CLIENT_SECRET),
            rollcall_public_url="https://rollcall.example.com",
            rollcall_encryption_keys=SecretStr(f"{NEW},{OLD}"),
            rollcall_data_dir=tmp_path / "data",
        )
        yield Set(contentstack, settings)


WELL = [
    (
        "linked accounts",
        "well",
        "the app's redirect URL must be https://rollcall.example.com/oauth/callback",
    ),
    ("OAuth app", "well", "Contentstack knows it"),
]


async def test_what_is_set_up_says_which_redirect_url_the_app_needs(connect: Set) -> None:
    """Nothing else is asked before anybody is linked."""
    assert await connect.says() == WELL


async def test_e_mail_alone_is_a_standing_warning(connect: Set) -> None:
    """It is no fault, and it is said each time."""
    ((subject, finding, sentence),) = await connect.says(rollcall_public_url="")
    assert (subject, finding) == ("identity", "note")
    assert sentence.startswith("people are known by their e-mail address alone: whoever can change")


async def test_an_address_of_this_machine_is_for_trying_out(connect: Set) -> None:
    """Any other address without https is refused by the settings."""
    (address, _) = await connect.says(rollcall_public_url="http://127.0.0.1:8080")
    assert (address[1], "on this machine alone and not encrypted" in address[2]) == ("note", True)


async def test_an_app_that_contentstack_does_not_know_is_broken(connect: Set) -> None:
    """Nobody could connect."""
    (_, app) = await connect.says(contentstack_oauth_client_id="another")
    assert (app[1], app[2].startswith("Contentstack does not accept it")) == ("broken", True)


async def test_contentstack_out_of_order_is_no_finding_about_the_app(connect: Set) -> None:
    """It could not be asked."""
    connect.contentstack.faults.add(Fault(0, Kind.BAD_GATEWAY, "POST", "/apps-api/token"))
    (_, app) = await connect.says()
    assert app == ("OAuth app", "note", "Contentstack could not be asked about it (OutcomeUnknown)")


async def test_it_says_whether_older_keys_are_needed(connect: Set) -> None:
    """When none is, they can go."""
    await connect.link(OLD, broken=True)
    await connect.link(NEW, "U0GRACE")
    told = (
        "2 links can be decrypted, 1 are broken until their owners connect again; 1 still need an older key"
    )
    assert await connect.says() == [*WELL, ("encryption keys", "well", told)]
    await connect.link(NEW)
    told = "2 links can be decrypted; no older key is needed"
    assert await connect.says() == [*WELL, ("encryption keys", "well", told)]


async def test_a_key_that_is_missing_is_broken(connect: Set) -> None:
    """It says for how many."""
    await connect.link(OLD)
    await connect.link(NEW, "U0GRACE")
    (*_, keys) = await connect.says(rollcall_encryption_keys=SecretStr(NEW))
    assert (keys[1], keys[2].startswith("1 of 2 links cannot be decrypted")) == ("broken", True)
