"""The Home tab in the simulated workspace: who sees what, when it is drawn again, what can be done there."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.operation import Operation, State
from bot.ports.store import Transaction
from bot.sandbox.contentstack import membership, seed
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.workspace.shown import Modal
from bot.service.glance import Shelf
from bot.slack.home.pages import Pages
from bot.slack.home.tab import Home
from tests.slack.conftest import Office
from tests.slack.hand_clock import HandClock
from tests.slack.messages.samples import ADA, GRACE, line
from tests.slack.messages.samples import operation as sample
from tests.slack.steps import confirm, operations, preview_of, refusals, until

SENTENCE = "Only the owner and the admins of the Contentstack organization may use Rollcall"


async def shown(office: Office, handle: str, words: str) -> Modal:
    """Open the tab and wait until it says this."""
    user = office.user(handle)
    await user.open_home()
    return await user.wait_for_home(lambda view: words in view.all_text)


async def asked(office: Office) -> Operation:
    """Ada asks to remove Mia; it waits for another admin."""
    ada = office.user("ada")
    await preview_of(ada, "mia.member")
    await confirm(ada)
    await ada.close(everything=True)
    return (await operations(office))[0]


async def add(office: Office, number: int, state: State) -> None:
    """Invented operations in one state, every other one of Grace's."""
    binding = office.house.binding.key

    def change(tx: Transaction) -> None:
        for n in range(number):
            made = sample([line(1)], state, id=f"op_{n:04}", requester=(ADA, GRACE)[n % 2])
            plan = replace(made.plan, binding=binding)
            tx.add_operation(replace(made, binding=binding, plan=plan, digest=plan.digest))

    await office.store.write(change)


async def test_everybody_sees_what_concerns_him(office: Office) -> None:
    """Ada what she asked for, with a button to withdraw; Grace what waits for her, with a link to it."""
    await asked(office)
    mine = await shown(office, "ada", "Remove from organization: 1 person")
    assert "Nothing waits for your decision." in mine.all_text
    assert mine.action_ids == [
        "start",
        "start:remove",
        "start:stack_access",
        "start:password_reset",
        "start:unlock",
        "home_withdraw",
        "home_again",
    ]
    assert "Reset MFA: " in mine.all_text
    graces = await until(lambda: _with_link(office))
    assert "Nothing else waits and nothing runs." in graces.all_text
    assert "You have not asked for anything yet." in graces.all_text
    assert "home_withdraw" not in graces.action_ids


async def _with_link(office: Office) -> Modal | None:
    """Grace's tab, once the request has its message in the approvals channel."""
    view = await shown(office, "grace", "What waits for your decision")
    return (
        view
        if "Read it and decide" in str(view.blocks) and "/archives/C0APPROVALS/" in str(view.blocks)
        else None
    )


async def test_who_is_in_the_plan_is_not_asked_to_decide(office: Office) -> None:
    """An admin whom it is about sees that it waits, and nothing to decide."""
    ada = office.user("ada")
    await preview_of(ada, "grace.admin")
    await confirm(ada)
    view = await shown(office, "grace", "Waiting for approval")
    assert "Nothing waits for your decision." in view.all_text
    assert "Read it and decide" not in str(view.blocks)


async def test_the_organization_at_a_glance_is_that_of_the_directory(office: Office) -> None:
    """Numbers only: nobody is named."""
    directory = await office.house.contentstack.directory(max_age=3600)
    view = await shown(office, "ada", "The organization at a glance")
    assert f"{len(directory.members)} " in view.all_text
    assert "Organization roles: Owner 1" in view.all_text
    assert not [one.email for one in directory.members if one.email in view.all_text]


async def test_somebody_without_the_right_sees_one_sentence_and_nothing_about_others(office: Office) -> None:
    """Mia is a member; what waits and runs is none of hers."""
    await asked(office)
    view = await shown(office, "mia", SENTENCE)
    assert (len(view.blocks), view.action_ids) == (1, [])
    assert ("U0MIA", "not_admin") in await refusals(office)


async def test_a_failure_of_contentstack_is_said_and_can_be_looked_at_again(office: Office) -> None:
    """One sentence and a button, and with it everything once it is over."""
    fault = office.contentstack.faults.add(Fault(0, Kind.ANSWER, "", "/share/search", count=None, body={}))
    view = await shown(office, "ada", "Contentstack could not be asked for your rights")
    assert view.action_ids == ["home_again"]
    office.contentstack.faults.remove(fault.uid)
    ada = office.user("ada")
    await ada.click(view, "home_again")
    assert (await ada.wait_for_home(lambda view: "start" in view.action_ids)).action_ids[-1] == "home_again"


async def test_a_click_withdraws_and_draws_the_tab_again(office: Office) -> None:
    """What was asked for, from the tab; it stands among the last operations then."""
    await asked(office)
    view = await shown(office, "ada", "Waiting for approval")
    ada = office.user("ada")
    await ada.click(view, "home_withdraw")
    after = await ada.wait_for_home(lambda view: "Withdrawn" in view.all_text)
    assert "home_withdraw" not in after.action_ids
    assert [one.state for one in await operations(office)] == [State.WITHDRAWN]


