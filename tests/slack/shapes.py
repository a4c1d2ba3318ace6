"""Invented directories, forms and proposals for the tests of modals, and Slack's own check of a view."""

from __future__ import annotations

from typing import Any

from bot.domain.actions import OFFERED, ActionKey, Capability, Readiness
from bot.domain.members import Directory, Member, Organization, OrgRole, Stack, StackRole
from bot.sandbox.workspace.block_kit import check_view
from bot.slack.modals.choose import Choice, Form
from bot.slack.payloads import View
from tests.slack.messages.samples import NOON

READY = [Capability(action, Readiness.READY, "", via="documented") for action in OFFERED]


def complaints(view: object) -> list[str]:
    """What Slack would say of a view."""
    return [problem.line() for problem in check_view(view)]


ROLES = (OrgRole("role_admin", "Admin", admin=True), OrgRole("role_member", "Member"))
DOCS_ROLES = (StackRole("sr_dev", "Developer"), StackRole("sr_ed", "Editor"))
STACKS = (
    Stack(
        "stack_docs", "Docs", "key1", roles=(StackRole("sr_dev", "Developer"), StackRole("sr_ed", "Editor"))
    ),
    Stack("stack_shop", "Shop", "key2", roles=(StackRole("sr_shop", "Developer"),)),
    Stack("stack_dark", "Dark", "key3", roles=None),
)
WHY = "no endpoint is published; contact support"


def directory(
    members: tuple[Member, ...] = (),
    roles: tuple[OrgRole, ...] = ROLES,
    stacks: tuple[Stack, ...] = STACKS,
) -> Directory:
    return Directory(Organization("org", "Example"), members, roles, stacks, NOON, expected=len(members))


def form(choice: Choice | None = None, **more: Any) -> Form:
    values: dict[str, Any] = {
        "choice": choice or Choice("draft_1"),
        "capabilities": READY,
        "directory": directory(),
        "loading": None,
        "most_people": 10,
        "names_in_public": False,
        "now": NOON,
    }
    return Form(**{**values, **more})


def unavailable(action: ActionKey, why: str = WHY) -> list[Capability]:
    return [Capability(action, Readiness.UNAVAILABLE, why) if one.action is action else one for one in READY]


def returned(view: dict[str, Any], **typed: Any) -> View:
    """The view as Slack gives it back: what stands in its fields, and what somebody typed over it."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            values[block["block_id"]] = {element["action_id"]: _standing(element)}
    values.update(typed)
    return View.model_validate(
        {
            "id": "V1",
            "callback_id": view["callback_id"],
            "private_metadata": view["private_metadata"],
            "state": {"values": values},
        },
    )


def _standing(element: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": element["type"],
        "value": element.get("initial_value"),
        "selected_option": element.get("initial_option"),
        "selected_options": element.get("initial_options", []),
        "selected_date_time": element.get("initial_date_time"),
        "selected_conversation": element.get("initial_conversation"),
    }


def blocks_of(view: dict[str, Any]) -> list[str]:
    """The block ids of the inputs, in their order."""
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
