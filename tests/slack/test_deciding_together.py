"""Several people at one request: stages, stand-ins, two clicks at once, reminders, a broken glass."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.domain.circles import Mode, Named, SlackGroup, Stage
from bot.domain.identity import Link
from bot.domain.operation import State
from bot.domain.policy import Policy, Rule, When
from bot.domain.verdict import Verdict
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.shown import Message
from bot.service.decide import approve
from bot.service.delegate import delegate
from bot.service.reminding import remind
from tests.slack.conftest import Office
from tests.slack.steps import confirm, main_message, operations, preview_of, refusals, until
from tests.slack.test_standing_in import told_directly

GRACE, OWNER = "U0GRACE", "U0OWNER"


async def asked(office: Office, *stages: Stage, **more: object) -> Message:
    """Ada asks to remove Mia, under a policy of one rule; the request in the approvals channel."""
    verdict = Verdict(rule="test", why="the test wants it", stages=stages, **more)  # type: ignore[arg-type]
    object.__setattr__(office.house.binding, "policy", Policy((Rule(When(), verdict),)))
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    await confirm(ada)
    await ada.close(everything=True)
    return await ada.wait_for_message("#approvals", lambda m: "operation_approve" in m.action_ids)


async def told_privately(office: Office, handle: str) -> list[str]:
    return [m.text for m in await office.user(handle).messages("#approvals") if m.is_ephemeral]


async def test_a_request_in_stages_says_who_is_asked_and_who_has_agreed(office: Office) -> None:
    """Each stage opens when the one before is agreed; whoever is too early is told so in private."""
    first, second = Stage(1, (Named(frozenset({GRACE})),)), Stage(1, (Named(frozenset({OWNER})),))
    message = await asked(office, first, second)
    assert "Stage 1 of 2: " in message.all_text
    olivia, grace = office.user("olivia"), office.user("grace")
    await olivia.click(message, "operation_approve")
    await office.desk.tasks.settle(20)
    assert [one.split(":")[0] for one in await told_privately(office, "olivia")] == [
        "You are asked once those before you have agreed"
    ]
    await grace.click(message, "operation_approve")
    shown = await grace.wait_for_message("#approvals", lambda m: " (stage 1)" in m.all_text)
    assert ": agreed." in shown.all_text
    assert "operation_approve" in shown.action_ids
    await olivia.click(shown, "operation_approve")
    ended = await olivia.wait_for_message("#approvals", lambda m: " (stage 2)" in m.all_text)
    assert ended.action_ids == []
    assert [one.state for one in await operations(office)] == [State.QUEUED]
    assert await refusals(office) == [(OWNER, "later_stage")]


async def test_two_clicks_at_once_are_one_step(office: Office) -> None:
    """Of two last agreements one counts; the other person is told that it has moved on."""
    message = await asked(office, Stage(1))
    people = [office.user("grace"), office.user("olivia")]
    await asyncio.gather(*(one.click(message, "operation_approve") for one in people))
    await office.desk.tasks.settle(20)
    told = [text for one in ("grace", "olivia") for text in await told_privately(office, one)]
    assert [text.startswith("This request has moved on meanwhile") for text in told] == [True]
    (operation,) = await operations(office)
    assert (operation.state, len(operation.approvals), operation.run) == (State.QUEUED, 1, 1)


async def test_of_all_circles_one_person_counts_for_one(office: Office) -> None:
    """Grace is in both; the message says what is still missing."""
    both = Stage(1, (SlackGroup("S0APPROVERS"), Named(frozenset({GRACE, OWNER}))), Mode.ALL)
    message = await asked(office, both)
    assert "1 of each of these, nobody counting for two" in message.all_text
    await office.user("grace").click(message, "operation_approve")
    shown = await office.user("grace").wait_for_message(
        "#approvals", lambda m: ": 1 of 2 so far." in m.all_text
    )
    await office.user("olivia").click(shown, "operation_approve")
    await main_message(office, lambda m: "In line" in m.all_text)


async def test_a_stand_in_decides_and_the_message_says_for_whom(office: Office) -> None:
    """Olivia in the place of Grace, with a comment that stands there as it was typed."""
    await delegate(office.house, GRACE, OWNER, (datetime.now(UTC) + timedelta(days=3)).date())
    message = await asked(office, Stage(1, (Named(frozenset({GRACE})),)))
    olivia = office.user("olivia")
    await olivia.click(message, "operation_agree")
    await olivia.wait_for_modal(lambda modal: modal.callback_id == "agree")
    await olivia.fill("comment", "for <Grace>, who is away")
    assert (await olivia.submit()).ok
    shown = await olivia.wait_for_message("#approvals", lambda m: " in the place of " in m.all_text)
    assert "for <Grace>, who is away" in shown.all_text
    assert GRACE in str(shown.blocks)


async def test_a_reminder_comes_directly_with_the_way_to_the_request(office: Office) -> None:
    """To those who can decide alone; once."""
    await asked(office, Stage(1, (Named(frozenset({GRACE})),)), reminder=timedelta(seconds=1))
    (operation,) = await operations(office)

    async def reminded() -> bool:
        await remind(office.house)
        return bool(await office.store.read(lambda tx: tx.planned(operation.id)))

    await until(reminded)
    told = await told_directly(office, "grace", "It waits for a decision, and yours would count.")
    assert "Open the message" in told.all_text
    assert "/archives/C0APPROVALS/" in str(told.blocks)


async def proven(office: Office) -> None:
    """The owner proved her Contentstack user a moment ago."""
    uid, now = office.contentstack.state.accounts_by_email[seed.OWNER].uid, datetime.now(UTC)
    key, scopes = office.house.binding.key, frozenset({"user:read"})
    link = Link(key, OWNER, uid, "a" * 32, b"sealed", scopes, now, now, now)
    assert await office.store.write(lambda tx: tx.save_link(link))


async def test_an_owner_breaks_the_glass_and_anybody_can_stop_it(office: Office) -> None:
    """A typed reason, a message of its own with the badge and one button, and a private word to Grace."""
    hold = timedelta(minutes=2)
    message = await asked(office, Stage(1, (Named(frozenset({GRACE})),)), break_glass=hold)
    assert "operation_glass" in message.action_ids
    await proven(office)
    olivia, grace = office.user("olivia"), office.user("grace")
    await olivia.click(message, "operation_glass")
    await olivia.wait_for_modal(lambda modal: modal.callback_id == "glass")
    assert "comment" in (await olivia.submit()).errors
    await olivia.fill("comment", "the account is being abused <now>")
    assert (await olivia.submit()).ok
    said = await olivia.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith("It starts after the hold")
    badge = await grace.wait_for_message("#approvals", lambda m: m.action_ids == ["operation_cancel"])
    assert "BREAK-GLASS" in badge.all_text
    assert "the account is being abused <now>" in badge.all_text
    main = await main_message(office, lambda m: "BREAK-GLASS" in m.all_text)
    assert "It starts on" in main.all_text
    await remind(office.house)
    await told_directly(office, "grace", "it goes on without the approvals that it needs")
    await grace.click(badge, "operation_cancel")
    over = await grace.wait_for_message(
        "#approvals", lambda m: m.ts == badge.ts and "operation_cancel" not in m.action_ids
    )
    assert "BREAK-GLASS" in over.all_text
    assert [one.state for one in await operations(office)] == [State.CANCELLED]


async def test_without_a_proof_the_glass_stays_whole(office: Office) -> None:
    """One private sentence that says what to do, and an audit row."""
    message = await asked(office, Stage(1), break_glass=timedelta(minutes=2))
    olivia = office.user("olivia")
    await olivia.click(message, "operation_glass")
    await olivia.wait_for_modal(lambda modal: modal.callback_id == "glass")
    await olivia.fill("comment", "it cannot wait any longer")
    await olivia.submit()
    said = await olivia.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert "/org-users connect" in said.all_text
    assert await refusals(office) == [(OWNER, "prove_first")]


async def test_what_was_decided_elsewhere_meanwhile_is_told(office: Office) -> None:
    """The modal for a comment was open while somebody else agreed: nothing is counted twice."""
    message = await asked(office, Stage(1))
    grace = office.user("grace")
    await grace.click(message, "operation_agree")
    await grace.wait_for_modal(lambda modal: modal.callback_id == "agree")
    (operation,) = await operations(office)
    await approve(office.house, operation.id, operation.digest, OWNER)
    await grace.submit()
    said = await grace.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith("This request has moved on meanwhile")

    def decisions(tx: Transaction) -> int:
        found = tx.operation(operation.id)
        return len(found.approvals) if found else 0

    assert await office.store.read(decisions) == 1
