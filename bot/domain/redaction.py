"""What is left of somebody whose personal data was deleted (design §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

REDACTED = "(redacted)"
"""What stands where a text or an account stood."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Whose data was deleted in one binding: pseudonyms, and ids of the operations whose texts went too."""

    people: Sequence[str] = ()
    operations: Sequence[str] = ()
