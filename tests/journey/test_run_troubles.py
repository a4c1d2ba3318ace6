"""What goes wrong during a run: nothing that was done is lost or untold, and nothing is done twice."""

from __future__ import annotations

import pytest

from bot.domain.operation import Operation, State
from bot.domain.outcome import Accepted, Done, Failed, Skipped, Unknown
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.sandbox.workspace.client import SlackUser
from tests.journey.steps import agree, confirm, ended, form, preview
from tests.journey.town import PATIENCE, Town, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(autouse=True)
def mended(running: Town) -> None:
    """No test leaves its trouble to the next one."""
    running.mend()


async def removal(running: Town, asker: SlackUser, people: list[str], reason: str) -> Operation:
    """A removal as far as another admin's agreement."""
    other = running.hire()
    await preview(asker, f"remove {' '.join(people)}", reason=reason)
    await confirm(asker)
    await agree(other, "Remove", reason)
    return await running.operation(asker)


async def test_a_lost_answer_is_settled_by_reading_again(running: Town) -> None:
    """The removal happened and the connection broke: Done, and asked for once only."""
    asker, people = running.hire(), running.targets(2)
    running.fault(Kind.DROP_AFTER, "/share$", "DELETE")
    operation = await removal(running, asker, people, "answer lost")
    main = await ended(asker, operation.id, "Done")
    assert "2 done." in main.all_text
    assert len(running.asked("DELETE", "/share", people[0])) == 1


async def test_what_may_have_happened_is_said_by_name_and_never_repeated(running: Town) -> None:
    """A mail may have gone out; the summary names the person and asks for a look at Contentstack."""
    asker, [target] = running.hire(), running.targets(1)
    await preview(asker, f"reset password {target}")
    running.fault(Kind.DROP_AFTER, "password_reset", "POST")
    await confirm(asker)
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Partly done")
    assert "1 unknown." in main.all_text
    assert "Unknown, may have happened" in main.all_text
    assert target in main.all_text
    assert await running.outcomes(operation) == {1: Unknown("no_answer")}
    assert len(running.asked("POST", "password_reset", str(running.member(target).user_uid))) == 1


async def test_one_refused_person_does_not_spoil_the_others(running: Town) -> None:
    """The call for two is refused; each is asked for alone, and has an outcome of his own."""
    asker, people = running.hire(), running.targets(2)
    running.fault(Kind.NULL_ERRORS, "/share$", "DELETE", count=2)
    operation = await removal(running, asker, people, "one refused")
    main = await ended(asker, operation.id, "Partly done")
    assert "1 done, 1 failed." in main.all_text
    first, second = (await running.outcomes(operation)).values()
    assert (type(first), second) == (Failed, Done())
    assert (running.share(people[0]) is None, running.share(people[1])) == (False, None)


async def test_rate_limiting_during_the_run_only_delays_it(running: Town) -> None:
    """A write that was refused with 429 had no effect and is made again."""
    asker, [target] = running.hire(), running.targets(1)
    running.fault(Kind.RATE_LIMIT, "password_reset", "POST", count=1)
    await preview(asker, f"reset password {target}")
    await confirm(asker)
    operation = await running.operation(asker)
    await ended(asker, operation.id, "Done")
    assert await running.outcomes(operation) == {1: Accepted()}


async def test_who_changed_since_the_preview_is_skipped_with_the_difference(running: Town) -> None:
    """One of three got another role: left alone and named; the others are removed."""
    asker, other, people = running.hire(), running.hire(), running.targets(3)
    await preview(asker, f"remove {' '.join(people)}", reason="one drifts")
    await confirm(asker)
    operation = await running.operation(asker)
    running.set_roles(people[0], seed.SECURITY_ROLE)
    await agree(other, "Remove", "one drifts")
    main = await ended(asker, operation.id, "Done")
    assert "2 done, 1 skipped." in main.all_text
    assert (
        "changed at Contentstack after the plan was sealed (organization roles: Member → Security Manager)"
        in (main.all_text)
    )
    assert isinstance((await running.outcomes(operation))[1], Skipped)
    assert running.share(people[0]) is not None


async def test_a_plan_that_is_mostly_outdated_is_dismissed(running: Town) -> None:
    """Both of two changed: nothing runs, and the message says why."""
    asker, other, people = running.hire(), running.hire(), running.targets(2)
    await preview(asker, f"remove {' '.join(people)}", reason="all drift")
    await confirm(asker)
    operation = await running.operation(asker)
    for email in people:
        running.set_roles(email, seed.SECURITY_ROLE)
    await agree(other, "Remove", "all drift")
    main = await ended(asker, operation.id, "Dismissed")
    assert "Nothing was done." in main.all_text
    assert running.asked("DELETE", "/share", people[0]) == []


