"""Who counts as linked: only a live link to the very user whom a fresh read finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.admission import NotAdmitted, Refused
from bot.domain.identity import Identity, Link
from bot.sandbox.contentstack import seed
from bot.service.admission import Admitted, admit
from tests.service.stage import ADA, MIA, Stage

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


@pytest.mark.parametrize("change", [{"user_uid": "blt_other"}, {"binding": "other"}])
async def test_a_link_of_other_accounts_is_none(stage: Stage, change: dict[str, str]) -> None:
    """To another user, or in another binding."""
    found = await known_as(stage, replace(link_of_ada(stage), **change))  # type: ignore[arg-type]
    assert found == (Identity.EMAIL, None, frozenset())


async def test_an_equal_e_mail_is_worth_nothing_where_somebody_else_is_linked(stage: Stage) -> None:
    """Mia puts Ada's address into her profile: Ada has proven that user to be hers, so Mia is refused."""
    await known_as(stage, link_of_ada(stage))
    stage.workspace.core.workspace.people[MIA].email = seed.ADA
    assert await admit(stage.house, MIA, at="test") == Refused(NotAdmitted.LINKED_ELSEWHERE)
    assert isinstance(await admit(stage.house, ADA, at="test"), Admitted)


async def test_the_link_of_a_deactivated_account_locks_nobody_out(stage: Stage) -> None:
    """Ada comes back with a new Slack account: known by e-mail until she connects; the old link is gone."""
    link = link_of_ada(stage)
    await known_as(stage, link)
    people = stage.workspace.core.workspace.people
    people[ADA].deleted, people[MIA].email = True, seed.ADA
    admitted = await admit(stage.house, MIA, at="test")
    assert isinstance(admitted, Admitted)
    rows = await stage.house.store.read(lambda tx: list(tx.rows()))
    assert (admitted.identity, [(row.event.kind.value, row.event.data["why"]) for row in rows]) == (
        Identity.EMAIL,
        [("unlinked", "account_deactivated")],
    )


async def test_where_slack_does_not_tell_of_the_other_account_it_is_a_no(stage: Stage) -> None:
    """Unknown is not deactivated."""
    await known_as(stage, link_of_ada(stage))
    del stage.workspace.core.workspace.people[ADA]
    stage.workspace.core.workspace.people[MIA].email = seed.ADA
    assert await admit(stage.house, MIA, at="test") == Refused(NotAdmitted.LINKED_ELSEWHERE)


async def test_a_broken_link_proves_nothing(stage: Stage) -> None:
    """He is known by e-mail again, until he connects anew."""
    link = link_of_ada(stage)
    await known_as(stage, link)
    await stage.house.store.write(lambda tx: tx.break_link(link))
    admitted = await admit(stage.house, ADA, at="test")
    assert isinstance(admitted, Admitted)
    assert (admitted.identity, admitted.proven_at) == (Identity.EMAIL, None)
