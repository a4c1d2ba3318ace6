"""What a policy must not say, though every single key of it is well written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.circles import Circle, OrgAdmins, inside
from bot.domain.policy import Rule, Span, When


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A fault of one rule (counted from 0), at one of its keys."""

    rule: int
    key: str
    why: str


def contradictions(rules: Sequence[Rule]) -> Iterator[Contradiction]:
    """Every contradiction, in the order of the rules."""
    for number, rule in enumerate(rules):
        yield from _unreachable(rules[:number], rule)
        yield from (Contradiction(number, key, why) for key, why in _within(rule))


def _unreachable(earlier: Sequence[Rule], rule: Rule) -> Iterator[Contradiction]:
    number = len(earlier)
    if any(one.name == rule.name for one in earlier):
        yield Contradiction(number, "name", f'another rule is called "{rule.name}" already')
        return
    cover = next((one for one in earlier if _covers(one.when, rule.when)), None)
    if cover is not None:
        why = f'it can never decide: whatever it is about, "{cover.name}" has decided before'
        yield Contradiction(number, "name", why)


def _within(rule: Rule) -> Iterator[tuple[str, str]]:
    says = rule.says
    for key, span in (("reminder", says.reminder), ("escalation", says.escalation and says.escalation.after)):
        if span and not says.stages:
            yield key, f"there is no approval that a {key} could be about"
        elif span and span >= says.approval_expiry:
            yield key, f"the {key} would come when the request has expired already"
    if says.break_glass and not says.stages:
        yield "break_glass", "there is no approval that it could go without"
    if says.denied and says.stages:
        yield "deny", "what is denied cannot be approved: leave out approvals"
    if rule.when.people.most is not None and rule.when.admins.least > rule.when.people.most:
        yield "admins", "there cannot be more admins among the people than people"


def _covers(wide: When, narrow: When) -> bool:
    """Whether every request that fits ``narrow`` surely fits ``wide``."""
    return (
        wide.actions >= narrow.actions
        and _around(wide.people, narrow.people)
        and _around(wide.admins, narrow.admins)
        and wide.makes_admin in {None, narrow.makes_admin}
        and (wide.hours is None or wide.hours == narrow.hours)
        and _holds_all(wide.requesters, narrow.requesters)
    )


def _around(wide: Span, narrow: Span) -> bool:
    ends_later = wide.most is None or (narrow.most is not None and wide.most >= narrow.most)
    return wide.least <= narrow.least and ends_later


def _holds_all(wide: Sequence[Circle], narrow: Sequence[Circle]) -> bool:
    if not wide or any(isinstance(circle, OrgAdmins) for circle in wide):
        return True
    return bool(narrow) and all(any(inside(one, circle) for circle in wide) for one in narrow)
