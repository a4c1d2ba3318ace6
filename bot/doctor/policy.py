"""Which policy is in force, and whether enough people could agree to what it asks."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

from bot.contentstack import snapshot
from bot.doctor.report import Check, note, well
from bot.domain.members import Directory
from bot.ports.slack_people import SlackUnavailable
from bot.service.house import binding_key
from bot.service.quorum import thin_rules
from bot.settings import Settings
from bot.slack.client import build_client, open_session
from bot.slack.people import WorkspacePeople
from bot.store.database import open_beside
from bot.store.errors import StoreError
from bot.words.policy import thin, which

_SUBJECT = "policy"


async def check_policy(settings: Settings, team: str) -> list[Check]:
    """All of it; ``team`` is the workspace's id, empty where Slack did not tell it."""
    policy = settings.policy
    where = str(settings.rollcall_policy or "the built-in default")
    checks = [well(_SUBJECT, f"{where}: {which(len(policy.rules), policy.digest)}")]
    return [*checks, *[check async for check in _check_people(settings, team)]] if team else checks


async def _check_people(settings: Settings, team: str) -> AsyncIterator[Check]:
    """Over the member list as a running bot read it last."""
    directory = await _kept(settings.rollcall_data_dir, settings, team)
    if directory is None:
        yield note(_SUBJECT, "who could agree is known once the bot has read the member list")
        return
    async with open_session() as session:
        client = build_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
        try:
            found = await thin_rules(settings.policy, directory, WorkspacePeople(client, team))
        except SlackUnavailable:
            yield note(_SUBJECT, "Slack could not be asked who of the admins has an account")
            return
    for one in found:
        yield note(_SUBJECT, thin(one.rule, one.needed, one.people))


async def _kept(data_dir: Path, settings: Settings, team: str) -> Directory | None:
    try:
        store = await open_beside(data_dir)
    except (StoreError, sqlite3.Error):
        return None
    key = binding_key(team, settings.contentstack_organization_uid)
    try:
        kept = await store.read(lambda tx: tx.snapshot(key))
    except sqlite3.Error:  # a file without tables: `login` was here, the bot was not
        return None
    finally:
        await store.close()
    return snapshot.loads(kept) if kept else None
