"""The policy, a sentence a case: which rule decides, and what it asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.actions import ActionKey
from bot.domain.circles import ORG_ADMINS, Mode, Named, SlackGroup, Stage
from bot.domain.hours import DAYS, Hours
from bot.domain.identity import Identity
from bot.domain.policy import (
    NO_RULE,
    Miss,
    Policy,
    Requester,
    Rule,
    Span,
    Tickets,
    When,
    built_in,
    judge,
    most_people,
    tickets,
    weigh,
)
from bot.domain.verdict import Denied, Verdict, Wording
from tests.domain.people import AT
from tests.domain.policies import request

OFFICE = Hours(DAYS[:5], 9 * 60, 17 * 60, "Europe/Berlin")
NIGHT = Hours(("fri",), 22 * 60, 6 * 60, "UTC")


@pytest.mark.parametrize(
    ("asked", "rule", "approvals"),
    [
        ({}, "few-and-harmless", 0),
        ({"people": 10}, "few-and-harmless", 0),
        ({"people": 11}, "many", 1),
        ({"action": ActionKey.REMOVE}, "remove-or-reset-mfa", 1),
        ({"action": ActionKey.MFA_RESET}, "remove-or-reset-mfa", 1),
        ({"action": ActionKey.ORG_ROLE}, "few-and-harmless", 0),
        ({"action": ActionKey.ORG_ROLE, "makes_admin": True}, "makes-an-admin", 1),
        ({"action": ActionKey.REINVITE, "makes_admin": True}, "makes-an-admin", 1),
        ({"action": ActionKey.KILL_SESSIONS, "admins": 3}, "few-and-harmless", 0),
    ],
    ids=[
        "one person is unlocked: nobody has to agree",
        "ten people are few",
        "eleven people are many",
        "who removes needs another admin",
        "who resets a second factor needs another admin",
        "another role for one person is harmless",
        "who makes an admin needs another admin",
        "who invites an admin again needs another admin",
        "admins among the people change nothing by default",
    ],
)
def test_the_default_policy(asked: dict[str, Any], rule: str, approvals: int) -> None:
    """Few and harmless need nobody; remove, MFA reset, new admins and more than 10 people one other admin."""
    verdict = judge(built_in(), request(**asked))
    assert (verdict.rule, verdict.approvals, verdict.denied) == (rule, approvals, None)


@pytest.mark.parametrize(
    ("when", "asked", "misses"),
    [
        (When(), {}, ()),
        (When(actions=frozenset({ActionKey.REMOVE})), {}, (Miss.ACTION,)),
        (When(people=Span(2, 5)), {"people": 1}, (Miss.PEOPLE,)),
        (When(people=Span(2, 5)), {"people": 2}, ()),
        (When(people=Span(2, 5)), {"people": 5}, ()),
        (When(people=Span(2, 5)), {"people": 6}, (Miss.PEOPLE,)),
        (When(admins=Span(1)), {"admins": 0}, (Miss.ADMINS,)),
        (When(admins=Span(0, 0)), {"admins": 1}, (Miss.ADMINS,)),
        (When(makes_admin=False), {"makes_admin": True}, (Miss.MAKES_ADMIN,)),
        (When(hours=OFFICE), {"at": datetime(2026, 11, 23, 8, tzinfo=UTC)}, ()),
        (When(hours=OFFICE), {"at": datetime(2026, 11, 23, 7, 59, tzinfo=UTC)}, (Miss.HOURS,)),
        (When(hours=OFFICE), {"at": datetime(2026, 11, 23, 16, tzinfo=UTC)}, (Miss.HOURS,)),
        (When(hours=OFFICE), {"at": datetime(2026, 7, 20, 7, tzinfo=UTC)}, ()),
        (When(hours=OFFICE), {"at": datetime(2026, 11, 22, 12, tzinfo=UTC)}, (Miss.HOURS,)),
        (When(hours=NIGHT), {"at": datetime(2026, 11, 27, 22, tzinfo=UTC)}, ()),
        (When(hours=NIGHT), {"at": datetime(2026, 11, 28, 5, 59, tzinfo=UTC)}, ()),
        (When(hours=NIGHT), {"at": datetime(2026, 11, 28, 6, tzinfo=UTC)}, (Miss.HOURS,)),
        (When(hours=NIGHT), {"at": datetime(2026, 11, 28, 22, tzinfo=UTC)}, (Miss.HOURS,)),
        (When(requesters=(Named(frozenset({"U0BOB"})),)), {}, (Miss.REQUESTER,)),
        (When(requesters=(Named(frozenset({"U0BOB"})), Named(frozenset({"U0ADA"})))), {}, ()),
        (When(requesters=(SlackGroup("S1"),)), {}, (Miss.REQUESTER,)),
        (When(requesters=(SlackGroup("S1"),)), {"requester": Requester("U1", groups=frozenset({"S1"}))}, ()),
        (When(requesters=(ORG_ADMINS,)), {}, ()),
        (
            When(people=Span(2), admins=Span(1), makes_admin=True),
            {},
            (Miss.PEOPLE, Miss.ADMINS, Miss.MAKES_ADMIN),
        ),
    ],
    ids=[
        "a rule without conditions fits always",
        "another action",
        "fewer people than the least",
        "as many as the least",
        "as many as the most",
        "more people than the most",
        "no admin among them where one has to be",
        "an admin among them where none may be",
        "somebody becomes an admin where nobody may",
        "office hours begin at nine in Berlin, which is eight in UTC in winter",
        "a minute before they begin they have not begun",
        "at the end they are over",
        "in summer nine in Berlin is seven in UTC",
        "Sunday is no weekday",
        "a night begins on its day",
        "and lasts into the next one",
        "until its end",
        "and does not begin on the next day",
        "somebody who is not named",
        "named in one of two circles",
        "not in the group, or nobody could tell",
        "in the group",
        "every admin",
        "all that misses is told",
    ],
)
def test_when_a_rule_fits(when: When, asked: dict[str, Any], misses: tuple[Miss, ...]) -> None:
    """Every condition has to hold; each that does not is told."""
    assert tuple(when.misses(request(**asked))) == misses


def _rule(name: str, when: When, **says: Any) -> Rule:
    return Rule(when, Verdict(rule=name, **says))


def test_the_first_rule_that_fits_decides_and_the_earlier_ones_say_why_not() -> None:
    """A later rule that fits as well says nothing."""
    policy = Policy(
        (
            _rule("large", When(people=Span(20))),
            _rule("office", When(hours=OFFICE), stages=(Stage(2),)),
            _rule("rest", When(), denied=Denied.BY_RULE),
        )
    )
    judged = weigh(policy, request(at=AT))
    assert judged.verdict == Verdict(rule="office", stages=(Stage(2),), hours=(OFFICE,))
    assert judged.passed_over == {"large": (Miss.PEOPLE,)}
    assert judge(policy, request(at=AT + timedelta(hours=9))).denied is Denied.BY_RULE


def test_no_rule_means_no() -> None:
    """Also where there is no rule at all."""
    assert judge(Policy(()), request()) == NO_RULE
    assert judge(Policy((_rule("large", When(people=Span(20))),)), request()) == NO_RULE


def test_most_people_is_the_smaller_of_the_setting_and_what_the_rules_let_through() -> None:
    """Per action where it is known; what is denied altogether is denied for its own reason."""
    policy = Policy(
        (
            _rule("remove", When(actions=frozenset({ActionKey.REMOVE}), people=Span(1, 5))),
            _rule("unlock", When(actions=frozenset({ActionKey.UNLOCK})), most_people=50),
            _rule("rest", When(), denied=Denied.BY_RULE),
        )
    )
    assert most_people(policy, 500) == 50
    assert most_people(policy, 20) == 20
    assert most_people(policy, 500, ActionKey.REMOVE) == 5
    assert most_people(policy, 500, ActionKey.MFA_RESET) == 500


def test_what_a_ticket_may_have_to_look_like() -> None:
    """All that the rules of an action say of it; needed in any case where each of them asks for one."""
    ops, incident = Wording("OPS-[0-9]+", "OPS-1"), Wording("INC[0-9]+", "INC1")
    removing = frozenset({ActionKey.REMOVE})
    policy = Policy(
        (
            _rule("night", When(actions=removing, hours=NIGHT), ticket=(incident,)),
            _rule("remove", When(actions=removing), ticket=(ops,)),
            _rule("many", When(people=Span(11)), ticket=(ops,)),
            _rule("rest", When(actions=frozenset(ActionKey) - removing)),
        )
    )
    assert tickets(policy, ActionKey.REMOVE) == Tickets((incident, ops), always=True)
    assert tickets(policy, ActionKey.UNLOCK) == Tickets((ops,))
    assert tickets(built_in(), ActionKey.REMOVE) == Tickets()


def test_the_digest_is_another_one_for_every_other_policy() -> None:
    """Also where only the identity that is needed differs."""
    assert built_in().digest == built_in().digest
    assert len({built_in().digest, built_in(Identity.LINKED).digest, Policy(()).digest}) == 3


def test_a_stage_of_all_circles_needs_people_from_each() -> None:
    """Two from each of two circles are four."""
    circles = (ORG_ADMINS, SlackGroup("S1"))
    assert (Stage(2, circles, Mode.ALL).approvals, Stage(2, circles).approvals) == (4, 2)
