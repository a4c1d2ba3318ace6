"""The policy where it acts: before a plan is sealed, when a run starts, and as time goes by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.actions import ActionKey
from bot.domain.circles import Escalation, Named, SlackGroup, Stage
from bot.domain.hours import DAYS, Hours
from bot.domain.identity import Identity
from bot.domain.operation import Operation, State
from bot.domain.outcome import NotRun
from bot.domain.policy import Span, When
from bot.domain.problems import Field, Problem, Trouble
from bot.domain.verdict import Denied, Wording
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.sandbox.workspace.faults import Fault
from bot.service.decide import approve, confirm, resume
from bot.service.expiry import expire
from bot.service.propose import propose
from bot.service.retry import retry
from bot.service.seal import Proposal
from bot.service.undo import undo
from tests.service.approvers import OWNER, ahead, asked, group, hire, policy, refused
from tests.service.stage import ADA, GRACE
from tests.service.stage import Stage as House

REFUSED = {"error_message": "no", "error_code": 105}
CROWD = (seed.PLUS, seed.NON_ASCII)


async def sealed(stage: House, *emails: str, reason: str = "left", ticket: str = "") -> Operation | Problem:
    """What comes of asking to reset these people's passwords."""
    draft = await stage.draft(
        ActionKey.PASSWORD_RESET, *(emails or (seed.PLUS,)), reason=reason, ticket=ticket
    )
    found = await propose(stage.house, await stage.admitted(), draft)
    return found.operation if isinstance(found, Proposal) else found


async def told(stage: House) -> list[object]:
    return [why for _, why in await refused(stage)]


# before the seal ------------------------------------------------------------------------------------------


async def test_no_rule_means_no(stage: House) -> None:
    """Nothing is sealed, and the refusal is on record."""
    policy(stage, when=When(actions=frozenset({ActionKey.REMOVE})))
    assert await sealed(stage) == Problem(Trouble.NO_RULE_FITS)
    assert await told(stage) == ["no_rule_fits"]
    assert "proposed" not in await stage.audit()


async def test_a_rule_can_deny(stage: House) -> None:
    """In its author's words."""
    policy(stage, denied=Denied.BY_RULE)
    assert await sealed(stage) == Problem(Trouble.POLICY_DENIES, detail="the test wants it")


async def test_the_rule_that_decides_limits_the_people(stage: House) -> None:
    """The smaller of the setting's limit and the rule's."""
    policy(stage, most_people=1)
    assert await sealed(stage, *CROWD) == Problem(Trouble.TOO_MANY_PEOPLE, Field.PEOPLE, "1")
    assert isinstance(await sealed(stage), Operation)


async def test_whoever_is_known_by_e_mail_alone_is_asked_to_connect(stage: House) -> None:
    """Where the policy wants linked people."""
    policy(stage, identity=Identity.LINKED)
    assert await sealed(stage) == Problem(Trouble.CONNECT_FIRST)


async def test_reason_and_ticket_have_to_look_as_the_policy_says(stage: House) -> None:
    """Each is told at its field; the ticket stays with the operation."""
    looks = {
        "reason": (Wording(".{10,}", "at least 10 characters"),),
        "ticket": (Wording("OPS-[0-9]+", "a ticket such as OPS-123"),),
    }
    policy(stage, reason=looks["reason"], ticket=looks["ticket"])
    assert await sealed(stage) == Problem(Trouble.REASON_UNFIT, Field.REASON, "at least 10 characters")
    reason = "left the company"
    unfit = Problem(Trouble.TICKET_UNFIT, Field.TICKET, "a ticket such as OPS-123")
    assert await sealed(stage, reason=reason) == unfit
    assert await sealed(stage, reason=reason, ticket="OPS-12 and more") == unfit
    good = await sealed(stage, reason=reason, ticket=" OPS-12 ")
    assert isinstance(good, Operation)
    assert (await stage.load(good.id)).ticket == "OPS-12"


