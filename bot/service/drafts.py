"""Submitted forms, kept in the store and not in Slack's metadata, for the way back from the preview."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.draft import SubmittedForm
from bot.ports.store import Transaction
from bot.service.house import House

LIVES = timedelta(hours=24)
"""How long a form is kept: it holds whom somebody meant, and why."""


async def save(house: House, form_id: str, slack_user: str, content: str) -> None:
    """Keep a form under its own id, and drop all that are older than a day (design §7)."""
    now = house.clock.now()
    form = SubmittedForm(form_id, house.binding.key, slack_user, content, now)

    def keep(tx: Transaction) -> None:
        tx.drop_forms(now - LIVES)
        tx.save_form(form)

    await house.store.write(keep)


async def load(house: House, form_id: str, slack_user: str) -> str | None:
    """The content of this person's own form, or None where it died or is somebody else's."""
    form = await house.store.read(lambda tx: tx.form(form_id))
    if form is None or (form.binding, form.slack_user) != (house.binding.key, slack_user):
        return None
    return form.content
