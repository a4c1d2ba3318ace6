"""Retry and Undo, from the summary: what is asked, what is shown, how both messages are linked."""

from __future__ import annotations

import asyncio

from bot.domain.operation import Operation, Origin, State
from bot.domain.outcome import Accepted, Done, Unknown
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.membership import remove_share
from bot.sandbox.workspace.shown import Message, Modal
from tests.slack.conftest import Office
from tests.slack.steps import confirm, confirmed, main_message, operations, run

TWO = ("mia.member", "nils.never")


def lost(office: Office, kind: Kind, method: str, path: str, count: int) -> None:
    office.contentstack.faults.add(Fault(0, kind, method, path, count=count))


async def outcomes(office: Office, operation: Operation) -> list[object]:
    return list((await office.store.read(lambda tx: tx.outcomes(operation.id))).values())


async def begun(office: Office, message: Message, which: str) -> Modal:
    """Ada presses Retry or Undo and sees its modal."""
    ada = office.user("ada")
    assert (await ada.click(message, f"operation_{which}")).ok
    return await ada.wait_for_modal(lambda modal: modal.callback_id == which)


async def previewed(office: Office) -> Modal:
    ada = office.user("ada")
    assert (await ada.submit()).ok
    return await ada.wait_for_modal(lambda modal: modal.callback_id == "preview")


def links(message: Message) -> list[str]:
    """Addresses in the blocks."""
    parts = [
        part
        for block in message.blocks
        for one in block.get("elements", [])
        for part in one.get("elements", [])
    ]
    return [part["url"] for part in parts if part.get("type") == "link"]


async def agreed(office: Office) -> Operation:
    """Grace agrees with what waits."""
    grace = office.user("grace")
    message = await grace.wait_for_message("#approvals", lambda m: "operation_approve" in m.action_ids)
    await grace.click(message, "operation_approve")
    await office.desk.tasks.settle(60)
    return (await operations(office))[0]


async def test_what_failed_is_tried_again_and_both_messages_say_so(office: Office) -> None:
    """Two removals never reached Contentstack: modal, preview, approval, links both ways, no second Retry."""
    lost(office, Kind.DROP_BEFORE, "DELETE", "/share$", 2)
    first = await run(office, await confirmed(office, *TWO))
    summary = await main_message(
        office, lambda m: "2 failed." in m.all_text and "operation_retry" in m.action_ids
    )
    assert summary.action_ids == ["operation_retry"]
    form = await begun(office, summary, "retry")
    assert form.all_text.startswith("2 people failed for a reason that may have passed.")
    assert (form.value("reason"), "mia.member@example.com" in form.all_text) == (
        "Retry: left the company",
        True,
    )
    preview = await previewed(office)
    assert "Will run (2)" in preview.all_text
    assert "Tries again what failed in an earlier operation." in preview.all_text
    await confirm(office.user("ada"))
    again = await run(office, await agreed(office))
    assert (again.origin, again.parent, again.reason) == (Origin.RETRY, first.id, "Retry: left the company")
    assert await outcomes(office, again) == [Done(), Done()]
    told = await main_message(office, lambda m: m.ts == summary.ts and "(done)" in m.all_text)
    child = await main_message(
        office, lambda m: "Tries again what failed in " in m.all_text and "Done" in m.all_text
    )
    assert "Tried again by " in told.all_text
    assert told.action_ids == []
    assert [child.ts.replace(".", "") in link for link in links(told)] == [True]
    assert [summary.ts.replace(".", "") in link for link in links(child)] == [True]


async def test_whoever_may_have_got_it_is_tried_again_only_if_chosen(office: Office) -> None:
    """Two mails may have gone out: nobody chosen is a field error, one chosen is one line."""
    lost(office, Kind.DROP_AFTER, "POST", "forgot_password", 2)
    first = await run(office, await confirmed(office, *TWO, action="password_reset"))
    assert await outcomes(office, first) == [Unknown("no_answer")] * 2
    summary = await main_message(office, lambda m: "operation_retry" in m.action_ids)
    form = await begun(office, summary, "retry")
    assert "Of 2 people it is not known" in form.all_text
    ada = office.user("ada")
    nobody = await ada.submit()
    assert nobody.errors == {"unknown-0": "Choose at least one person, or close this."}
    await ada.choose("unknown", ["2"])
    preview = await previewed(office)
    assert ("Will run (1)" in preview.all_text, "nils.never" in preview.all_text) == (True, True)
    await confirm(ada)
    (operation, *_) = await operations(office)
    assert await outcomes(office, await run(office, operation)) == [Accepted()]
    await ada.close(everything=True)
    told = await main_message(office, lambda m: m.ts == summary.ts and "(done)" in m.all_text)
    assert "Of 1 person it is not known" in (await begun(office, told, "retry")).all_text