async def test_an_expired_credential_holds_the_operation_until_it_is_renewed(running: Town) -> None:
    """Revoked while the run begins: held, the admins told once; `login` and Resume bring it to its end."""
    asker, other, [target] = running.hire(), running.hire(), running.targets(1)
    state = running.contentstack.state
    bot = state.sessions[seed.BOT_AUTHTOKEN]
    await preview(asker, f"remove {target}", reason="credential expires")
    await confirm(asker)
    operation = await running.operation(asker)
    answer = running.gate("/teams|/stacks")
    await agree(other, "Remove", "credential expires")

    async def under_way() -> bool:
        return (await running.operation(asker)).state in {State.QUEUED, State.RUNNING}

    await until(under_way)
    state.close_session(seed.BOT_AUTHTOKEN)
    answer()
    held = await other.wait_for_message(
        "#approvals", lambda one: "Held: Remove" in one.all_text and operation.id in one.all_text, PATIENCE
    )
    assert (
        "Contentstack no longer accepts Rollcall's credential. Renew it (python app.py login)"
        in held.all_text
    )
    assert running.share(target) is not None
    await other.command("#general", "/org-users")
    said = await other.wait_for_modal(lambda modal: modal.callback_id == "message", PATIENCE)
    assert "ask whoever runs Rollcall to renew it (python app.py login)" in said.all_text
    await other.close(everything=True)
    running.log_in(state.open_session(bot))
    await other.click(held, "operation_resume")
    main = await ended(asker, operation.id, "Done")
    assert "1 done." in main.all_text
    assert running.share(target) is None
    told = [one for one in await other.messages("#approvals") if "Held: Remove" in one.all_text]
    assert told == []
    about = [one for one in await other.messages("#approvals") if operation.id in one.all_text]
    assert len(about) == 2


async def test_a_renewed_credential_is_taken_up_by_the_next_command(running: Town) -> None:
    """Nothing was held, so there is no Resume: `login` is enough."""
    asker, state = running.hire(), running.contentstack.state
    bot = state.account(seed.BOT)
    assert bot is not None
    state.close_all_sessions(bot)
    await asker.command("#general", "/org-users")
    said = await asker.wait_for_modal(lambda modal: modal.callback_id == "message", PATIENCE)
    assert "Contentstack does not accept Rollcall's credential for this organization" in said.all_text
    await asker.close(everything=True)
    running.log_in(state.open_session(bot))
    await form(asker)


async def test_contentstack_down_holds_the_rest_and_resume_goes_on(running: Town) -> None:
    """The call was refused as nobody answered; after Resume it is made once."""
    asker, other, [target] = running.hire(), running.hire(), running.targets(1)
    await preview(asker, f"reset password {target}", reason="no permission")
    body = {"error_message": "You are not allowed to do this.", "error_code": 161}
    running.fault(Kind.ANSWER, "password_reset", "POST", count=None, status=403, body=body)
    await confirm(asker)
    operation = await running.operation(asker)
    held = await other.wait_for_message(
        "#approvals", lambda one: "Held:" in one.all_text and operation.id in one.all_text, PATIENCE
    )
    running.mend()
    await other.click(held, "operation_resume")
    await ended(asker, operation.id, "Done")
    assert await running.outcomes(operation) == {1: Accepted()}


async def test_a_lost_connection_to_slack_is_made_again(running: Town) -> None:
    """The sockets break without a word; the next command is answered as before."""
    asker = running.hire()
    await running.workspace.order("disconnect", reason="abort")

    async def answered() -> bool:
        return (await asker.command("#general", "/org-users help")).ok

    await until(answered)


async def test_trouble_in_slack_delays_a_summary_and_loses_none(running: Town) -> None:
    """Posts and edits fail once in every way: there is one message, and it ends as the summary."""
    asker, [target] = running.hire(), running.targets(1)
    await preview(asker, f"reset password {target}", reason="Slack stumbles")
    await running.workspace.fault("drop_after", "chat.postMessage")
    await running.workspace.fault("status", "chat.update")
    await running.workspace.fault("rate_limited", "chat.update")
    await confirm(asker)
    operation = await running.operation(asker)
    await ended(asker, operation.id, "Done")
    about = [one for one in await asker.messages("#org-admins") if operation.id in one.all_text]
    assert len(about) == 1
