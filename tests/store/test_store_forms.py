from __future__ import annotations

from dataclasses import replace

from bot.domain.draft import SubmittedForm
from bot.store.database import SqliteStore
from tests.store.samples import NOON, later

FORM = SubmittedForm("form_1", "acme", "U0ADA", '{"reason": "new team"}', NOON)


async def test_a_form_comes_back_as_it_was_saved(store: SqliteStore) -> None:
    """Every field."""
    await store.write(lambda tx: tx.save_form(FORM))
    assert await store.read(lambda tx: tx.form("form_1")) == FORM


async def test_saving_again_replaces_the_form(store: SqliteStore) -> None:
    """The last submission counts."""
    changed = replace(FORM, content="{}", saved_at=later(5))
    await store.write(lambda tx: tx.save_form(FORM))
    await store.write(lambda tx: tx.save_form(changed))
    assert await store.read(lambda tx: tx.form("form_1")) == changed


async def test_old_forms_are_dropped_and_counted(store: SqliteStore) -> None:
    """Only those saved before the given time go."""
    young = replace(FORM, id="form_2", saved_at=later(60))
    await store.write(lambda tx: tx.save_form(FORM))
    await store.write(lambda tx: tx.save_form(young))
    dropped = await store.write(lambda tx: tx.drop_forms(later(60)))
    left = await store.read(lambda tx: (tx.form("form_1"), tx.form("form_2")))
    assert (dropped, left) == (1, (None, young))
