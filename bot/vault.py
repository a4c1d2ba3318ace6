"""Adapter of `bot.ports.vault`: AES-256-GCM with a list of keys, the first of which encrypts.

A sealed value is one byte of format, four that name the key, twelve of nonce, then the ciphertext with its
tag. What it is about is GCM's associated data: it is authenticated and not stored.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.ports.vault import CannotOpen

KEY_BYTES = 32
_FORMAT = b"\x01"
_NAME = slice(1, 5)
_NONCE = slice(5, 17)
_NONCE_BYTES = 12
_NO_KEYS = "not a list of keys"

Entropy = Callable[[int], bytes]
"""Gives that many unpredictable bytes; ``secrets.token_bytes`` outside of tests."""


def make_key(entropy: Entropy) -> str:
    """A new key as it stands in ROLLCALL_ENCRYPTION_KEYS."""
    return base64.urlsafe_b64encode(entropy(KEY_BYTES)).decode()


def read_keys(text: str) -> tuple[bytes, ...]:
    """The keys of ROLLCALL_ENCRYPTION_KEYS, parted by commas or blanks; ValueError for what is no key."""
    keys = tuple(_key(part) for part in text.replace(",", " ").split())
    if not keys or len(set(keys)) < len(keys):
        raise ValueError(_NO_KEYS)
    return keys


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError:  # binascii's and the one for what is not ASCII
        raise ValueError(_NO_KEYS) from None
    if len(key) != KEY_BYTES:
        raise ValueError(_NO_KEYS)
    return key


class Keyring:
    """`bot.ports.vault.Vault` over keys in memory."""

    def __init__(self, keys: Sequence[bytes], entropy: Entropy) -> None:
        self._ciphers = {_name(key): AESGCM(key) for key in keys}
        self._first = _name(keys[0])
        self._entropy = entropy

    def seal(self, secret: str, about: str) -> bytes:
        """Encrypt with the first key."""
        nonce = self._entropy(_NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, secret.encode(), about.encode())
        return _FORMAT + self._first + nonce + sealed

    def open(self, sealed: bytes, about: str) -> str:
        """Decrypt with whichever key it was sealed with; raises CannotOpen."""
        cipher = self._ciphers.get(sealed[_NAME])
        if cipher is None or sealed[:1] != _FORMAT:
            raise CannotOpen
        try:
            return cipher.decrypt(sealed[_NONCE], sealed[_NONCE.stop :], about.encode()).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen from None

    def stale(self, sealed: bytes) -> bool:
        """Whether another key than the first sealed it."""
        return sealed[_NAME] != self._first


def _name(key: bytes) -> bytes:
    """What tells keys apart without telling anything of them."""
    return hashlib.sha256(b"rollcall key" + key).digest()[:4]
