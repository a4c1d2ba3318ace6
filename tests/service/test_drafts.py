"""Drafts: each person has his own, and none outlives a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.actions import ActionKey
from bot.sandbox.contentstack import seed
from bot.service import drafts
from tests.service.stage import ADA, GRACE, Stage


async def test_a_draft_is_found_by_its_own_person_alone(stage: Stage) -> None:
    """Somebody else's id opens nothing."""
    draft = await stage.draft(ActionKey.UNLOCK, seed.PLUS)
    await drafts.save(stage.house, draft)
    assert await drafts.load(stage.house, draft.id, ADA) == draft
    assert await drafts.load(stage.house, draft.id, GRACE) is None


async def test_drafts_older_than_a_day_go_with_the_next_one(stage: Stage) -> None:
    """They name people and reasons; nobody goes on with them."""
    draft = await stage.draft(ActionKey.UNLOCK, seed.PLUS)
    old = replace(draft, id="old", saved_at=draft.saved_at - timedelta(hours=24, seconds=1))
    await drafts.save(stage.house, old)
    await drafts.save(stage.house, draft)
    assert await drafts.load(stage.house, "old", ADA) is None
    assert await drafts.load(stage.house, draft.id, ADA) == draft
