"""How many must agree before a plan runs, by blast radius.

Until the policy file exists one built-in rule stands in for it: removing people, resetting a second
factor and anything that makes an admin need one other admin; the rest need nobody.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.domain.actions import ActionKey
from bot.domain.plan import Flag, Line, canonical

_NEED_ANOTHER_ADMIN = frozenset({ActionKey.REMOVE, ActionKey.MFA_RESET})

MOST_PEOPLE = 10_000
"""The built-in rule's own limit of one operation."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy asks of one plan, with the rule that decided and why."""

    approvals: int
    rule: str
    why: str


def judge(action: ActionKey, lines: tuple[Line, ...]) -> Verdict:
    """Apply the built-in rule to a plan."""
    if action in _NEED_ANOTHER_ADMIN:
        return Verdict(approvals=1, rule=f"built-in:{action}", why="action")
    if any(line.runs and Flag.BECOMES_ADMIN in line.flags for line in lines):
        return Verdict(approvals=1, rule="built-in:makes_admin", why="makes_admin")
    return Verdict(approvals=0, rule="built-in:others", why="harmless")


def most_people(allowed: int) -> int:
    """How many people one operation may have: the smaller of the setting and the policy's own limit."""
    return min(allowed, MOST_PEOPLE)


def policy_digest() -> str:
    """Digest of the rule in force, as sealed into every plan."""
    rule = {
        "built_in": 1,
        "another_admin": sorted(key.value for key in _NEED_ANOTHER_ADMIN),
        "makes_admin": 1,
        "most_people": MOST_PEOPLE,
    }
    return hashlib.sha256(canonical(rule)).hexdigest()
