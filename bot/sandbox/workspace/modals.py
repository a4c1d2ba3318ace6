"""Views: the modal stack of three, hashes, updates that keep what was typed, the Home tab (SL §4)."""

from bot.sandbox.workspace import render
from bot.sandbox.workspace.block_kit import check_view
from bot.sandbox.workspace.core import Core, Trigger
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.fields import drop_vanished
from bot.sandbox.workspace.posting import with_ids
from bot.sandbox.workspace.state import View

MAX_STACK = 3


def check(view: object) -> Json:
    """The view, or `invalid_arguments` with the JSON pointer of each complaint (SL §5)."""
    problems = check_view(view)
    if problems or not isinstance(view, dict):
        lines = [problem.line() for problem in problems]
        raise ApiError("invalid_arguments", response_metadata={"messages": lines})
    return view


def _check_modal(core: Core, view: object, own: str | None = None) -> Json:
    body = check(view)
    if body["type"] != "modal":
        message = "[ERROR] must be a valid enum value [json-pointer:/view/type]"
        raise ApiError("invalid_arguments", response_metadata={"messages": [message]})
    external_id = body.get("external_id")
    if external_id and any(
        v.body.get("external_id") == external_id and v.id != own for v in core.workspace.views.values()
    ):
        raise ApiError("duplicate_external_id")
    return body


def _new_hash(core: Core) -> str:
    return f"{int(core.clock.now())}.{core.ids.secret(4)}"


def _new_view(core: Core, user: str, body: Json, below: View | None, channel: str | None) -> View:
    view_id = core.ids.next("V")
    view = View(
        id=view_id,
        user=user,
        type=body["type"],
        body={**body, "blocks": with_ids(core, body["blocks"])},
        hash=_new_hash(core),
        root_view_id=below.root_view_id if below else view_id,
        previous_view_id=below.id if below else None,
        origin_channel=below.origin_channel if below else channel,
    )
    core.workspace.views[view_id] = view
    return view


def tell(core: Core, user: str) -> None:
    """Send the person's stack to their pages."""
    if core.broker.listening(user):
        core.broker.publish({user}, "modals", {"modals": render.modals(core, user)})


def open_view(core: Core, trigger: Trigger, view: object) -> View:
    """views.open: the root of a stack; on an open modal the new one goes on top (unverified)."""
    body = _check_modal(core, view)
    stack = core.workspace.stacks.setdefault(trigger.user, [])
    if len(stack) >= MAX_STACK:
        raise ApiError("push_limit_reached")
    below = core.workspace.views[stack[-1]] if stack else None
    opened = _new_view(core, trigger.user, body, below, trigger.channel)
    stack.append(opened.id)
    tell(core, trigger.user)
    return opened


def push_view(core: Core, user: str, view: object) -> View:
    """views.push and `response_action: push`: on top of an open modal, three at most (SL §4)."""
    stack = core.workspace.stacks.get(user, [])
    body = _check_modal(core, view)
    if not stack:
        raise ApiError("not_found")
    if len(stack) >= MAX_STACK:
        raise ApiError("push_limit_reached")
    pushed = _new_view(core, user, body, core.workspace.views[stack[-1]], None)
    stack.append(pushed.id)
    tell(core, user)
    return pushed


def find(core: Core, view_id: object, external_id: object) -> View:
    """The view that views.update means; `not_found` when it was closed."""
    views = core.workspace.views
    if isinstance(view_id, str) and view_id in views:
        return views[view_id]
    if isinstance(external_id, str) and external_id:
        for view in views.values():
            if view.body.get("external_id") == external_id:
                return view
    raise ApiError("not_found")


def update_view(core: Core, view: View, body: object, expected_hash: object = None) -> View:
    """Replace a view's content; values survive under the same ids (SL §4)."""
    checked = check(body) if view.type == "home" else _check_modal(core, body, view.id)
    if expected_hash not in (None, "", view.hash):
        raise ApiError("hash_conflict")
    view.body = {**checked, "blocks": with_ids(core, checked["blocks"])}
    view.hash = _new_hash(core)
    view.values = drop_vanished(view.blocks, view.values, view.offered)
    view.errors = {}
    view.busy = False
    tell(core, view.user)
    return view


def publish(core: Core, user: str, body: object, expected_hash: object = None) -> View:
    """views.publish: the Home tab of one person."""
    checked = check(body)
    if checked["type"] != "home":
        message = "[ERROR] must be a valid enum value [json-pointer:/view/type]"
        raise ApiError("invalid_arguments", response_metadata={"messages": [message]})
    before = core.workspace.homes.get(user)
    if before is None:
        home = _new_view(core, user, checked, None, None)
        core.workspace.homes[user] = home
    else:
        home = update_view(core, before, checked, expected_hash)
    core.broker.publish({user}, "home", {"view": render.view(core, home)})
    return home


def close(core: Core, user: str, views: list[View]) -> None:
    """Take views away, whatever stands above them stays."""
    gone = {view.id for view in views}
    core.workspace.stacks[user] = [v for v in core.workspace.stacks.get(user, []) if v not in gone]
    for view_id in gone:
        core.workspace.views.pop(view_id, None)
    tell(core, user)
