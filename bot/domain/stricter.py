"""The stricter of two verdicts on one plan: what satisfies it satisfies both (design §4, at the run)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from bot.domain.circles import Escalation, Mode, Stage, inside
from bot.domain.hours import Hours
from bot.domain.identity import Identity
from bot.domain.plan import canonical
from bot.domain.verdict import Verdict, Wording

T = TypeVar("T")


def stricter(one: Verdict, other: Verdict) -> Verdict:
    """A verdict that asks for everything that either asks for, and never for fewer approvals."""
    first, second = sorted((one, other), key=_weight)
    if first.denied:
        return first
    return Verdict(
        rule=first.rule,
        why=first.why,
        stages=_both(first.stages, second.stages),
        approval_expiry=min(first.approval_expiry, second.approval_expiry),
        execution_expiry=min(first.execution_expiry, second.execution_expiry),
        reminder=_shorter(first.reminder, second.reminder),
        escalation=_narrower(first.escalation, second.escalation),
        most_people=min(first.most_people, second.most_people),
        drift_share=min(first.drift_share, second.drift_share),
        identity=Identity.LINKED if Identity.LINKED in {first.identity, second.identity} else first.identity,
        break_glass=_longer(first.break_glass, second.break_glass),
        hours=_union(first.hours, second.hours, _hours_key),
        reason=_union(first.reason, second.reason, _wording_key),
        ticket=_union(first.ticket, second.ticket, _wording_key),
    )


def _weight(verdict: Verdict) -> tuple[bool, int, bytes]:
    """What denies comes first, then what asks for more approvals; ties are settled by what it says."""
    return (verdict.denied is None, -verdict.approvals, canonical(verdict.document()))


def _both(more: tuple[Stage, ...], fewer: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Stages that satisfy both: those of one where they cover the other's, else all of them.

    Of two ways to ask for the same it is always the same one, whatever else the verdicts say.
    """
    if covers(more, fewer):
        alike = covers(fewer, more) and _approvals(more) == _approvals(fewer)
        return min(more, fewer, key=_stages_key) if alike else more
    return fewer if covers(fewer, more) else more + fewer


def _approvals(stages: tuple[Stage, ...]) -> int:
    return sum(stage.approvals for stage in stages)


def _stages_key(stages: tuple[Stage, ...]) -> bytes:
    return canonical([stage.document() for stage in stages])


def covers(these: tuple[Stage, ...], those: tuple[Stage, ...]) -> bool:
    """Whether whoever agreed to all of ``these`` has surely agreed to all of ``those`` as well."""
    left = iter(these)
    return all(any(_implies(mine, asked) for mine in left) for asked in those)


def _implies(mine: Stage, asked: Stage) -> bool:
    if mine == asked:
        return True
    if asked.mode is Mode.ALL and len(asked.of) > 1:
        return mine.mode is Mode.ALL and mine.needed >= asked.needed and set(asked.of) <= set(mine.of)
    counting = [circle for circle in mine.of if any(inside(circle, wider) for wider in asked.of)]
    if mine.mode is Mode.ALL:
        return mine.needed * len(counting) >= asked.needed
    return len(counting) == len(mine.of) and mine.needed >= asked.needed


def _narrower(one: Escalation | None, other: Escalation | None) -> Escalation | None:
    """An escalation lets more people decide, so only what both allow is left of it."""
    if one is None or other is None:
        return None
    narrower = [mine for mine, wider in ((one.to, other.to), (other.to, one.to)) if _implies(mine, wider)]
    to = min(narrower, key=lambda stage: _stages_key((stage,)), default=None)
    return Escalation(max(one.after, other.after), to) if to else None


def _shorter(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return min((span for span in (one, other) if span), default=None)


def _longer(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    """A break-glass that one of them forbids is forbidden; else its hold is the longer one."""
    return max(one, other) if one and other else None


def _union(one: tuple[T, ...], other: tuple[T, ...], key: Callable[[T], bytes]) -> tuple[T, ...]:
    return one if one == other else tuple(sorted({*one, *other}, key=key))


def _hours_key(hours: Hours) -> bytes:
    return canonical(hours.document())


def _wording_key(wording: Wording) -> bytes:
    return canonical(wording.document())
