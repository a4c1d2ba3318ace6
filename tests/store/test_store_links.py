"""Links and attempts in the database: what is unique, and what compare-and-set lets through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.identity import Link
from bot.ports.links import Attempt, Step
from bot.ports.store import Transaction
from bot.store.database import SqliteStore
from tests.store.samples import NOON, later

ADA = Link(
    binding="acme",
    slack_user="U0ADA",
    user_uid="blt_ada",
    person="a" * 32,
    sealed=b"sealed 1",
    scopes=frozenset({"user:read", "organization.share:write"}),
    expires_at=later(3600),
    linked_at=NOON,
    proven_at=NOON,
)
ASKED = Attempt("f" * 64, "acme", "U0ADA", Step.ASKED, b"verifier", later(600))


async def _attempt(store: SqliteStore, *attempts: Attempt) -> None:
    def write(tx: Transaction) -> None:
        for attempt in attempts:
            tx.add_attempt(attempt)

    await store.write(write)


@pytest.fixture(autouse=True)
async def _linked(store: SqliteStore) -> None:
    assert await store.write(lambda tx: tx.save_link(ADA))


async def test_a_link_is_found_from_both_sides_and_in_its_binding_alone(store: SqliteStore) -> None:
    """Another organization's people have links of their own."""
    found = await store.read(
        lambda tx: [
            tx.link("acme", "U0ADA"),
            tx.link_of("acme", "blt_ada"),
            tx.link("other", "U0ADA"),
            tx.link_of("acme", "blt_ben"),
            *tx.links("acme"),
        ]
    )
    assert found == [ADA, ADA, None, None, ADA]


async def test_neither_side_is_linked_twice(store: SqliteStore) -> None:
    """Not a second Slack account to one user, not a second user to one Slack account."""
    thief, double = replace(ADA, slack_user="U0MAL"), replace(ADA, user_uid="blt_mal")
    taken = await store.write(lambda tx: [tx.save_link(thief), tx.save_link(double)])
    assert (taken, await store.read(lambda tx: tx.links("acme"))) == ([False, False], [ADA])


async def test_a_new_proof_replaces_the_tokens_and_mends_what_was_broken(store: SqliteStore) -> None:
    """The link is as old as it was; the version tells whoever still holds the old tokens."""
    anew = replace(ADA, sealed=b"sealed 2", linked_at=later(60), proven_at=later(60))
    await store.write(lambda tx: tx.break_link(ADA))
    assert await store.write(lambda tx: tx.save_link(anew))
    expected = replace(ADA, sealed=b"sealed 2", proven_at=later(60), version=3)
    assert await store.read(lambda tx: tx.link("acme", "U0ADA")) == expected


async def test_one_lease_at_a_time_until_it_ends(store: SqliteStore) -> None:
    """Whoever comes second waits; a lease that ran out is free again, and so is one that was given back."""
    taken = await store.write(
        lambda tx: [
            tx.lease_link(ADA, NOON, later(30)),
            tx.lease_link(ADA, later(29), later(59)),
            tx.lease_link(ADA, later(30), later(60)),
        ]
    )
    await store.write(lambda tx: tx.release_link(ADA))
    assert [*taken, await store.write(lambda tx: tx.lease_link(ADA, later(31), later(61)))] == [
        True,
        False,
        True,
        True,
    ]


async def test_tokens_are_replaced_once_a_version(store: SqliteStore) -> None:
    """The second of two who renewed the same version changes nothing."""
    first, second = replace(ADA, sealed=b"first"), replace(ADA, sealed=b"second")
    done = await store.write(
        lambda tx: [
            tx.renew_link(first),
            tx.renew_link(second),
            tx.break_link(ADA),
            tx.lease_link(ADA, NOON, NOON),
        ]
    )
    assert (done, await store.read(lambda tx: tx.link("acme", "U0ADA"))) == (
        [True, False, False, False],
        replace(first, version=2),
    )


async def test_a_broken_link_is_not_leased(store: SqliteStore) -> None:
    """Nobody tries again with a refresh token that was refused."""
    await store.write(lambda tx: tx.break_link(ADA))
    broken = await store.read(lambda tx: tx.link("acme", "U0ADA"))
    assert broken == replace(ADA, broken=True, version=2)
    assert not await store.write(lambda tx: tx.lease_link(replace(ADA, version=2), NOON, later(30)))


async def test_a_link_is_forgotten_once(store: SqliteStore) -> None:
    """And its tokens with it."""
    gone = await store.write(lambda tx: [tx.drop_link("acme", "U0ADA"), tx.drop_link("acme", "U0ADA")])
    assert (gone, await store.read(lambda tx: tx.links("acme"))) == ([True, False], [])


async def test_an_attempt_is_taken_once_and_at_its_step(store: SqliteStore) -> None:
    """A second callback with the same state finds nothing, and neither does another binding."""
    await _attempt(store, ASKED)
    taken = await store.write(
        lambda tx: [
            tx.take_attempt("acme", ASKED.hash, Step.ARRIVED),
            tx.take_attempt("other", ASKED.hash, Step.ASKED),
            tx.take_attempt("acme", ASKED.hash, Step.ASKED),
            tx.take_attempt("acme", ASKED.hash, Step.ASKED),
        ]
    )
    assert taken == [None, None, ASKED, None]


async def test_one_attempt_a_person_and_step(store: SqliteStore) -> None:
    """The address that was given out before leads nowhere any more."""
    later_one = replace(ASKED, hash="e" * 64)
    await _attempt(store, ASKED, later_one)
    found = await store.write(lambda tx: tx.take_attempt("acme", ASKED.hash, Step.ASKED))
    assert (found, await store.write(lambda tx: tx.take_attempt("acme", "e" * 64, Step.ASKED))) == (
        None,
        later_one,
    )


async def test_what_expired_is_taken_out(store: SqliteStore) -> None:
    """Whoever takes them out gives back the tokens that are in them."""
    fresh = replace(ASKED, hash="e" * 64, step=Step.ARRIVED, expires_at=later(1200))
    await _attempt(store, ASKED, fresh)
    dropped = await store.write(
        lambda tx: [*tx.drop_attempts("acme", later(601)), *tx.drop_attempts("acme", NOON)]
    )
    assert dropped == [ASKED]
