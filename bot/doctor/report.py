"""What `doctor` found, and how it is printed. No secrets, and e-mails cut in the middle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from bot.domain.actions import Capability, Readiness


class Finding(StrEnum):
    """How something stands."""

    WELL = "well"
    NOTE = "note"
    BROKEN = "broken"


_MARKS = {Finding.WELL: "ok     ", Finding.NOTE: "note   ", Finding.BROKEN: "BROKEN "}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its subject, how it stands, and a sentence."""

    subject: str
    finding: Finding
    sentence: str


def well(subject: str, sentence: str) -> Check:
    """As it should be."""
    return Check(subject, Finding.WELL, sentence)


def note(subject: str, sentence: str) -> Check:
    """Worth knowing; nothing is broken."""
    return Check(subject, Finding.NOTE, sentence)


def broken(subject: str, sentence: str) -> Check:
    """Something that keeps Rollcall from working; the sentence says what to do."""
    return Check(subject, Finding.BROKEN, sentence)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found."""

    checks: tuple[Check, ...]
    actions: tuple[Capability, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether nothing is broken."""
        return all(check.finding is not Finding.BROKEN for check in self.checks)


def as_text(report: Report) -> str:
    """The report as lines for a terminal."""
    width = max((len(check.subject) for check in report.checks), default=0)
    lines = [f"{_MARKS[one.finding]} {one.subject:<{width}}  {one.sentence}" for one in report.checks]
    if report.actions:
        lines += ["", "Actions:", *_action_lines(report.actions)]
    wrong = sum(check.finding is Finding.BROKEN for check in report.checks)
    lines += ["", "Everything works." if report.healthy else f"{wrong} to mend."]
    return "\n".join(lines)


def _action_lines(actions: Sequence[Capability]) -> list[str]:
    width = max(len(readiness) for readiness in Readiness)
    return [f"  {one.action:<15} {one.readiness:<{width}}  {one.why}" for one in actions]


def as_json(report: Report) -> str:
    """The report as one JSON document: ``healthy``, ``checks`` and ``actions``."""
    document = {
        "healthy": report.healthy,
        "checks": [asdict(check) for check in report.checks],
        "actions": [asdict(action) for action in report.actions],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def cut(email: str) -> str:
    """An e-mail address that its owner recognizes and nobody else learns: ``a…n@example.com``."""
    name, at, domain = email.rpartition("@")
    if not at:
        return "…"
    return f"{name[:1]}…{name[-1:] if len(name) > 1 else ''}@{domain}"
