"""The request for approval, the held notice, the audit head, buttons and private sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.domain.circles import ORG_ADMINS, Escalation, Mode, Named, SlackGroup, Stage
from bot.domain.consequences import Consequences
from bot.domain.identity import Identity
from bot.domain.operation import Actor, BrokenGlass, State
from bot.domain.outcome import Done
from bot.domain.plan import Flag, Why, skip
from bot.domain.verdict import Verdict
from bot.slack.messages import approval, buttons, glass, head, held, private
from bot.slack.messages import operation as main
from bot.slack.messages import operation as message
from bot.words.approving import WARNING
from tests.slack.messages.samples import GRACE, HEAD, NOON, agreed, asking, line, operation, story, texts


def test_the_request_has_all_that_a_decision_needs() -> None:
    """Who, why, what it does and costs, the policy, flags and people, the plan's digest, two buttons."""
    asked = operation(
        [line(1, flags=(Flag.ADMIN, Flag.RECENT_LOGIN)), line(2, verdict=skip(Why.ALREADY_SO))],
        State.AWAITING_APPROVAL,
        verdict=asking(2),
        approvals=(agreed(),),
        consequences=Consequences(people=1, admins=1, losing_stacks=1, stacks_lost=2),
        expires_at=NOON + timedelta(days=1),
    )
    built = approval.build(story(asked), names=True)
    assert texts(built.blocks) == (
        "Approval needed: Remove from organization: 1 person\n"
        "Asked by [@U0ADA] on [2026-03-04 12:00 UTC]\n"
        "Reason: left the company\n"
        "2 chosen: 1 to run, 1 skipped.\n"
        "Takes people out of the organization: they lose every stack at once, their Contentstack accounts "
        "stay, and a pending invitation is cancelled. Nobody can be put back by force: to return, a person "
        "has to accept a new invitation.\n"
        "Policy: 2 other admins have to agree. 1 of 2 so far. Why: this action always needs another admin.\n"
        "It expires on [2026-03-05 12:00 UTC] if it is not agreed to by then, and nothing is done.\n"
        f"⚠ {WARNING}\n"
        "Agreed: [@U0GRACE] on [2026-03-04 12:00 UTC]\n"
        "What it means\n"
        "1 person is an admin.\n"
        "1 person loses 2 stacks.\n"
        "1 person to run\n"
        "Person 1 (person1@example.com): admin, signed in during the last 14 days; leaves the organization; "
        "loses Member; loses 2 stacks: Docs and Marketing site\n"
        "<Approve><Approve with comment><Deny><Show all>"
        f"Plan {asked.digest[:12]} · op_1\n"
    )
    live = built.blocks[-2]["elements"]
    ids = [buttons.APPROVE_ID, buttons.AGREE_ID, buttons.DENY_ID, buttons.LINES_ID]
    assert [one["action_id"] for one in live] == ids
    shown = buttons.Pressed(operation="op_1", digest=asked.digest)
    assert {buttons.parse(one["value"]) for one in live} == {shown}


def test_a_ticket_stands_in_the_request_and_in_the_message_as_it_was_typed() -> None:
    """In text elements, which Slack reads nothing out of."""
    asked = operation([line(1)], State.AWAITING_APPROVAL, ticket="OPS-7 <!channel>")
    assert "Ticket: OPS-7 <!channel>\n" in texts(approval.build(story(asked), names=True).blocks)
    assert "Ticket: OPS-7 <!channel>\n" in texts(message.build(story(asked), names=True).blocks)


def test_after_the_decision_it_says_who_and_when_and_no_button_lives() -> None:
    """The message of a decided request keeps the request and the decision, and asks nothing."""
    decided = operation([line(1)], State.QUEUED, approvals=(agreed(comment="ok"),))
    built = approval.build(story(decided), names=True)
    shown = texts(built.blocks)
    assert shown.startswith("Remove from organization: 1 person\n")
    assert "Agreed: [@U0GRACE] on [2026-03-04 12:00 UTC]: ok\n" in shown
    assert "example.com" not in shown
    assert all(block["type"] != "actions" for block in built.blocks)


def test_what_the_policy_asks_stands_there_stage_by_stage() -> None:
    """Who, how many, any or all, who agreed at which stage and in whose place, and what is still to come."""
    stages = (
        Stage(2, (SlackGroup("S0SECURITY"), ORG_ADMINS)),
        Stage(1, (Named(frozenset({"U0OLGA"})), SlackGroup("S0LEGAL")), Mode.ALL),
    )
    later = Escalation(timedelta(hours=4), Stage(1, (Named(frozenset({"U0OLGA"})),)))
    asked = operation(
        [line(1)],
        State.AWAITING_APPROVAL,
        verdict=Verdict(rule="r", why="it is a lot", stages=stages, escalation=later),
        approvals=(agreed(comment="fine", stands_in_for=Actor("U0SUE", "user_sue")),),
        identity=Identity.LINKED,
    )
    shown = texts(approval.build(story(asked), names=True).blocks)
    assert (
        "Policy: 4 people have to agree, in 2 stages. Why: it is a lot.\n"
        "Stage 1 of 2: 2 of [group S0SECURITY], or the organization's owner and admins: 1 of 2 so far.\n"
        "Stage 2 of 2: 1 of each of these, nobody counting for two: [@U0OLGA], and [group S0LEGAL]: asked "
        "once the stage before is agreed.\n"
        "From [2026-03-04 16:01 UTC] on, these may agree instead: 1 of [@U0OLGA].\n"
        "Agreed: [@U0GRACE] in the place of [@U0SUE] on [2026-03-04 12:00 UTC] (stage 1): fine\n" in shown
    )
    told = replace(story(asked), told=frozenset({"escalation:0"}))
    assert (
        "Nobody had agreed in time, so since [2026-03-04 16:01 UTC] these may agree instead: 1 of "
        "[@U0OLGA].\n" in texts(approval.build(told, names=True).blocks)
    )