async def test_a_button_of_a_stale_tab_changes_nothing_and_says_so(office: Office) -> None:
    """Grace agreed meanwhile: the click comes too late, the tab shows what is."""
    one = await asked(office)
    view = await shown(office, "ada", "Waiting for approval")
    await office.store.write(
        lambda tx: tx.move(one.id, State.AWAITING_APPROVAL, State.EXPIRED, one.created_at)
    )
    ada = office.user("ada")
    await ada.click(view, "home_withdraw")
    said = await ada.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert said.all_text.startswith("This request has moved on meanwhile")
    await ada.wait_for_home(lambda view: "Expired" in view.all_text)


async def test_three_hundred_operations_are_paged(office: Office) -> None:
    """Five at a time, on and back; the other lists stay where they are."""
    await add(office, 300, State.DONE)
    ada = office.user("ada")
    first = await shown(office, "ada", "The last operations · 1 to 5 of 300")
    assert "What you asked for · 1 to 5 of 150" in first.all_text
    await ada.click(first, "home_page:last:on")
    second = await ada.wait_for_home(lambda view: "The last operations · 6 to 10 of 300" in view.all_text)
    await ada.click(second, "home_page:mine:on")
    both = await ada.wait_for_home(lambda view: "What you asked for · 6 to 10 of 150" in view.all_text)
    assert "The last operations · 6 to 10 of 300" in both.all_text
    await ada.click(both, "home_page:last:back")
    await ada.wait_for_home(lambda view: "The last operations · 1 to 5 of 300" in view.all_text)
    await office.desk.home.opened("U0ADA", Pages(numbers={Shelf.LAST: 9_999}))
    await ada.wait_for_home(lambda view: "The last operations · 296 to 300 of 300" in view.all_text)


async def test_an_operation_whose_plan_was_changed_is_left_out(office: Office, tmp_path: Path) -> None:
    """Its own message says what is wrong; the tab shows the others."""
    await add(office, 2, State.AWAITING_APPROVAL)
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "rollcall.db")) as database:
        database.execute(
            "UPDATE plan SET text = replace(text, 'share_1', 'share_9') WHERE operation = 'op_0000'"
        )
        database.commit()
    view = await shown(office, "ada", "What waits for your decision")
    assert "Nothing waits for your decision." not in view.all_text


@pytest.fixture
async def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def home(office: Office, clock: HandClock) -> AsyncIterator[Home]:
    """A Home of its own, on a clock that stands still."""
    house = replace(office.house, clock=clock)
    made = Home(house, office.desk.client, office.desk.tasks, office.desk.gate)
    yield made
    made.close()


async def asleep(clock: HandClock) -> bool:
    return clock.sleepers > 0


async def standing(office: Office, handle: str) -> Modal:
    """The tab as it stands."""
    found = await office.user(handle).home()
    assert found is not None
    return found


async def test_changes_are_shown_to_who_looks_in_their_turn_and_to_nobody_else(
    office: Office, home: Home, clock: HandClock
) -> None:
    """Fifty changes: not before ten seconds have passed, then once, and the last of them is in it."""
    await home.opened("U0ADA")
    for _ in range(50):
        home.changed("op_0000")
    await add(office, 1, State.RUNNING)
    await until(lambda: asleep(clock))
    assert "Nothing else waits" in (await standing(office, "ada")).all_text
    before = publications(office)
    clock.go_on(10)
    await office.user("ada").wait_for_home(lambda view: "Running" in view.all_text)
    assert publications(office) - before == 1
    assert await office.user("grace").home() is None


async def test_nothing_is_published_ten_minutes_after_the_last_opening(
    office: Office, home: Home, clock: HandClock
) -> None:
    """Nor after a stop."""
    await home.opened("U0ADA")
    clock.go_on(601)
    before = publications(office)
    home.changed("op_0000")
    await home.opened("U0ADA")
    home.close()
    home.changed("op_0000")
    await asyncio.sleep(0.05)
    assert (clock.sleepers, publications(office) - before) == (0, 1)


def publications(office: Office) -> int:
    """How often a tab was published."""
    return sum(entry.get("method") == "views.publish" for entry in office.slack.core.journal.entries)


async def test_who_lost_his_rights_between_two_publications_sees_one_sentence(
    office: Office, home: Home, clock: HandClock
) -> None:
    """Ada was an admin when she opened it, and is a member now; she is a viewer no longer."""
    await add(office, 1, State.RUNNING)
    await home.opened("U0ADA")
    assert "Running" in (await standing(office, "ada")).all_text
    world = office.contentstack.state
    organization = world.organizations[seed.ORG_UID]
    membership.set_roles(world, organization, organization.by_email[seed.ADA], [seed.MEMBER_ROLE])
    clock.go_on(60)
    home.changed("op_0000")
    view = await office.user("ada").wait_for_home(lambda view: SENTENCE in view.all_text)
    assert (len(view.blocks), view.action_ids) == (1, [])
    home.changed("op_0000")
    await asyncio.sleep(0)
    assert clock.sleepers == 0


async def test_what_slack_did_not_take_is_published_again_in_its_turn(
    office: Office, home: Home, clock: HandClock
) -> None:
    """An opening that fails at Slack is not forgotten with the next change."""
    await add(office, 1, State.RUNNING)
    await office.workspace.order("faults", kind="error", method="views.publish")
    await home.opened("U0ADA")
    assert await office.user("ada").home() is None
    home.changed("op_0000")
    await until(lambda: asleep(clock))
    clock.go_on(10)
    await office.user("ada").wait_for_home(lambda view: "Running" in view.all_text)
