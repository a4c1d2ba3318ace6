from __future__ import annotations

from dataclasses import replace

from bot.domain.actions import ActionKey, Parameters
from bot.domain.draft import Draft
from bot.store.database import SqliteStore
from tests.store.samples import NOON, later

DRAFT = Draft(
    id="draft_1",
    binding="acme",
    slack_user="U0ADA",
    action=ActionKey.STACK_ACCESS,
    people=("share_2", "share_1"),
    parameters=Parameters(org_roles=("b", "a"), stacks={"stack_1": ("viewer", "editor")}),
    reason="new team",
    channel="C0TEAM",
    saved_at=NOON,
)


async def test_a_draft_comes_back_as_it_was_saved(store: SqliteStore) -> None:
    """Every field, in the order of choosing."""
    await store.write(lambda tx: tx.save_draft(DRAFT))
    assert await store.read(lambda tx: tx.draft("draft_1")) == DRAFT


async def test_saving_again_replaces_the_draft(store: SqliteStore) -> None:
    """The last submission counts."""
    changed = replace(DRAFT, people=("share_3",), saved_at=later(5))
    await store.write(lambda tx: tx.save_draft(DRAFT))
    await store.write(lambda tx: tx.save_draft(changed))
    assert await store.read(lambda tx: tx.draft("draft_1")) == changed


async def test_old_drafts_are_dropped_and_counted(store: SqliteStore) -> None:
    """Only those saved before the given time go."""
    young = replace(DRAFT, id="draft_2", saved_at=later(60))
    await store.write(lambda tx: tx.save_draft(DRAFT))
    await store.write(lambda tx: tx.save_draft(young))
    dropped = await store.write(lambda tx: tx.drop_drafts(later(60)))
    left = await store.read(lambda tx: (tx.draft("draft_1"), tx.draft("draft_2")))
    assert (dropped, left) == (1, (None, young))
