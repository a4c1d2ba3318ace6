"""docs/security.md: each threat has its measure, a test that is there, and what remains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
THREATS = {
    "Stolen Slack account",
    "Account-linking phishing",
    "Malicious channel member",
    "Slack Connect",
    "Edited e-mail",
    "Two accounts of one person",
    "Editable user group",
    "Replayed requests",
    "Tampered database",
    "Restored database",
    "Leaked token",
    "Stolen database with bot token",
    "Hostile names and CSV cells",
}
_SECTION = re.compile(r"^### (.+)$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def sections() -> dict[str, str]:
    """Title -> text of every threat."""
    parts = _SECTION.split((ROOT / "docs" / "security.md").read_text("utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_threat_of_the_model_has_its_section() -> None:
    """None is left out, and none is made up."""
    assert set(sections()) == THREATS


@pytest.mark.parametrize("threat", sorted(THREATS))
def test_a_threat_has_measure_test_and_remainder(threat: str) -> None:
    """In this order; the tests that it names are there."""
    text = sections()[threat]
    assert re.findall(r"^- \*\*(\w+)\*\*:", text, re.MULTILINE) == ["Measure", "Tests", "Remains"]
    named = _TEST.findall(text)
    assert named
    assert [one for one in named if f"def {one[1]}(" not in (ROOT / one[0]).read_text("utf-8")] == []