def test_the_outcome_stands_there_at_the_end() -> None:
    """Who decided, when, at which stage, and what came of it; no button lives."""
    asked = operation([line(1)], State.DONE, approvals=(agreed(),))
    built = approval.build(story(asked, {1: Done()}), names=True)
    assert texts(built.blocks).splitlines()[1] == "Done. 1 done."
    assert "Agreed: [@U0GRACE] on [2026-03-04 12:00 UTC]\n" in texts(built.blocks)
    assert all(block["type"] != "actions" for block in built.blocks)


def test_a_broken_glass_is_a_badge_on_every_message() -> None:
    """Who, why, until when; one button as long as it can be stopped."""
    broken = BrokenGlass(GRACE, "abuse <now>", NOON, NOON + timedelta(minutes=2))
    scheduled = operation([line(1)], State.SCHEDULED, glass=broken)
    badge = (
        "⚠ BREAK-GLASS. Without the approvals it needs, by [@U0GRACE] on [2026-03-04 12:00 UTC]: abuse "
        "<now>\n"
        "It starts on [2026-03-04 12:02 UTC], and until then any owner or admin can stop it.\n"
    )
    built = glass.build(story(scheduled))
    assert texts(built.blocks).startswith(
        f"BREAK-GLASS: Remove from organization: 1 person\n{badge}Scheduled\n"
    )
    assert [one["action_id"] for one in built.blocks[2]["elements"]] == [buttons.CANCEL_ID]
    assert built.text == (
        "BREAK-GLASS: Remove from organization: 1 person. Without the approvals it needs, by <@U0GRACE>: "
        "abuse &lt;now&gt;"
    )
    for other in (main.build(story(scheduled), names=True), approval.build(story(scheduled), names=True)):
        assert badge in texts(other.blocks)
    over = glass.build(story(operation([line(1)], State.DONE, glass=broken)))
    assert all(block["type"] != "actions" for block in over.blocks)


def test_a_glass_can_be_broken_only_where_the_policy_says_so() -> None:
    """Otherwise there is not even a button."""
    able = Verdict(rule="r", stages=(Stage(1),), break_glass=timedelta(minutes=2))
    asked = operation([line(1)], State.AWAITING_APPROVAL, verdict=able)
    built = approval.build(story(asked), names=True)
    assert [one["action_id"] for one in built.blocks[-2]["elements"]][-1] == buttons.GLASS_ID


def test_without_names_the_request_has_counts_only() -> None:
    """A public approvals channel names nobody."""
    asked = operation([line(1)], State.AWAITING_APPROVAL)
    assert "example.com" not in repr(approval.build(story(asked), names=False))


def test_a_plan_of_hundreds_says_how_many_more() -> None:
    """The first lines are shown, the rest is counted."""
    asked = operation([line(n) for n in range(1, 301)], State.AWAITING_APPROVAL)
    shown = texts(approval.build(story(asked), names=True).blocks)
    left = 300 - shown.count("@example.com")
    assert f"… and {left} more in the plan.\n" in shown


@pytest.mark.parametrize(
    "value",
    [
        "",
        "op_1",
        "{}",
        '{"operation": "op_1", "digest": "abc"}',
        '{"operation": "", "digest": "' + "a" * 64 + '"}',
    ],
)
def test_a_value_that_no_button_of_ours_has_is_refused(value: str) -> None:
    """Only an operation with a full digest counts."""
    with pytest.raises(ValidationError):
        buttons.parse(value)


def test_a_hold_is_told_with_its_reason_and_a_button_until_it_is_over() -> None:
    """The notice of a hold lets admins resume, and afterwards only tells how it went on."""
    stuck = story(operation([line(1)], State.HELD, held_reason="credential_refused", run=2))
    built = held.build(stuck, "held-2")
    assert texts(built.blocks).splitlines()[0] == "Held: Remove from organization: 1 person"
    assert "Contentstack no longer accepts Rollcall's credential." in texts(built.blocks)
    assert [block["type"] for block in built.blocks] == ["header", "rich_text", "actions", "context"]
    over = held.build(story(operation([line(1)], State.RUNNING, run=3)), "held-2")
    assert "It is now: running.\n" in texts(over.blocks)
    assert [block["type"] for block in over.blocks] == ["header", "rich_text", "context"]


def test_the_audit_head_is_whole() -> None:
    """Number and all 64 hex characters, in blocks and text alike."""
    built = head.build("op_1", HEAD)
    assert texts(built.blocks).splitlines()[0] == f"Audit head 41:{HEAD.hash}"
    assert built.text == f"Audit head 41:{HEAD.hash}"


def test_a_private_sentence_names_the_operation_it_is_about() -> None:
    """The operation's headline, then the sentence; alone where it is about none."""
    about = private.build(operation([line(1)]), "It is <held>.")
    assert texts(about.blocks) == "Remove from organization: 1 person\nIt is <held>.\n"
    assert about.text == "Remove from organization: 1 person. It is &lt;held&gt;."
    assert texts(private.build(None, "Hello.").blocks) == "Hello.\n"
    linked = private.build(None, "Hello.", "https://sandbox.example/p1")
    assert texts(linked.blocks) == "Hello.\nOpen the message\n"
