"""What every action answers: whom it touches, what changes, which calls, and how a call is settled."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from bot.domain.actions import ActionKey, Capability, FieldKind, Observes, Parameters
from bot.domain.calls import PlannedCall
from bot.domain.members import Access, Directory, Known, Member
from bot.domain.plan import Line, LineVerdict
from bot.domain.requests import FromTemplate, Target


@dataclass(frozen=True, slots=True)
class Scene:
    """What an action looks at when it judges one member."""

    directory: Directory
    parameters: Parameters
    capability: Capability


@dataclass(frozen=True, slots=True)
class Assessment:
    """What would become of one member: the verdict, and the access afterwards."""

    verdict: LineVerdict
    after: Access


@dataclass(frozen=True, slots=True)
class Work:
    """Lines whose turn has come, with the people behind their pseudonyms (line number -> target)."""

    lines: tuple[Line, ...]
    targets: Mapping[int, Target]
    parameters: Parameters
    capability: Capability


class Effect(StrEnum):
    """What re-reading says of a call's effect on one line."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    CANNOT_TELL = "cannot_tell"


class Action(ABC):
    """One kind of bulk operation. Stateless; knows neither Slack nor HTTP."""

    key: ClassVar[ActionKey]
    fields: ClassVar[tuple[FieldKind, ...]] = ()
    observes: ClassVar[Observes] = Observes.SHARE
    reads_back: ClassVar[bool] = False
    """Whether the effect can be seen by re-reading; otherwise 2xx means Accepted and no more."""

    makes_share: ClassVar[bool] = False
    """Whether the person has a new share afterwards, to be found by his e-mail."""

    scopes: ClassVar[frozenset[str] | None] = None
    """Scopes with which somebody's own token makes its calls; None where none is published (CS §1.6)."""

    @property
    def rereads(self) -> Observes:
        """What is read again just before a batch and just after it: its shares and the chosen stacks.

        All stacks are looked at once before the first batch; they cost two requests each.
        """
        return Observes.CHOSEN_STACKS if self.observes is Observes.CHOSEN_STACKS else Observes.SHARE

    @abstractmethod
    def assess(self, member: Member, before: Access, scene: Scene) -> Assessment:
        """Judge one member; invariants come later and may still block."""

    @abstractmethod
    def calls(self, work: Work) -> tuple[PlannedCall, ...]:
        """The calls for some lines, in the order in which they are made."""

    def effect(self, call: str, line: Line, now: Access) -> Effect:  # noqa: ARG002  the default needs none
        """Whether the named call's effect on a line shows in what was read just now."""
        return Effect.CANNOT_TELL


class TemplateAction(Action):
    """An action that changes nothing readable and that only an endpoint template can carry out."""

    def assess(self, member: Member, before: Access, scene: Scene) -> Assessment:
        """Run for everybody for whom nothing speaks against it."""
        return Assessment(self.judge(member, scene), before)

    @abstractmethod
    def judge(self, member: Member, scene: Scene) -> LineVerdict:
        """Whether this member is touched at all."""

    def calls(self, work: Work) -> tuple[PlannedCall, ...]:
        """As many people a call as the template says."""
        return template_calls(self.key, work)


def template_calls(key: ActionKey, work: Work) -> tuple[PlannedCall, ...]:
    """Calls through the action's endpoint template; never repeatable, since nothing can be re-read."""
    return tuple(
        PlannedCall(
            name=key.value,
            lines=tuple(line.number for line in group),
            request=FromTemplate(
                key,
                tuple(work.targets[line.number] for line in group),
                work.parameters.org_roles,
            ),
            repeatable=False,
        )
        for group in groups(work.lines, work.capability)
    )


def groups(lines: tuple[Line, ...], capability: Capability) -> tuple[tuple[Line, ...], ...]:
    """Lines by call. A template that was never seen to work starts with one person: the probe (CS §3.6.2)."""
    if not lines:
        return ()
    size = max(1, capability.batch)
    first = 1 if capability.via == "template" and capability.readiness != "ready" else size
    heads = (0, *range(first, len(lines), size))
    ends = (*heads[1:], len(lines))
    return tuple(lines[start:end] for start, end in zip(heads, ends, strict=True))


def only_through_sso(member: Member) -> bool:
    """Whether this member surely signs in through the identity provider and no other way (CS §3.1.5, §4.4).

    Most answers leave ``access_without_sso`` out where it is not set; whom the provider created is told by
    the stacks.
    """
    return member.without_sso is Known.NO or (
        member.idp_user is Known.YES and member.without_sso is not Known.YES
    )


def managed_elsewhere(member: Member, directory: Directory) -> bool:
    """Whether the identity provider owns this member's roles and membership (CS §4.4).

    With role mapping on, everybody but people known to sign in without SSO is the provider's; not
    knowing counts as being managed.
    """
    return directory.organization.sso.role_mapping and member.without_sso is not Known.YES
