"""The tables of a policy file, as pydantic types (docs/policy.md says what each key means)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.domain.actions import ActionKey
from bot.domain.circles import ORG_ADMINS, Circle, Mode, Named, SlackGroup, Stage
from bot.domain.hours import DAYS, MIDNIGHT, Hours
from bot.domain.identity import Identity
from bot.domain.verdict import MOST_PEOPLE, Wording

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"(\d{1,6})([smhd])")
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_LONGEST = timedelta(days=365)
_TEXT = 300


def _span(text: object) -> timedelta:
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError('write a time such as "30m", "4h" or "2d"')
    span = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if not timedelta() < span <= _LONGEST:
        raise ValueError("a time is more than nothing and at most a year")
    return span


def _minutes(text: object) -> int:
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else MIDNIGHT + 1
    if minutes > MIDNIGHT:
        raise ValueError('write a time of day such as "09:00"')
    return minutes


def _circle(text: str) -> str:
    kind, _, ident = text.partition(":")
    good = {"group": r"S[A-Z0-9]{2,}", "person": r"[UW][A-Z0-9]{2,}"}
    if text != "org_admins" and not (kind in good and re.fullmatch(good[kind], ident)):
        raise ValueError('a circle is "org_admins", "group:S…" or "person:U…", with the ids that Slack shows')
    return text


def _day(text: str) -> str:
    if text not in DAYS:
        raise ValueError(f"a day is one of {', '.join(DAYS)}")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError('a zone is a name such as "Europe/Berlin" or "UTC"') from None
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error:
        raise ValueError("this is not a regular expression") from None
    return text


SpanOfTime = Annotated[timedelta, BeforeValidator(_span)]
TimeOfDay = Annotated[int, BeforeValidator(_minutes)]
CircleText = Annotated[str, AfterValidator(_circle)]
Day = Annotated[str, AfterValidator(_day)]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST_PEOPLE)]


def circles(texts: tuple[str, ...]) -> tuple[Circle, ...]:
    """The circles that were written; all single people are one circle."""
    people = frozenset(text.removeprefix("person:") for text in texts if text.startswith("person:"))
    groups = (SlackGroup(text.removeprefix("group:")) for text in texts if text.startswith("group:"))
    everybody = (ORG_ADMINS,) if "org_admins" in texts else ()
    return (*everybody, *groups, *((Named(people),) if people else ()))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SpanTable(_Table):
    """How many: ``{ min = 1, max = 10 }``."""

    min: Count = 0
    max: Count | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise ValueError("max is smaller than min")
        return self


class HoursTable(_Table):
    """When: ``{ days = ["mon"], from = "09:00", to = "17:00", zone = "Europe/Berlin" }``."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)] = DAYS
    start: TimeOfDay = Field(default=0, alias="from")
    end: TimeOfDay = Field(default=MIDNIGHT, alias="to")
    zone: Annotated[str, AfterValidator(_zone)]

    def hours(self) -> Hours:
        """The hours that were written, their days in the order of the week."""
        return Hours(tuple(day for day in DAYS if day in self.days), self.start, self.end, self.zone)


class StageTable(_Table):
    """Who has to agree: ``{ needed = 2, of = ["group:S0SEC"], mode = "any" }``."""

    needed: Annotated[int, Field(strict=True, ge=1, le=20)] = 1
    of: Annotated[tuple[CircleText, ...], Field(min_length=1, max_length=20)] = ("org_admins",)
    mode: Mode = Mode.ANY

    def stage(self) -> Stage:
        """The stage that was written."""
        return Stage(self.needed, circles(self.of), self.mode)

    @model_validator(mode="after")
    def _enough(self) -> Self:
        people = {one for one in self.of if one.startswith("person:")}
        only_people = len(people) == len(set(self.of))
        if people and self.needed > len(people) and (only_people or self.mode is Mode.ALL):
            raise ValueError(f"it needs {self.needed} people and names {len(people)}")
        return self


def _stages(written: object) -> object:
    """A number alone is one stage of so many admins."""
    if isinstance(written, int) and not isinstance(written, bool):
        return ({"needed": written},) if written else ()
    return written


class EscalationTable(StageTable):
    """A second set after some time: ``{ after = "8h", needed = 1, of = ["person:U0BOSS"] }``."""

    after: SpanOfTime


class WordingTable(_Table):
    """What a text must look like: ``{ pattern = "OPS-[0-9]+", says = "a ticket such as OPS-123" }``."""

    pattern: Annotated[str, Field(min_length=1, max_length=_TEXT), AfterValidator(_pattern)]
    says: Annotated[str, Field(min_length=1, max_length=_TEXT)]

    def wording(self) -> Wording:
        """The wording that was written."""
        return Wording(self.pattern, self.says)


class RuleTable(_Table):
    """One ``[[rule]]``: conditions first, then what holds where they are met."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    why: Annotated[str, Field(max_length=_TEXT)] = ""
    actions: Annotated[frozenset[ActionKey], Field(min_length=1)] = frozenset(ActionKey)
    people: SpanTable = SpanTable()
    admins: SpanTable = SpanTable()
    makes_admin: Annotated[bool, Field(strict=True)] | None = None
    hours: HoursTable | None = None
    requesters: tuple[CircleText, ...] = ()
    deny: Annotated[bool, Field(strict=True)] = False
    approvals: Annotated[tuple[StageTable, ...], BeforeValidator(_stages), Field(max_length=10)] = ()
    approval_expiry: SpanOfTime = timedelta(days=1)
    execution_expiry: SpanOfTime = timedelta(days=1)
    reminder: SpanOfTime | None = None
    escalation: EscalationTable | None = None
    most_people: Annotated[int, Field(strict=True, ge=1, le=MOST_PEOPLE)] = MOST_PEOPLE
    drift_share: Annotated[float, Field(ge=0, le=1)] = 0.5
    identity: Identity | None = None
    break_glass: SpanOfTime | None = None
    reason: WordingTable | None = None
    ticket: WordingTable | None = None


class PolicyTable(_Table):
    """The whole file."""

    schema_version: Literal[1] = Field(alias="schema")
    rule: tuple[RuleTable, ...] = ()
