"""Held, drifted, dismissed: what the messages and the answer of `status` say, and what can be pressed."""

from __future__ import annotations

from bot.domain.operation import Operation, State
from bot.domain.outcome import Done, NotRun
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.workspace.shown import Message
from tests.slack.conftest import Office
from tests.slack.steps import confirmed, main_message, operations, run

SLOW = 15.0
"""Seconds: edits are few while they are only progress."""
TWO = ("mia.member", "nils.never")


def credential_refused(office: Office) -> None:
    """Contentstack takes no write of ours any more."""
    body = '{"error_message": "Not logged in.", "error_code": 105}'
    fault = Fault(0, Kind.ANSWER, "DELETE", "/share$", count=None, status=401, body=body)
    office.contentstack.faults.add(fault)


async def held(office: Office) -> Operation:
    credential_refused(office)
    operation = await run(office, await confirmed(office, *TWO))
    assert operation.state is State.HELD
    return operation


async def notice_of_it(office: Office) -> Message:
    """What the admins are told in the approvals channel."""
    grace = office.user("grace")
    return await grace.wait_for_message("#approvals", lambda m: "Held: " in m.all_text, SLOW)


async def status(office: Office) -> Message:
    """What only Grace sees."""
    grace = office.user("grace")
    await grace.command("#general", "/org-users status")
    return await grace.wait_for_message("#general", lambda m: m.is_ephemeral)


async def test_a_held_operation_says_why_and_what_to_do_wherever_it_is_shown(office: Office) -> None:
    """Its message, the notice to the admins and the answer of `status`: reason, Resume, Cancel."""
    await held(office)
    notice = await notice_of_it(office)
    main = await main_message(office, lambda m: "operation_resume" in m.action_ids)
    private = await status(office)
    for shown in (notice, main, private):
        assert "Contentstack no longer accepts Rollcall's credential. Renew it" in shown.all_text
    assert notice.action_ids == main.action_ids == ["operation_resume", "operation_cancel"]
    assert private.action_ids == ["status_resume", "status_cancel"]


async def test_resume_from_status_lets_it_go_on_and_draws_the_answer_again(office: Office) -> None:
    """The buttons of what is no longer held go, in the answer and in both messages."""
    operation = await held(office)
    notice = await notice_of_it(office)
    private, grace = await status(office), office.user("grace")
    office.contentstack.faults.clear()
    await grace.click(private, "status_resume")
    await grace.wait_for_message("#general", lambda m: m.is_ephemeral and m.action_ids == ["status_cancel"])
    await main_message(office, lambda m: "In line" in m.all_text and m.action_ids == ["operation_cancel"])
    await grace.wait_for_message(
        "#approvals", lambda m: m.ts == notice.ts and "It is now: in line." in m.all_text, SLOW
    )
    (resumed,) = await operations(office)
    ended = await run(office, resumed)
    outcomes = await office.store.read(lambda tx: tx.outcomes(operation.id))
    assert (ended.state, list(outcomes.values())) == (State.DONE, [Done(), Done()])


async def test_a_held_operation_is_cancelled_from_status(office: Office) -> None:
    """Asked back first; nobody was touched, and the answer has nothing left."""
    operation = await held(office)
    private, grace = await status(office), office.user("grace")
    asked = await grace.click(private, "status_cancel", confirm=False)
    assert "it cannot be resumed any more" in asked.raw["confirm"]["text"]["text"]
    await grace.click(private, "status_cancel")
    await grace.wait_for_message("#general", lambda m: m.is_ephemeral and "Nothing waits" in m.all_text)
    main = await main_message(office, lambda m: "Cancelled by " in m.all_text)
    outcomes = await office.store.read(lambda tx: tx.outcomes(operation.id))
    assert (main.action_ids, list(outcomes.values())) == ([], [NotRun("cancelled"), NotRun("cancelled")])


async def test_a_stale_resume_is_one_private_sentence(office: Office) -> None:
    """Somebody else was faster."""
    await held(office)
    notice = await notice_of_it(office)
    ada, grace = office.user("ada"), office.user("grace")
    private = await status(office)
    await ada.click(notice, "operation_resume")
    await office.desk.tasks.settle(5)
    await grace.click(private, "status_resume")
    said = await grace.wait_for_message("#general", lambda m: m.text.startswith("This request has moved on"))
    assert said.is_ephemeral


async def change_roles(office: Office, *emails: str) -> None:
    organization = office.contentstack.state.organizations[seed.ORG_UID]
    for share in organization.shares.values():
        if share.email in emails:
            share.org_roles = [seed.SECURITY_ROLE]


async def test_who_changed_since_is_skipped_with_old_and_new(office: Office) -> None:
    """Mia got another role after the plan was sealed: the summary says which."""
    operation = await confirmed(office, *TWO, "paul+news")
    await change_roles(office, seed.MIA)
    await run(office, operation)
    summary = await main_message(office, lambda m: "2 done, 1 skipped." in m.all_text)
    assert (
        "changed at Contentstack after the plan was sealed (organization roles: Member → Security Manager)"
        in summary.all_text
    )


async def test_a_plan_from_which_most_changed_is_dismissed_and_says_why(office: Office) -> None:
    """Nothing runs, and nothing can be pressed."""
    operation = await confirmed(office, *TWO)
    await change_roles(office, seed.MIA, "nils.never@example.com")
    ended = await run(office, operation)
    summary = await main_message(office, lambda m: "Dismissed" in m.all_text)
    assert (ended.state, summary.action_ids) == (State.DISMISSED, [])
    assert "Too much changed at Contentstack after the plan was sealed. Ask anew" in summary.all_text
