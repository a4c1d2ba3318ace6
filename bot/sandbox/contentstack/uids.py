"""Opaque identifiers from a seeded generator: two sandboxes with one seed agree on them (CS §1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(slots=True)
class Uids:
    """Makes uids and tokens. Deterministic per seed: nothing here guards anything real."""

    random: Random

    def blt(self) -> str:
        """`blt` and 16 hex digits, as organizations, users, roles, shares and stacks have."""
        return f"blt{self.random.getrandbits(64):016x}"

    def object_id(self) -> str:
        """24 hex digits, as teams have."""
        return f"{self.random.getrandbits(96):024x}"

    def token(self) -> str:
        """40 hex digits for acceptance, reset, OAuth and session tokens."""
        return f"{self.random.getrandbits(160):040x}"

    def digits(self) -> str:
        """Six digits for a one-time code by SMS."""
        return f"{self.random.randrange(1_000_000):06d}"
