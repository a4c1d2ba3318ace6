"""What an agreement counts for: which stage is open, whether this person counts in it, whether all is agreed.

Pure: who is in which circle is read at the click and handed in as `Claim`; what it counted for is kept with
the approval (`Weight`), so that nothing has to be read again to know where a request stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.circles import Mode, Stage
from bot.domain.operation import Actor, Approval, Weight
from bot.domain.verdict import Verdict

Circles = frozenset[int]
"""Numbers of the circles of one stage, from 0, that somebody is in."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom a click may count for: the person himself, or the one whose stand-in he is.

    ``circles`` has an entry per stage of the verdict; ``second`` is the same for the set that an escalation
    adds. Both are of the person it counts for, not of his stand-in.
    """

    actor: Actor
    circles: tuple[Circles, ...]
    second: Circles = frozenset()
    stands_in_for: Actor | None = None

    @property
    def counts_for(self) -> Actor:
        """In whose place it counts."""
        return self.stands_in_for or self.actor


class Uncounted(StrEnum):
    """Why somebody's agreement would count for nothing just now."""

    DECIDED = "decided"
    """He, or somebody in his place, has decided already."""
    NOT_ASKED = "not_asked"
    """He is in no circle of any stage."""
    LATER_STAGE = "later_stage"
    """He is asked once the stages before are agreed."""
    NOT_ESCALATED = "not_escalated"
    """He is asked if the others do not decide in time."""
    ENOUGH = "enough"
    """His circle has agreed as often as it has to; others are missing."""


@dataclass(frozen=True, slots=True)
class Counted:
    """In whose place a click counts, and for what."""

    weight: Weight
    stands_in_for: Actor | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage is."""

    stage: Stage
    agreed: int
    """How many of the agreements that it asks for it has."""
    done: bool
    """Agreed, by its own people or by those of the escalation."""


def open_stage(verdict: Verdict, approvals: Sequence[Approval]) -> int | None:
    """The number of the first stage that is not agreed; None where all are."""
    return next((number for number, one in enumerate(progress(verdict, approvals)) if not one.done), None)


def all_agreed(verdict: Verdict, approvals: Sequence[Approval]) -> bool:
    """Whether everybody has agreed who has to."""
    return open_stage(verdict, approvals) is None


def progress(verdict: Verdict, approvals: Sequence[Approval]) -> list[Progress]:
    """How far each stage is, in order."""
    return [_progress(verdict, number, _given(approvals, number)) for number in range(len(verdict.stages))]


def _given(approvals: Iterable[Approval], stage: int) -> list[Weight]:
    return [one.weight for one in approvals if one.approved and one.weight.stage == stage]


def _progress(verdict: Verdict, number: int, given: Sequence[Weight]) -> Progress:
    stage = verdict.stages[number]
    agreed = fills((stage,), [(one.circles,) for one in given])
    done = agreed == stage.approvals or _second_agreed(verdict, given)
    return Progress(stage, agreed, done)


def _second_agreed(verdict: Verdict, given: Sequence[Weight]) -> bool:
    """Whether the second set has agreed instead; time alone, without a click after it, agrees to nothing."""
    if verdict.escalation is None or not any(one.escalated for one in given):
        return False
    to = verdict.escalation.to
    return fills((to,), [(one.second,) for one in given]) == to.approvals


def could_agree(verdict: Verdict, people: Sequence[Claim]) -> bool:
    """Whether these people, each deciding once, could bring every stage to its end.

    Where there is a second set, each stage is looked at by itself: it may agree instead.
    """
    own = [one.circles for one in people]
    if fills(verdict.stages, own) == verdict.approvals:
        return True
    if verdict.escalation is None:
        return False
    to = verdict.escalation.to
    second = fills((to,), [(one.second,) for one in people]) == to.approvals
    return second or all(
        fills((stage,), [(circles[number],) for circles in own]) == stage.approvals
        for number, stage in enumerate(verdict.stages)
    )


def asked_since(approvals: Sequence[Approval], stage: int, asked_at: datetime) -> datetime:
    """Since when those of a stage could decide: since it was asked, or since the stage before was agreed."""
    before = [one.at for one in approvals if one.approved and one.weight.stage == stage - 1]
    return max([asked_at, *before])


def escalates_at(verdict: Verdict, approvals: Sequence[Approval], asked_at: datetime) -> datetime | None:
    """When the second set may decide on the open stage too; None where there is none, or nothing open."""
    stage = open_stage(verdict, approvals)
    if verdict.escalation is None or stage is None:
        return None
    return asked_since(approvals, stage, asked_at) + verdict.escalation.after


def agreeing(
    verdict: Verdict, approvals: Sequence[Approval], claims: Sequence[Claim], *, escalated: bool
) -> Counted | Uncounted:
    """What it counts for if this person agrees now; his own right comes first in ``claims``."""
    return _first(verdict, approvals, claims, escalated=escalated, adding=True)


def denying(
    verdict: Verdict, approvals: Sequence[Approval], claims: Sequence[Claim], *, escalated: bool
) -> Counted | Uncounted:
    """The same for a no, which everybody who is asked may say, also where his circle has agreed enough."""
    return _first(verdict, approvals, claims, escalated=escalated, adding=False)


def _first(
    verdict: Verdict,
    approvals: Sequence[Approval],
    claims: Sequence[Claim],
    *,
    escalated: bool,
    adding: bool,
) -> Counted | Uncounted:
    stage = open_stage(verdict, approvals)
    if stage is None or any(_decided(approvals, claim.actor) for claim in claims):
        return Uncounted.DECIDED
    why = Uncounted.NOT_ASKED
    for claim in claims:
        found = _count(verdict, approvals, claim, Weight(stage, escalated=escalated), adding=adding)
        if isinstance(found, Counted):
            return found
        why = max(why, found, key=list(Uncounted).index)
    return why


def _decided(approvals: Iterable[Approval], person: Actor) -> bool:
    """Whether somebody has decided, or somebody else in his place."""
    return any(
        person.same_person_as(other)
        for one in approvals
        for other in (one.actor, one.stands_in_for or one.actor)
    )


def _count(
    verdict: Verdict, approvals: Sequence[Approval], claim: Claim, weight: Weight, *, adding: bool
) -> Counted | Uncounted:
    if _decided(approvals, claim.counts_for):
        return Uncounted.NOT_ASKED
    weight = Weight(weight.stage, claim.circles[weight.stage], claim.second, weight.escalated)
    own, second = bool(weight.circles), bool(weight.second)
    if not own and not (second and weight.escalated):
        return _not_yet(claim, weight)
    if adding and not _adds(verdict, _given(approvals, weight.stage), weight):
        return Uncounted.ENOUGH
    return Counted(weight, claim.stands_in_for)


def _not_yet(claim: Claim, weight: Weight) -> Uncounted:
    if weight.second:
        return Uncounted.NOT_ESCALATED
    return Uncounted.LATER_STAGE if any(claim.circles[weight.stage + 1 :]) else Uncounted.NOT_ASKED


def _adds(verdict: Verdict, given: Sequence[Weight], weight: Weight) -> bool:
    """Whether one more such agreement brings the stage, or the second set's, any further."""
    stage = verdict.stages[weight.stage]
    before, after = [(one.circles,) for one in given], [(one.circles,) for one in [*given, weight]]
    if fills((stage,), after) > fills((stage,), before):
        return True
    if verdict.escalation is None or not weight.escalated:
        return False
    to = (verdict.escalation.to,)
    return fills(to, [(one.second,) for one in [*given, weight]]) > fills(
        to, [(one.second,) for one in given]
    )


