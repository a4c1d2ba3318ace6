"""The vault: what it seals, and everything that it does not open."""

from __future__ import annotations

import secrets

import pytest

from bot.ports.vault import CannotOpen
from bot.vault import KEY_BYTES, Keyring, make_key, read_keys

ONE, TWO = bytes(range(32)), bytes(range(32, 64))


def keyring(*keys: bytes) -> Keyring:
    return Keyring(keys, secrets.token_bytes)


def test_what_was_sealed_is_opened_again_and_nothing_of_it_shows() -> None:
    """Twice the same secret gives two values, and neither holds it."""
    vault = keyring(ONE)
    first, second = vault.seal("a token", "ada"), vault.seal("a token", "ada")
    assert (vault.open(first, "ada"), vault.open(second, "ada")) == ("a token", "a token")
    assert first != second
    assert b"a token" not in first


@pytest.mark.parametrize("place", [0, 1, 5, 17, -1])
def test_a_changed_byte_is_not_opened(place: int) -> None:
    """Format, key's name, nonce, text and tag are all checked."""
    sealed = bytearray(keyring(ONE).seal("a token", "ada"))
    sealed[place] ^= 1
    with pytest.raises(CannotOpen):
        keyring(ONE).open(bytes(sealed), "ada")


def test_a_row_copied_to_somebody_else_is_not_opened() -> None:
    """Whoever can write to the database cannot act with another's token."""
    sealed = keyring(ONE).seal("a token", "ada")
    with pytest.raises(CannotOpen):
        keyring(ONE).open(sealed, "grace")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01abcd", b"plain text that is longer than a header"])
def test_what_was_never_sealed_is_not_opened(sealed: bytes) -> None:
    """Short and foreign values are refused like forged ones."""
    with pytest.raises(CannotOpen):
        keyring(ONE).open(sealed, "ada")


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    """A new key goes in front; the old one stays until everything was sealed again."""
    old = keyring(ONE).seal("a token", "ada")
    rotated = keyring(TWO, ONE)
    new = rotated.seal(rotated.open(old, "ada"), "ada")
    assert (rotated.stale(old), rotated.stale(new)) == (True, False)
    assert keyring(TWO).open(new, "ada") == "a token"
    with pytest.raises(CannotOpen):
        keyring(TWO).open(old, "ada")


def test_keys_are_read_as_they_are_made() -> None:
    """Parted by commas, blanks or lines."""
    made = [make_key(secrets.token_bytes) for _ in range(3)]
    keys = read_keys(f"{made[0]}, {made[1]}\n{made[2]}")
    assert ([len(key) for key in keys], len(set(keys))) == ([KEY_BYTES] * 3, 3)


@pytest.mark.parametrize("text", ["", " , ", "short", "ä" * 44, "A" * 43, "A" * 48])
def test_what_is_no_key_is_refused(text: str) -> None:
    """Too short, too long, no base64, or none at all."""
    with pytest.raises(ValueError, match=r"^not a list of keys$"):
        read_keys(text)


def test_a_key_twice_is_refused() -> None:
    """It would be a mistake of whoever rotates."""
    key = make_key(secrets.token_bytes)
    with pytest.raises(ValueError, match=r"^not a list of keys$"):
        read_keys(f"{key},{key}")