async def test_a_removal_is_undone_with_what_cannot_come_back_said_first(office: Office) -> None:
    """The preview says it per person; the parent's message says Undone by whom, without a button."""
    await run(office, await confirmed(office, "mia.member"))
    summary = await main_message(office, lambda m: "operation_undo" in m.action_ids)
    assert summary.action_ids == ["operation_undo"]
    form = await begun(office, summary, "undo")
    assert form.value("reason") == "Undo: left the company"
    assert (await office.user("ada").submit({"reason": {"reason": "   "}})).errors["reason"]
    await office.user("ada").fill("reason", "came back")
    preview = await previewed(office)
    assert "Invite again: 1 person" in preview.all_text
    assert "has to accept the invitation first" in preview.all_text
    await confirm(office.user("ada"))
    (operation, *_) = await operations(office)
    undone = await run(office, operation)
    assert (undone.origin, undone.state, await outcomes(office, undone)) == (
        Origin.UNDO,
        State.DONE,
        [Done()],
    )
    told = await main_message(office, lambda m: m.ts == summary.ts and "Undone by " in m.all_text)
    assert (told.action_ids, len(links(told))) == ([], 1)
    child = await main_message(office, lambda m: "Takes back " in m.all_text)
    assert [summary.ts.replace(".", "") in link for link in links(child)] == [True]
    assert seed.MIA in office.contentstack.state.organizations[seed.ORG_UID].by_email


async def test_a_stale_undo_and_a_second_preview_change_nothing(office: Office) -> None:
    """Two previews of one undo: the second to be confirmed is too late, and a stale button says so."""
    await run(office, await confirmed(office, "mia.member"))
    summary = await main_message(office, lambda m: "operation_undo" in m.action_ids)
    ada, grace = office.user("ada"), office.user("grace")
    await begun(office, summary, "undo")
    await grace.click(summary, "operation_undo")
    await grace.wait_for_modal(lambda modal: modal.callback_id == "undo")
    await previewed(office)
    await grace.submit()
    await grace.wait_for_modal(lambda modal: modal.callback_id == "preview")
    await confirm(ada)
    late = await confirm(grace)
    assert late.all_text.startswith("This request has moved on meanwhile")
    stored = office.slack.core.workspace.channels["C0ORGADMINS"].messages[summary.ts]
    await main_message(office, lambda m: m.ts == summary.ts and "Undo asked for by " in m.all_text)
    stored.blocks = summary.blocks
    await ada.close(everything=True)
    await ada.click(summary, "operation_undo")
    said = await ada.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text == "This was undone already."


async def test_two_clicks_on_undo_are_two_windows_and_no_effect(office: Office) -> None:
    """Nothing happens before a preview was confirmed."""
    await run(office, await confirmed(office, "mia.member"))
    summary = await main_message(office, lambda m: "operation_undo" in m.action_ids)
    ada = office.user("ada")
    await asyncio.gather(*(ada.click(summary, "operation_undo") for _ in range(2)))
    await office.desk.tasks.settle(60)
    assert len(await operations(office)) == 1


async def test_a_member_who_presses_undo_sees_one_sentence(office: Office) -> None:
    """And nothing of the people in the operation."""
    await run(office, await confirmed(office, "nils.never"))
    summary = await main_message(office, lambda m: "operation_undo" in m.action_ids)
    office.slack.core.workspace.channels["C0ORGADMINS"].members.append("U0MIA")
    mia = office.user("mia")
    await mia.click(summary, "operation_undo")
    said = await mia.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith("Only the owner and the admins")
    assert len(await operations(office)) == 1


async def test_a_retry_leaves_out_who_left_and_says_so(office: Office) -> None:
    """Of two who failed one is gone by now."""
    lost(office, Kind.DROP_BEFORE, "DELETE", "/share$", 2)
    await run(office, await confirmed(office, *TWO))
    summary = await main_message(office, lambda m: "operation_retry" in m.action_ids)
    await begun(office, summary, "retry")
    organization = office.contentstack.state.organizations[seed.ORG_UID]
    remove_share(office.contentstack.state, organization, organization.by_email[seed.MIA])
    preview = await previewed(office)
    assert "Will run (1)" in preview.all_text
    assert "1 person left the organization meanwhile and is not tried again." in preview.all_text


async def test_a_place_in_the_line_follows_what_is_ahead(office: Office) -> None:
    """Two in line; the first is cancelled, and the second one's message says that it is next."""
    await confirmed(office, "tom.timed", action="unlock")
    first = await main_message(office, lambda m: "It starts next." in m.all_text)
    await confirmed(office, "ivy.indefinite", action="unlock")
    second = await main_message(office, lambda m: "1 operation runs before it." in m.all_text)
    await office.user("ada").click(first, "operation_cancel")
    await main_message(office, lambda m: m.ts == second.ts and "It starts next." in m.all_text)
