"""The whole plan, page by page: every line once, within Slack's limits, only what a page needs is read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.domain.operation import Operation, State
from bot.domain.plan import Flag, Line, Why, blocked, skip
from bot.ports.store import PersonData
from bot.sandbox.workspace.block_kit import check_view
from bot.service.pages import PAGE, Page, page
from bot.slack.modals import lines
from tests.slack.conftest import Office
from tests.slack.messages.samples import line, named, operation, plan, texts
from tests.slack.steps import confirm, operations, preview_of


def plan_of(number: int) -> list[Line]:
    """The first is skipped and the second blocked; everybody else runs."""
    kinds = {1: skip(Why.ALREADY_SO), 2: blocked(Why.IS_OWNER)}
    made = [line(one, flags=(Flag.ADMIN,)) for one in range(3, number + 1)]
    return [*(line(one, verdict=verdict) for one, verdict in kinds.items()), *made]


async def kept(office: Office, number: int) -> Operation:
    """An operation of so many lines in the store."""
    sealed = plan(plan_of(number), binding=office.house.binding.key)
    asked = replace(
        operation([], State.AWAITING_APPROVAL), binding=sealed.binding, plan=sealed, digest=sealed.digest
    )
    await office.store.write(lambda tx: tx.add_operation(asked))
    return asked


def leaf(asked: Operation, number: int, pages: int, shown: list[Line]) -> Page:
    return Page(asked, number, pages, shown, {one.number: named(one.number) for one in shown})


def labels(view: dict[str, object]) -> list[str]:
    """The buttons, and to which page each leads."""
    found = [one for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]  # type: ignore[attr-defined]
    return [f"{one['text']['text']} {lines.parse(one['value']).page}" for one in found]


def test_a_page_says_where_it_is_and_turns_both_ways() -> None:
    """In the middle of a long plan there are four ways to go."""
    asked = operation(plan_of(300), State.AWAITING_APPROVAL)
    built = lines.build(leaf(asked, 3, 6, list(asked.plan.lines[100:150])))
    assert labels(built) == ["First 1", "Previous 2", "Next 4", "Last 6"]
    assert "Page 3 of 6, 300 lines\n" in texts(built["blocks"])
    assert labels(lines.build(leaf(asked, 1, 6, []))) == ["Next 2", "Last 6"]
    assert labels(lines.build(leaf(asked, 2, 6, []))) == ["Previous 1", "Next 3", "Last 6"]
    assert labels(lines.build(leaf(asked, 6, 6, []))) == ["First 1", "Previous 5"]
    assert labels(lines.build(leaf(asked, 1, 1, []))) == []


def test_a_line_shows_what_changes_and_what_to_know() -> None:
    """Before and after as in the preview, flags in brackets, the count of its whole group above it."""
    asked = operation(plan_of(40), State.AWAITING_APPROVAL)
    shown = texts(lines.build(leaf(asked, 1, 1, [asked.plan.line(3), asked.plan.line(2)]))["blocks"])
    assert (
        "Will run (38)\nPerson 3 person3@example.com: leaves the organization; loses Member; "
        "loses 2 stacks: Docs and Marketing site (admin)\n" in shown
    )
    assert (
        "Blocked (1)\nPerson 2 person2@example.com: is the owner of the organization, whom no bulk "
        "operation may touch\n" in shown
    )


@pytest.mark.parametrize("word", ["W" * 300, "<!channel> *bold*", "\u202egnp.exe", '"' * 300])
def test_a_page_of_the_longest_names_is_one_that_slack_takes(word: str) -> None:
    """Fifty people whose names, addresses and stacks are as long as they get."""
    asked = operation(plan_of(60), State.AWAITING_APPROVAL, names={"stack_docs": word, "role_member": word})
    people = {number: PersonData("a" * 288 + "@example.com", word) for number in range(1, 61)}
    built = lines.build(Page(asked, 1, 2, asked.plan.lines[:PAGE], people))
    assert check_view(built) == []
    assert len(str(built)) < 250_000


async def test_every_line_of_a_long_plan_stands_on_exactly_one_page(office: Office) -> None:
    """Those who run come first, then the skipped and the blocked; a number past the end is the last page."""
    asked = await kept(office, 2 * PAGE + 5)
    found = [await page(office.house, asked.id, number) for number in (1, 2, 3, 99)]
    numbers = [one.number for leaf_ in found[:3] if leaf_ for one in leaf_.lines]
    assert numbers == [*range(3, 2 * PAGE + 6), 1, 2]
    assert found[3] == found[2]
    assert await page(office.house, "op_elsewhere", 1) is None


async def test_the_window_is_leafed_through_in_place(office: Office) -> None:
    """Next and Previous fill the same window; a button of another plan shows nothing."""
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    await confirm(ada)
    grace = office.user("grace")
    message = await grace.wait_for_message("#approvals", lambda m: "operation_lines" in m.action_ids)
    (real,) = await operations(office)
    asked = await kept(office, 2 * PAGE)
    stored = office.slack.core.workspace.channels["C0APPROVALS"].messages[message.ts]
    text = json.dumps(stored.blocks)
    stored.blocks = json.loads(text.replace(real.id, asked.id).replace(real.digest, asked.digest))
    await grace.click(message, "operation_lines")
    first = await grace.wait_for_modal(lambda modal: "Page 1 of 2" in modal.all_text)
    await grace.click(None, "lines_turn:next")
    second = await grace.wait_for_modal(lambda modal: "Page 2 of 2" in modal.all_text)
    await grace.click(None, "lines_turn:previous")
    third = await grace.wait_for_modal(lambda modal: "Page 1 of 2" in modal.all_text)
    assert (first.id, second.id) == (second.id, third.id)
    stored.blocks = json.loads(text.replace(real.id, asked.id))
    await grace.click(message, "operation_lines")
    wrong = await grace.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert wrong.all_text.startswith("This is not the plan that you were shown")


async def test_the_pages_of_a_real_plan_hold_what_was_sealed(office: Office) -> None:
    """Asked for by a person, read from the store."""
    ada = office.user("ada")
    await preview_of(ada, "mia.member", "nils.never")
    await confirm(ada)
    (asked,) = await operations(office)
    found = await page(office.house, asked.id, 99)
    assert found is not None
    assert (found.number, found.pages, [one.number for one in found.lines]) == (1, 1, [1, 2])
    assert sorted(one.email.split("@")[0] for one in found.people.values()) == ["mia.member", "nils.never"]
