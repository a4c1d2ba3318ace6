"""Submitted forms: each person has his own, and none outlives a day."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.draft import SubmittedForm
from bot.service import drafts
from tests.service.stage import ADA, GRACE, Stage


async def test_a_form_is_found_by_its_own_person_alone(stage: Stage) -> None:
    """Somebody else's id opens nothing."""
    await drafts.save(stage.house, "form_1", ADA, '{"reason": "left"}')
    assert await drafts.load(stage.house, "form_1", ADA) == '{"reason": "left"}'
    assert await drafts.load(stage.house, "form_1", GRACE) is None


async def test_forms_older_than_a_day_go_with_the_next_one(stage: Stage) -> None:
    """They name people and reasons; nobody goes on with them."""
    yesterday = stage.house.clock.now() - timedelta(hours=24, seconds=1)
    old = SubmittedForm("old", stage.house.binding.key, ADA, "{}", yesterday)
    await stage.house.store.write(lambda tx: tx.save_form(old))
    assert await drafts.load(stage.house, "old", ADA) == "{}"
    await drafts.save(stage.house, "form_1", ADA, "[]")
    assert await drafts.load(stage.house, "old", ADA) is None
    assert await drafts.load(stage.house, "form_1", ADA) == "[]"