# who fills what -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Slot:
    """One agreement that is asked for; ``circle`` is None where any circle of the stage will do."""

    stage: int
    circle: int | None

    def suits(self, person: Sequence[Circles]) -> bool:
        mine = person[self.stage]
        return bool(mine) if self.circle is None else self.circle in mine


def fills(stages: Sequence[Stage], people: Sequence[Sequence[Circles]]) -> int:
    """How many of the agreements that these stages ask for such people can give, each giving one at most.

    ``people`` has for each person the circles that he is in, an entry per stage. It is the largest matching
    of people and agreements, found one path at a time: there are few agreements, however many people.
    """
    slots = [slot for number, stage in enumerate(stages) for slot in _slots(number, stage)]
    holder: dict[int, int] = {}
    return sum(_place(number, slots, people, holder, set()) for number in range(len(slots)))


def _slots(number: int, stage: Stage) -> list[_Slot]:
    circles = range(len(stage.of)) if stage.mode is Mode.ALL else (None,)
    return [_Slot(number, circle) for circle in circles for _ in range(stage.needed)]


def _place(
    slot: int,
    slots: Sequence[_Slot],
    people: Sequence[Sequence[Circles]],
    holder: dict[int, int],
    tried: set[int],
) -> bool:
    """Give this slot to somebody, moving others where that makes room; ``holder`` is person -> slot."""
    for person, circles in enumerate(people):
        if person in tried or not slots[slot].suits(circles):
            continue
        tried.add(person)
        if person not in holder or _place(holder[person], slots, people, holder, tried):
            holder[person] = slot
            return True
    return False
