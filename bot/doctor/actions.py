"""What each action can do here: from the settings, and from what the bot's calls taught it (design §5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from bot.contentstack.capabilities import Capabilities, learnt_of
from bot.domain.actions import OFFERED, ActionKey, Capability, Readiness
from bot.service.house import binding_key
from bot.settings import Settings
from bot.store.database import open_beside
from bot.store.errors import StoreError

Learnt = Mapping[ActionKey, tuple[Readiness, str, str]]


async def check_actions(settings: Settings, team: str) -> tuple[Capability, ...]:
    """The actions of the picker; ``team`` is the workspace's id, empty where Slack did not tell it."""
    binding = binding_key(team, settings.contentstack_organization_uid)
    templates = settings.templates
    learnt = await _learnt(settings.rollcall_data_dir, binding)
    known = Capabilities(templates, seen=learnt_of(learnt, templates))
    return tuple(known.capability(action) for action in OFFERED)


async def _learnt(data_dir: Path, binding: str) -> Learnt:
    """What earlier runs learnt; nothing where the bot was never started."""
    try:
        store = await open_beside(data_dir)
    except (StoreError, sqlite3.Error):
        return {}
    try:
        rows = await store.read(lambda tx: tx.capabilities(binding))
    except sqlite3.Error:  # a file without tables: `login` was here, the bot was not
        return {}
    finally:
        await store.close()
    return {action: (row.readiness, row.why, row.template) for action, row in rows.items()}
