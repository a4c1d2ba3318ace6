from __future__ import annotations

import hashlib
import hmac

from bot.ports.store import PersonData
from bot.store.database import SqliteStore

FIRST_SALT = (1).to_bytes(32, "big")


async def test_a_pseudonym_is_an_hmac_under_the_persons_own_salt(store: SqliteStore) -> None:
    """The key is the first 32 hex characters of HMAC-SHA256(salt, case-folded e-mail)."""
    key = await store.write(lambda tx: tx.pseudonym("acme", PersonData("Ada@Example.com", "Ada")))
    assert key == hmac.new(FIRST_SALT, b"ada@example.com", hashlib.sha256).hexdigest()[:32]


async def test_the_same_person_keeps_the_same_pseudonym(store: SqliteStore) -> None:
    """Neither case, nor blanks, nor a new name make another person; the newest spelling is what calls use."""
    first = await store.write(lambda tx: tx.pseudonym("acme", PersonData("ada@example.com", "Ada")))
    again = await store.write(lambda tx: tx.pseudonym("acme", PersonData(" ADA@example.com ", "Ada B.")))
    people = await store.read(lambda tx: tx.people([first]))
    assert (again, people) == (first, {first: PersonData("ADA@example.com", "Ada B.")})


async def test_a_name_that_is_not_known_any_more_is_kept(store: SqliteStore) -> None:
    """An empty name is no news."""
    key = await store.write(lambda tx: tx.pseudonym("acme", PersonData("ada@example.com", "Ada")))
    await store.write(lambda tx: tx.pseudonym("acme", PersonData("ada@example.com")))
    assert await store.read(lambda tx: tx.people([key])) == {key: PersonData("ada@example.com", "Ada")}


async def test_another_binding_gives_another_pseudonym(store: SqliteStore) -> None:
    """Nobody can be followed from one organization to another."""
    data = PersonData("ada@example.com")
    keys = await store.write(lambda tx: {tx.pseudonym("acme", data), tx.pseudonym("umbra", data)})
    assert len(keys) == 2


async def test_unknown_pseudonyms_are_missing(store: SqliteStore) -> None:
    """A key without a person says nothing."""
    assert await store.read(lambda tx: tx.people(["f" * 32])) == {}
