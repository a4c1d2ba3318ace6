"""Drafts: what the modal holds between two clicks, kept in the store and not in Slack's metadata."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.draft import Draft
from bot.ports.store import Transaction
from bot.service.house import House

LIVES = timedelta(hours=24)
"""How long a draft is kept: it holds whom somebody meant, and why."""


async def save(house: House, draft: Draft) -> None:
    """Keep a draft under its own id, and drop all that are older than a day (design §7)."""

    def keep(tx: Transaction) -> None:
        tx.drop_drafts(draft.saved_at - LIVES)
        tx.save_draft(draft)

    await house.store.write(keep)


async def load(house: House, draft_id: str, slack_user: str) -> Draft | None:
    """A draft of this person, or None where it died or is somebody else's."""
    draft = await house.store.read(lambda tx: tx.draft(draft_id))
    return draft if draft and draft.slack_user == slack_user and draft.binding == house.binding.key else None