async def test_a_group_decides_who_may_ask_and_one_that_cannot_be_read_has_nobody(stage: House) -> None:
    """Read at the request, not remembered."""
    policy(stage, when=When(requesters=(group(stage, ADA),)))
    assert isinstance(await sealed(stage), Operation)
    stage.workspace.core.workspace.usergroups[-1].users.clear()
    assert await sealed(stage) == Problem(Trouble.NO_RULE_FITS)
    policy(stage, when=When(requesters=(SlackGroup("S0NOWHERE"),)))
    assert await sealed(stage) == Problem(Trouble.NO_RULE_FITS)


async def test_too_few_who_could_agree_is_a_denial_with_the_arithmetic(stage: House) -> None:
    """Not the requester, not who is in the plan, not who is no admin; with one more it is asked."""
    member = hire(stage, role=seed.MEMBER_ROLE)
    circle = {ADA, GRACE, member}
    policy(stage, Stage(2, (Named(frozenset(circle)),)))
    found = await sealed(stage)
    assert found == Problem(
        Trouble.TOO_FEW_DECIDERS,
        detail="2 people have to agree, and 1 person could (not you, nobody in the plan, only owners and "
        "admins whom the policy names)",
    )
    policy(stage, Stage(2, (Named(frozenset(circle | {hire(stage)})),)))
    assert isinstance(await sealed(stage), Operation)
    assert isinstance(await sealed(stage, seed.GRACE), Problem)


async def test_nobody_to_ask_is_no_reason_where_nobody_has_to_agree(stage: House) -> None:
    """And nobody is looked up for it."""
    policy(stage)
    assert isinstance(await sealed(stage, seed.GRACE), Operation)


async def test_who_cannot_be_looked_up_now_is_no_yes(stage: House) -> None:
    """Contentstack does not tell who is an admin: it is not asked, and nothing is sealed."""
    policy(stage, Stage(1, (Named(frozenset({GRACE})),)))
    draft, ada = await stage.draft(ActionKey.PASSWORD_RESET, seed.PLUS), await stage.admitted()
    stage.workspace.core.faults.waiting.append(Fault("down", "error", "users.info", times=None))
    assert await propose(stage.house, ada, draft) == Problem(Trouble.DECIDERS_UNKNOWN)


# when a run starts ----------------------------------------------------------------------------------------


async def queued(stage: House) -> Operation:
    found = await sealed(stage)
    assert isinstance(found, Operation)
    after = await confirm(stage.house, found.id, found.digest, ADA)
    if isinstance(after, Operation) and after.state is State.AWAITING_APPROVAL:
        after = await approve(stage.house, found.id, found.digest, GRACE)
    assert isinstance(after, Operation)
    return after


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({"denied": Denied.BY_RULE}, "policy_denies"),
        ({"identity": Identity.LINKED}, "policy_denies"),
        ({"stages": (Stage(2),)}, "policy_asks_more"),
        ({"stages": (Stage(1, (Named(frozenset({OWNER})),)),)}, "policy_asks_more"),
    ],
)
async def test_a_policy_that_became_stricter_holds_at_the_run(
    stage: House, now: dict[str, Any], why: str
) -> None:
    """Dismissed before anything was sent; everybody in the plan is told so."""
    policy(stage, Stage(1))
    operation = await queued(stage)
    stages = now.get("stages", (Stage(1),))
    policy(stage, *stages, **{key: value for key, value in now.items() if key != "stages"})
    ended = await stage.run(operation)
    assert (ended.state, ended.held_reason) == (State.DISMISSED, why)
    assert await stage.outcomes(ended) == [NotRun(why)]


async def test_a_policy_that_gives_less_time_now_is_the_one_that_counts(stage: House) -> None:
    """Agreed to an hour and a half ago, when it still had two; now it would have had one."""
    clock = ahead(stage)
    policy(stage, execution_expiry=timedelta(hours=2))
    operation = await queued(stage)
    clock.ahead = timedelta(minutes=90)
    policy(stage, execution_expiry=timedelta(hours=1))
    ended = await stage.run(operation)
    assert (ended.state, ended.held_reason) == (State.DISMISSED, "policy_too_old")


