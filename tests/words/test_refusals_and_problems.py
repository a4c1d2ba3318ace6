"""One sentence for every refusal and every problem, and none of them breaks Slack's limits."""

from __future__ import annotations

import pytest

from bot.domain.admission import NotAdmitted, Refused
from bot.domain.problems import Problem, Trouble
from bot.words import problems
from bot.words.refusals import refusal


@pytest.mark.parametrize("why", NotAdmitted)
def test_every_refusal_has_one_sentence(why: NotAdmitted) -> None:
    """A full stop at its end, nothing left to fill in."""
    said = refusal(Refused(why, "users:read"))
    assert said.endswith(".")
    assert "{" not in said
    assert len(said) <= 300


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("detail", ["", "{about} <!channel>"])
def test_every_problem_has_one_sentence(trouble: Trouble, detail: str) -> None:
    """With and without a detail from outside."""
    said = problems.sentence(Problem(trouble, detail=detail))
    assert said.endswith((".", ". "))
    assert len(said) <= 400


def test_a_detail_stands_in_its_sentence() -> None:
    """A channel's name, a missing scope, an action's reason."""
    scope = problems.sentence(Problem(Trouble.MISSING_SCOPE, detail="groups:read"))
    who = refusal(Refused(NotAdmitted.MISSING_SCOPE, "users:read"))
    assert [
        problems.sentence(Problem(Trouble.CHANNEL_WITHOUT_BOT, detail="general")),
        scope.partition(",")[0],
        who.partition(":")[0],
    ] == [
        "Rollcall is not in this channel (general): invite it with /invite, or choose another one.",
        "Rollcall's Slack app lacks a permission (groups:read)",
        "Rollcall's Slack app lacks a permission that it needs to know who you are (users",
    ]


def test_addresses_in_banners_are_all_named() -> None:
    """Unknown, ambiguous, no address, too many."""
    assert [
        problems.unknown_emails(["a@example.com", "b@example.com"]),
        problems.ambiguous_emails(["a@example.com"]),
        problems.not_addresses(["@ada"]),
        problems.left_out(10, ["k@example.com"]),
    ] == [
        "Nobody in the organization has: a@example.com and b@example.com. Check the spelling.",
        "More than one member has: a@example.com. Choose the right one by typing.",
        "Not an e-mail address, so left out: @ada.",
        "At most 10 people at a time: the first 10 are chosen, left out: k@example.com.",
    ]
