"""Who has to agree and whether they did: the rules as they are written down, tried out case by case.

Stages are taken in order. In a stage so many different people, or so many from each of its circles, nobody
counting for two. Whoever agrees counts for himself, or in the place of one who named him. After a time a
second set may agree instead. Clicks made at once may have come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, permutations, product
from typing import NamedTuple

from bot.domain.actions import ActionKey

Circle = frozenset[str] | str | None
"""Slack accounts by their names; a user group by its own; None is every owner or admin."""


@dataclass(frozen=True)
class Stage:
    """So many different people; with ``each`` so many from each circle."""

    needed: int
    circles: tuple[Circle, ...] = (None,)
    each: bool = False


@dataclass(frozen=True)
class Rule:
    """Who has to agree, and after how many seconds who else may do instead in any stage."""

    stages: tuple[Stage, ...] = ()
    after: float = 0.0
    second: Stage | None = None
    glass: float | None = None
    """Seconds of the hold after which an owner may do without all of it; None where he may not."""


DAY = 86_400.0
"""Seconds: how long a request may wait for agreement, and what was agreed to for its run."""


class Person(NamedTuple):
    """Somebody who had the right when he clicked, or in whose place somebody clicked."""

    login: str
    name: str
    groups: frozenset[str] = frozenset()


class Agreement(NamedTuple):
    """One click: those clicked at once have the same ``group``."""

    group: int
    at: float
    person: Person
    instead_of: tuple[Person, ...] = ()


class _Given(NamedTuple):
    person: Person
    late: bool
    """Whether it came when the second set could agree, too."""


class _Standing(NamedTuple):
    """How far it is: which stage is open since when, who agreed in it, who has been counted at all."""

    stage: int
    since: float
    given: tuple[_Given, ...]
    counted: frozenset[str]


Reading = Callable[[ActionKey, bool], Rule]
"""A policy as the judge reads it: what it asks for, of an action that makes, or does not make, an admin."""


def agreed(rule: Rule, clicks: Sequence[Agreement], asked_at: float = 0.0) -> bool:
    """Whether these clicks, in some order and each counted for somebody, satisfy every stage."""
    found = {_Standing(0, asked_at, (), frozenset())}
    for _, group in groupby(clicks, key=lambda click: click.group):
        several = list(group)
        found = {
            after
            for order in permutations(several)
            for before in found
            for after in _played(rule, before, order)
        }
    return any(one.stage == len(rule.stages) for one in found)


def would_do(rule: Rule, clicks: Sequence[Agreement], groups_of: Callable[[str], frozenset[str]]) -> bool:
    """Whether the same people, in the circles that they are in now, are enough for a rule that came later."""
    wanted = [slot for stage in rule.stages for slot in _slots(stage)]
    return any(
        all(
            _asked(slot, who._replace(groups=groups_of(who.login)))
            for slot, who in zip(wanted, order, strict=True)
        )
        for people in product(*((click.person, *click.instead_of) for click in clicks))
        for order in permutations(people, len(wanted))
        if len({who.name for who in order}) == len(wanted)
    )


def _slots(stage: Stage) -> list[Stage]:
    """A stage for each agreement that one asks for."""
    circles = [(circle,) for circle in stage.circles] if stage.each else [stage.circles]
    return [Stage(1, some) for some in circles for _ in range(stage.needed)]


def _played(rule: Rule, before: _Standing, clicks: Iterable[Agreement]) -> set[_Standing]:
    found = {before}
    for click in clicks:
        found = {after for one in found for after in _after(rule, one, click)}
    return found


def _after(rule: Rule, before: _Standing, click: Agreement) -> Iterator[_Standing]:
    """What one click may have come to: nothing, or counted for him, or for one whom he stands in for."""
    yield before
    if before.stage == len(rule.stages) or {click.person.login, click.person.name} & before.counted:
        return
    late = rule.second is not None and click.at - before.since >= rule.after
    stage = rule.stages[before.stage]
    for person in (click.person, *click.instead_of):
        if {person.login, person.name} & before.counted:
            continue
        asked = _asked(stage, person) or (late and rule.second is not None and _asked(rule.second, person))
        if asked:
            given = (*before.given, _Given(person, late))
            who = {click.person.login, click.person.name, person.login, person.name}
            yield _on(rule, before._replace(given=given, counted=before.counted | who), click.at)


def _on(rule: Rule, one: _Standing, at: float) -> _Standing:
    people = [given.person for given in one.given]
    instead = (
        any(given.late for given in one.given) and rule.second is not None and _full(rule.second, people)
    )
    if instead or _full(rule.stages[one.stage], people):
        return _Standing(one.stage + 1, at, (), one.counted)
    return one


def _asked(stage: Stage, person: Person) -> bool:
    return any(_within(circle, person) for circle in stage.circles)


def _within(circle: Circle, person: Person) -> bool:
    if isinstance(circle, str):
        return circle in person.groups
    return circle is None or person.login in circle


def _full(stage: Stage, people: Sequence[Person]) -> bool:
    """Whether so many different people have agreed: tried in every order, nobody counting for two."""
    asked = [person for person in people if _asked(stage, person)]
    if not stage.each:
        return len({person.name for person in asked}) >= stage.needed
    wanted = [circle for circle in stage.circles for _ in range(stage.needed)]
    return any(
        all(_within(circle, person) for circle, person in zip(wanted, order, strict=True))
        for order in permutations(asked, len(wanted))
    )