async def waits_for_slack(stage: House, operation: Operation) -> None:
    """Slack does not say who is in a group: the run is held, and goes on after Resume."""
    stage.workspace.core.faults.waiting.append(Fault("down", "error", "usergroups.users.list"))
    held = await stage.run(operation)
    assert (held.state, held.held_reason) == (State.HELD, "slack_down")
    again = await resume(stage.house, operation.id, GRACE)
    assert isinstance(again, Operation)
    assert (await stage.run(again)).state is State.DONE


async def test_a_group_that_slack_does_not_tell_of_now_is_no_reason_to_dismiss(stage: House) -> None:
    """Who may ask is not known just now: it waits, and Resume goes on once Slack says."""
    policy(stage, when=When(requesters=(group(stage, ADA),)))
    await waits_for_slack(stage, await queued(stage))


async def test_who_left_the_group_since_he_agreed_counts_no_more(stage: House) -> None:
    """Also where a policy that came later asks for nothing else; nothing was sent, and everybody is told."""
    security = group(stage, GRACE)
    policy(stage, Stage(1, (security,)))
    operation = await queued(stage)
    stage.workspace.core.workspace.usergroups[-1].users.clear()
    policy(stage, Stage(1, (security,)), reminder=timedelta(hours=1))
    ended = await stage.run(operation)
    assert (ended.state, ended.held_reason) == (State.DISMISSED, "approver_left")
    assert await stage.outcomes(ended) == [NotRun("approver_left")]


async def test_who_left_one_of_his_circles_counts_for_the_other(stage: House) -> None:
    """Grace is in the group no more, and is named still."""
    policy(stage, Stage(1, (group(stage, GRACE), Named(frozenset({GRACE})))))
    operation = await queued(stage)
    stage.workspace.core.workspace.usergroups[-1].users.clear()
    assert (await stage.run(operation)).state is State.DONE


async def test_a_second_set_that_agreed_counts_where_a_later_policy_has_none(
    stage: House,
) -> None:
    """Grace agreed as one of the second set; a policy that has none any more asks for the same stages."""
    clock, owner = ahead(stage), Stage(1, (Named(frozenset({OWNER})),))
    second = Escalation(timedelta(hours=1), Stage(1, (group(stage, GRACE),)))
    policy(stage, owner, escalation=second)
    operation = await asked(stage)
    clock.ahead = timedelta(minutes=61)
    agreed = await approve(stage.house, operation.id, operation.digest, GRACE)
    assert isinstance(agreed, Operation)
    policy(stage, owner)
    assert (await stage.run(agreed)).state is State.DONE


async def test_a_group_that_slack_does_not_tell_of_at_the_run_holds_what_it_agreed_to(stage: House) -> None:
    """Nobody knows whether Grace is still in it; Resume goes on once Slack says."""
    policy(stage, Stage(1, (group(stage, GRACE),)))
    await waits_for_slack(stage, await queued(stage))


async def test_a_policy_that_became_weaker_changes_nothing(stage: House) -> None:
    """What was sealed is still asked for."""
    policy(stage, Stage(1))
    waiting = await asked(stage)
    policy(stage)
    await approve(stage.house, waiting.id, waiting.digest, GRACE)
    assert (await stage.run(await stage.load(waiting.id))).state is State.DONE


async def test_it_starts_within_the_rules_hours_only(stage: House) -> None:
    """Held outside of them, and Resume goes on within."""
    clock, now = ahead(stage), stage.house.clock.now()
    start = (now.hour * 60 + now.minute) % 1440
    policy(
        stage,
        when=When(hours=Hours(DAYS, start, (start + 60) % 1440, "UTC")),
        execution_expiry=timedelta(days=2),
    )
    operation = await queued(stage)
    clock.ahead = timedelta(hours=2)
    held = await stage.run(operation)
    assert (held.state, held.held_reason) == (State.HELD, "outside_hours")
    clock.ahead = timedelta(days=1)
    again = await resume(stage.house, operation.id, GRACE)
    assert isinstance(again, Operation)
    assert (await stage.run(again)).state is State.DONE


# as time goes by ------------------------------------------------------------------------------------------


