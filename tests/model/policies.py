"""Policies to play under: each as the code takes it, and as the judge reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain import circles
from bot.domain.actions import ActionKey
from bot.domain.circles import ORG_ADMINS, Escalation, Mode, Named, SlackGroup
from bot.domain.policy import Policy, When, built_in
from bot.domain.policy import Rule as PolicyRule
from bot.domain.verdict import Verdict
from tests.model.agreement import Reading, Rule, Stage
from tests.model.world import GROUP


@dataclass(frozen=True)
class Ruled:
    """One policy, twice."""

    policy: Policy
    reading: Reading


def _default(action: ActionKey, makes_admin: bool) -> Rule:
    """Removing people, and what makes an admin, need one other admin; the rest of what is here nobody."""
    return Rule((Stage(1),)) if action is ActionKey.REMOVE or makes_admin else Rule()


def _always(stages: Iterable[circles.Stage], rule: Rule, escalation: Escalation | None = None) -> Ruled:
    verdict = Verdict(rule="always", stages=tuple(stages), escalation=escalation)
    return Ruled(Policy((PolicyRule(When(), verdict),)), lambda *_: rule)


def _breakable(rule: Rule, *stages: circles.Stage) -> Ruled:
    hold = timedelta(seconds=rule.glass or 0)
    verdict = Verdict(rule="always", stages=stages, break_glass=hold)
    return Ruled(Policy((PolicyRule(When(), verdict),)), lambda *_: rule)


def _named(*names: str) -> Named:
    return Named(frozenset(f"U0{name.upper()}" for name in names))


_FIRST, _OTHERS = frozenset({"grace", "sid"}), frozenset({"ada", "olivia"})
_HOUR = timedelta(hours=1)

_BUILT_IN = Ruled(built_in(), _default)
POLICIES = (
    *(_BUILT_IN,) * 3,
    _always([circles.Stage(1)], Rule((Stage(1),))),
    _always([circles.Stage(2)], Rule((Stage(2),))),
    _always(
        [circles.Stage(1, (_named(*_FIRST),)), circles.Stage(1, (_named(*_OTHERS), SlackGroup(GROUP)))],
        Rule((Stage(1, (_FIRST,)), Stage(1, (_OTHERS, GROUP)))),
    ),
    _always(
        [circles.Stage(1, (_named(*_FIRST), SlackGroup(GROUP)), Mode.ALL)],
        Rule((Stage(1, (_FIRST, GROUP), each=True),)),
    ),
    _always(
        [circles.Stage(1, (SlackGroup(GROUP),)), circles.Stage(1, (ORG_ADMINS,))],
        Rule((Stage(1, (GROUP,)), Stage(1)), _HOUR.total_seconds(), Stage(1, (_OTHERS,))),
        Escalation(_HOUR, circles.Stage(1, (_named(*_OTHERS),))),
    ),
    _breakable(Rule((Stage(1, (GROUP,)),), glass=120.0), circles.Stage(1, (SlackGroup(GROUP),))),
)
