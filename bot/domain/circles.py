"""Who may decide, and how many of them: circles of people, and the stages that are taken in order.

A circle only narrows: whoever decides is also owner or admin of the organization, by a fresh read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, assert_never


@dataclass(frozen=True, slots=True)
class OrgAdmins:
    """Every owner and admin of the organization."""


@dataclass(frozen=True, slots=True)
class SlackGroup:
    """The members of a Slack user group, read at the click."""

    id: str


@dataclass(frozen=True, slots=True)
class Named:
    """These people, by their Slack ids."""

    slack_users: frozenset[str]


Circle = OrgAdmins | SlackGroup | Named

ORG_ADMINS = OrgAdmins()


class Mode(StrEnum):
    """How the circles of a stage are counted."""

    ANY = "any"
    """So many different people, each of whom is in at least one circle."""
    ALL = "all"
    """So many different people from each circle, nobody counting for two."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of an approval; the next one opens when it has what it needs."""

    needed: int
    of: tuple[Circle, ...] = (ORG_ADMINS,)
    mode: Mode = Mode.ANY

    @property
    def approvals(self) -> int:
        """How many people have to agree in it."""
        return self.needed * len(self.of) if self.mode is Mode.ALL else self.needed

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it."""
        return {
            "needed": self.needed,
            "of": [circle_document(circle) for circle in self.of],
            "mode": self.mode.value,
        }


@dataclass(frozen=True, slots=True)
class Escalation:
    """A second set of people who may decide once a request has waited so long."""

    after: timedelta
    to: Stage

    def document(self) -> dict[str, object]:
        """The value as canonical JSON holds it."""
        return {"after": seconds(self.after), "to": self.to.document()}


def within(circle: Circle, slack_user: str, groups: Mapping[str, frozenset[str]]) -> bool:
    """Whether an admin is in a circle; ``groups`` is group id -> members; one that is missing has none."""
    match circle:
        case OrgAdmins():
            return True
        case SlackGroup(group):
            return slack_user in groups.get(group, frozenset())
        case Named(people):
            return slack_user in people
        case _:
            assert_never(circle)


def inside(circle: Circle, wider: Circle) -> bool:
    """Whether everybody in one circle is surely in the other."""
    if isinstance(wider, OrgAdmins) or circle == wider:
        return True
    return isinstance(circle, Named) and isinstance(wider, Named) and circle.slack_users <= wider.slack_users


def groups_in(circles: tuple[Circle, ...]) -> frozenset[str]:
    """The Slack user groups that have to be read to tell who is in these circles."""
    return frozenset(circle.id for circle in circles if isinstance(circle, SlackGroup))


def circle_document(circle: Circle) -> dict[str, object]:
    """A circle as canonical JSON holds it."""
    match circle:
        case OrgAdmins():
            return {"circle": "org_admins"}
        case SlackGroup(group):
            return {"circle": "slack_group", "id": group}
        case Named(people):
            return {"circle": "people", "ids": sorted(people)}
        case _:
            assert_never(circle)


def parse_stage(document: Mapping[str, Any]) -> Stage:
    """The stage that wrote this document."""
    circles = tuple(_parse_circle(one) for one in document["of"])
    return Stage(document["needed"], circles, Mode(document["mode"]))


def parse_escalation(document: Mapping[str, Any]) -> Escalation:
    """The escalation that wrote this document."""
    return Escalation(timedelta(seconds=document["after"]), parse_stage(document["to"]))


def _parse_circle(document: Mapping[str, Any]) -> Circle:
    match document["circle"]:
        case "org_admins":
            return ORG_ADMINS
        case "slack_group":
            return SlackGroup(document["id"])
        case "people":
            return Named(frozenset(document["ids"]))
        case unknown:
            raise ValueError(f"not a circle: {unknown}")


def seconds(span: timedelta) -> int:
    """Whole seconds of a span of time."""
    return int(span.total_seconds())
