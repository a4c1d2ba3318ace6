"""Whatever can be pressed, chosen or submitted in anything that is shown has a listener."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.domain.actions import OFFERED, ActionKey
from bot.domain.identity import Identity
from bot.domain.operation import ENDS, State
from bot.domain.outcome import Done
from bot.sandbox.workspace.seed import APP_ID, TEAM
from bot.service.glance import Glance, Shelf, ShelfPage
from bot.service.pages import Page
from bot.service.retry import Left
from bot.service.seal import Proposal
from bot.service.story import Story
from bot.service.undo import INVERSE
from bot.slack import summary
from bot.slack.app import build_app, identify
from bot.slack.fields import Chosen
from bot.slack.home import view as home
from bot.slack.home.view import Tab
from bot.slack.messages import approval, glass, held, operation
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import again, agree, choose, delegate, deny, lines, preview
from bot.slack.modals import glass as glass_modal
from bot.slack.modals.again import Doubtful, Retrying, Undoing
from bot.slack.modals.choose import Choice
from bot.words.again import undoes
from tests.slack.conftest import Office
from tests.slack.messages.samples import ADA, GRACE, NOON, asking, line, named, story
from tests.slack.messages.samples import operation as sample
from tests.slack.shapes import READY, form

PLAN = Pressed(operation="op_1", digest="a" * 64)


def stories() -> Iterator[Story]:
    """One operation in every state, with all that can follow."""
    for state in State:
        told = story(sample([line(1)], state, run=1), {1: Done()} if state in ENDS else {})
        left = Left((1,), (1,)) if state in ENDS else Left()
        yield replace(told, to_retry=left, to_undo=left.failed)


def messages() -> Iterator[list[dict[str, Any]]]:
    """The blocks of everything that is posted."""
    for told in stories():
        yield list(operation.build(told, names=True).blocks)
        yield list(approval.build(told, names=True).blocks)
        yield list(held.build(told, held.part(1)).blocks)
        yield list(glass.build(told).blocks)
        yield summary.status([told])
    able = replace(asking(1), break_glass=timedelta(minutes=2))
    yield list(
        approval.build(story(sample([line(1)], State.AWAITING_APPROVAL, verdict=able)), names=True).blocks
    )
    yield preview.message(proposal())


def proposal() -> Proposal:
    return Proposal(sample([line(1)], State.PROPOSED), {1: named(1)})


def views() -> Iterator[dict[str, Any]]:
    """Every view that can be used."""
    chosen = Chosen(stacks=("stack_docs",), stack_roles={"stack_docs": ("sr_ed",)})
    yield from (choose.build(form(Choice("d", action=one, chosen=chosen))) for one in OFFERED)
    yield preview.build(proposal())
    yield deny.build(PLAN)
    yield agree.build(PLAN)
    yield glass_modal.build(PLAN)
    yield delegate.build()
    long = sample([line(n) for n in range(1, 300)], State.AWAITING_APPROVAL)
    yield lines.build(Page(long, 3, 6, long.plan.lines[100:150], {}))
    yield again.retry(Retrying(PLAN, ["Ada"], [Doubtful(2, "Bob", "no answer")], "Retry: this"))
    yield again.undo(Undoing(PLAN, 1, "Undo: this"))
    yield home.build(Tab(glance(), {}, NOON))


def glance() -> Glance:
    """One operation in every state, of one's own and of somebody else, on a page in the middle."""
    mine = list(stories())
    others = [replace(one, operation=replace(one.operation, requester=GRACE)) for one in mine]
    shown = {shelf: ShelfPage(mine if shelf is Shelf.MINE else others, 1, 300) for shelf in Shelf}
    return Glance(ADA, Identity.EMAIL, READY, shown)


def pressable(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Ids of elements that send an action: all but those in inputs that were not asked to."""
    for block in blocks:
        if block["type"] == "actions":
            yield from (one["action_id"] for one in block["elements"])
        elif block["type"] == "input" and block.get("dispatch_action"):
            yield block["element"]["action_id"]


async def untaken(office: Office, bodies: list[dict[str, Any]]) -> list[str]:
    """The requests that no listener takes."""

    async def uninstalled(event: str) -> None:
        """Nobody to tell."""

    app = build_app(office.desk, await identify(office.desk.client), uninstalled=uninstalled)
    missed: list[str] = []

    async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            missed.append(str(body.get("actions") or body["view"]["callback_id"]))
        return BoltResponse(status=200, body="")

    app.error(failed)
    for body in bodies:
        who = {"user": {"id": "U0ADA", "team_id": TEAM}, "team_id": TEAM, "api_app_id": APP_ID}
        await app.async_dispatch(AsyncBoltRequest(body={**who, **body}, mode="socket_mode"))
    await office.desk.tasks.settle(60)
    return missed


async def test_every_button_has_a_listener(office: Office) -> None:
    """Messages in every state, status, Home tab and modals; an unknown id would be noticed."""
    shown = [*messages(), *(view["blocks"] for view in views())]
    ids = sorted({action_id for blocks in shown for action_id in pressable(blocks)})
    assert {"operation_cancel", "operation_retry", "operation_undo", "status_resume"} <= set(ids)
    assert {"home_again", "home_cancel", "home_withdraw", "home_page:last:on"} <= set(ids)
    pressed = [{"type": "block_actions", "actions": [{"action_id": one, "block_id": "b"}]} for one in ids]
    assert await untaken(office, pressed) == []
    nonsense = {"type": "block_actions", "actions": [{"action_id": "nonsense", "block_id": "b"}]}
    assert len(await untaken(office, [nonsense])) == 1


async def test_every_modal_with_a_submit_button_has_a_listener(office: Office) -> None:
    """By its callback id."""
    callbacks = sorted({view["callback_id"] for view in views() if "submit" in view})
    assert callbacks == ["agree", "choose", "delegate", "deny", "glass", "preview", "retry", "undo"]
    sent = [
        {"type": "view_submission", "view": {"id": "V1", "type": "modal", "callback_id": one}}
        for one in callbacks
    ]
    assert await untaken(office, sent) == []


def test_every_action_can_be_undone_or_says_that_it_cannot() -> None:
    """What undoes an action is carried out by an action whose undo has its own words."""
    assert {key: bool(undoes(inverse)) for key, inverse in INVERSE.items()} == {
        ActionKey.REMOVE: True,
        ActionKey.ORG_ROLE: True,
        ActionKey.STACK_ACCESS: True,
    }
