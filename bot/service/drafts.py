"""Drafts: what the modal holds between two clicks, kept in the store and not in Slack's metadata."""

from __future__ import annotations

from bot.domain.draft import Draft
from bot.service.house import House


async def save(house: House, draft: Draft) -> None:
    """Keep a draft under its own id."""
    await house.store.write(lambda tx: tx.save_draft(draft))


async def load(house: House, draft_id: str, slack_user: str) -> Draft | None:
    """A draft of this person, or None where it died or is somebody else's."""
    draft = await house.store.read(lambda tx: tx.draft(draft_id))
    return draft if draft and draft.slack_user == slack_user and draft.binding == house.binding.key else None