async def test_what_nobody_agrees_to_in_time_expires(stage: House) -> None:
    """It is no denial, and a click after it changes nothing."""
    clock = ahead(stage)
    policy(stage, Stage(1), approval_expiry=timedelta(hours=8))
    operation = await asked(stage)
    assert operation.expires_at == operation.changed_at + timedelta(hours=8)
    clock.ahead = timedelta(hours=7)
    assert await expire(stage.house) == []
    clock.ahead = timedelta(hours=8, seconds=1)
    assert await expire(stage.house) == [operation.id]
    assert (await stage.load(operation.id)).state is State.EXPIRED
    late = await approve(stage.house, operation.id, operation.digest, GRACE)
    assert late == Problem(Trouble.ALREADY_MOVED)
    assert await stage.outcomes(operation) == []
    assert stage.told.changes[-2:] == [operation.id, f"{ADA}:expired:{operation.id}"]


async def test_what_does_not_begin_in_time_expires_from_the_later_of_approval_and_date(stage: House) -> None:
    """A date counts from the date on."""
    clock = ahead(stage)
    policy(stage, execution_expiry=timedelta(hours=1))
    now = await queued(stage)
    due = stage.house.clock.now() + timedelta(days=3)
    draft = await stage.draft(ActionKey.PASSWORD_RESET, seed.NON_ASCII, due_at=due)
    found = await propose(stage.house, await stage.admitted(), draft)
    assert isinstance(found, Proposal)
    later = await confirm(stage.house, found.operation.id, found.operation.digest, ADA)
    assert isinstance(later, Operation)
    assert (later.state, later.expires_at) == (State.SCHEDULED, due + timedelta(hours=1))
    clock.ahead = timedelta(hours=2)
    assert await expire(stage.house) == [now.id]
    clock.ahead = timedelta(days=3, hours=2)
    assert await expire(stage.house) == [later.id]


async def test_what_is_held_too_long_expires_and_what_was_begun_is_settled_first(stage: House) -> None:
    """Resume works within the time; what may have happened is wound up by a run of its own."""
    clock = ahead(stage)
    policy(stage, execution_expiry=timedelta(hours=1))
    operation = await queued(stage)
    stage.fault(Kind.ANSWER, "forgot_password|password_reset", "POST", status=401, body=REFUSED)
    held = await stage.run(operation)
    assert held.state is State.HELD
    clock.ahead = timedelta(hours=2)
    assert await expire(stage.house) == [operation.id]
    assert (await stage.load(operation.id)).state is State.EXPIRED
    assert await resume(stage.house, operation.id, GRACE) == Problem(Trouble.ALREADY_MOVED)


# again and back -------------------------------------------------------------------------------------------


async def test_an_undo_and_a_retry_get_a_verdict_of_their_own(stage: House) -> None:
    """By the rule for what they do now, whatever the first was judged by."""
    policy(stage)
    first = await stage.queued(ActionKey.ORG_ROLE, seed.PLUS, org_roles=(seed.SECURITY_ROLE,))
    assert (await stage.run(first)).state is State.DONE
    policy(stage, Stage(1), when=When(people=Span(1)))
    back = await undo(stage.house, await stage.admitted(), first.id, "a mistake")
    assert isinstance(back, Proposal)
    assert (first.approvals_needed, back.operation.approvals_needed) == (0, 1)
    policy(stage, ticket=(Wording("OPS-[0-9]+", "a ticket such as OPS-123"),))
    missing = await undo(stage.house, await stage.admitted(), first.id, "a mistake")
    assert missing == Problem(Trouble.TICKET_UNFIT, Field.TICKET, "a ticket such as OPS-123")
    named = await undo(stage.house, await stage.admitted(), first.id, "a mistake", "OPS-7")
    assert isinstance(named, Proposal)
    assert named.operation.ticket == "OPS-7"
    policy(stage, denied=Denied.BY_RULE)
    denied = Problem(Trouble.POLICY_DENIES, detail="the test wants it")
    assert await undo(stage.house, await stage.admitted(), first.id, "a mistake") == denied
    assert await retry(stage.house, await stage.admitted(), first.id, (), "again") == Problem(
        Trouble.NOTHING_TO_RETRY
    )
