"""What `doctor` says of the policy: which it is, and rules that too few people could agree to."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.contentstack import snapshot
from bot.doctor.policy import check_policy
from bot.domain.members import Known, Member, Status
from bot.manifest import read_manifest
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.seed import TEAM
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.service.house import binding_key
from bot.settings import Settings
from bot.store.database import open_store
from tests.slack.shapes import directory

TWO = 'schema = 1\n[[rule]]\nname = "two"\napprovals = 2\n'


@dataclass
class Place:
    """Settings that point at a simulated workspace."""

    settings: Settings

    async def says(self, team: str = TEAM) -> list[tuple[str, str]]:
        """How each finding stands, and its sentence."""
        return [(one.finding.value, one.sentence) for one in await check_policy(self.settings, team)]

    async def read_members(self) -> None:
        """The bot has read its member list: Ada and the owner are admins with an account in Slack."""
        known = directory()
        admins = (
            Member("s1", "u1", seed.OWNER, (), Status.ACCEPTED, is_owner=True, admin=Known.YES),
            Member("s2", "u2", seed.ADA, ("role_admin",), Status.ACCEPTED, admin=Known.YES),
        )
        document = snapshot.dumps(replace(known, members=admins))
        clock, data = SystemClock(), self.settings.rollcall_data_dir
        store = await open_store(data, clock=clock, entropy=secrets.token_bytes)
        key = binding_key(TEAM, seed.ORG_UID)
        await store.write(lambda tx: tx.save_snapshot(key, document, clock.now()))
        await store.close()


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    monkeypatch.chdir(tmp_path)
    slack = WorkspaceSandbox(read_manifest(), rate_scale=None)
    policy = tmp_path / "policy.toml"
    policy.write_text(TWO, "utf-8")
    async with slack.serve():
        yield Place(
            Settings(
                SLACK_BOT_TOKEN=slack.bot_token,
                SLACK_APP_TOKEN="xapp-1",
                slack_api_url=slack.api_url,
                contentstack_region="na",
                contentstack_organization_uid=seed.ORG_UID,
                contentstack_authtoken=SecretStr("blt1"),
                rollcall_data_dir=tmp_path / "data",
                rollcall_policy=policy,
            )
        )


async def test_it_names_the_policy_and_waits_for_the_member_list(place: Place) -> None:
    """Which file, how many rules, its digest; before the first start nobody can be counted."""
    digest = place.settings.policy.digest[:12]
    named = ("well", f"{place.settings.rollcall_policy}: 1 rule, digest {digest}")
    unknown = ("note", "who could agree is known once the bot has read the member list")
    assert await place.says() == [named, unknown]
    assert await place.says(team="") == [named]


async def test_a_rule_that_too_few_could_agree_to_is_a_note(place: Place) -> None:
    """Two of two have to agree: whoever of them asks is missing."""
    await place.read_members()
    asks = "the rule two needs 2 agreements, and 2 people could give one"
    advice = "whoever of them asks is missing, so add admins who are in Slack, or change the rule"
    assert (await place.says())[1:] == [("note", f"{asks}: {advice}")]
