"""Who counts as linked: only a live link to the very user whom a fresh read finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.identity import Identity, Link
from bot.sandbox.contentstack import seed
from bot.service.admission import Admitted, admit
from tests.service.stage import ADA, Stage

PROVEN = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
SCOPES = frozenset({"user:read"})


def link_of_ada(stage: Stage) -> Link:
    uid = stage.contentstack.state.accounts_by_email[seed.ADA].uid
    return Link("test", ADA, uid, "a" * 32, b"sealed", SCOPES, PROVEN, PROVEN, PROVEN)


async def known_as(stage: Stage, link: Link) -> tuple[Identity, datetime | None, frozenset[str]]:
    assert await stage.house.store.write(lambda tx: tx.save_link(link))
    admitted = await admit(stage.house, ADA, at="test")
    assert isinstance(admitted, Admitted)
    return admitted.identity, admitted.proven_at, admitted.scopes


async def test_a_live_link_is_the_strong_form(stage: Stage) -> None:
    """With the time of the proof, and what his own token may do."""
    assert await known_as(stage, link_of_ada(stage)) == (Identity.LINKED, PROVEN, SCOPES)


@pytest.mark.parametrize(
    "change", [{"user_uid": "blt_other"}, {"binding": "other"}, {"slack_user": "U0GRACE"}]
)
async def test_a_link_of_other_accounts_is_none(stage: Stage, change: dict[str, str]) -> None:
    """To another user, in another binding, of another Slack account."""
    found = await known_as(stage, replace(link_of_ada(stage), **change))  # type: ignore[arg-type]
    assert found == (Identity.EMAIL, None, frozenset())


async def test_a_broken_link_proves_nothing(stage: Stage) -> None:
    """He is known by e-mail again, until he connects anew."""
    link = link_of_ada(stage)
    await known_as(stage, link)
    await stage.house.store.write(lambda tx: tx.break_link(link))
    admitted = await admit(stage.house, ADA, at="test")
    assert isinstance(admitted, Admitted)
    assert (admitted.identity, admitted.proven_at) == (Identity.EMAIL, None)
