"""Clicks, choices, typeahead, submissions, closing: what happens inside messages and views (SL §4)."""

from collections.abc import Mapping

from bot.sandbox.workspace import block_elements, modals, payloads
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.delivery import INTERACTIVE, deliver
from bot.sandbox.workspace.errors import ApiError, Json, UnansweredError, UserError
from bot.sandbox.workspace.fields import KINDS, Field, current_values, find_element, iter_fields, state_value
from bot.sandbox.workspace.schema import Problem, array, obj, text
from bot.sandbox.workspace.state import Person, View
from bot.sandbox.workspace.user_api import place
from bot.sandbox.workspace.user_api.acts import require_installed
from bot.sandbox.workspace.user_api.place import Source
from bot.sandbox.workspace.user_api.result import not_allowed, result, unanswered
from bot.sandbox.workspace.validate import field_errors

DEFAULT_MIN_QUERY = 3
TYPED = frozenset(block_elements.TYPED_INPUTS)
BUTTONS = frozenset({"button", "workflow_button", "icon_button", "feedback_buttons"})


async def fill(core: Core, person: Person, body: Json) -> Json:
    """Keep what was typed; nobody is told."""
    place.take_values(place.source(core, person, body), body.get("values"))
    return result(core, person)


async def action(core: Core, person: Person, body: Json) -> Json:
    """A button, a choice, a typed text with dispatch_action: `block_actions`."""
    if person.kind in {"deactivated", "bot"}:
        return not_allowed(core, person, f"{person.name} cannot act.")
    where = place.source(core, person, body)
    place.take_values(where, body.get("values"))
    field = find_element(where.blocks, body.get("block_id"), str(body.get("action_id")))
    confirm = field.element.get("confirm")
    if confirm and body.get("confirmed") is not True:
        return result(core, person, "confirm_required", None, confirm=confirm)
    carried = _carry(where, field, body.get("value"))
    if field.is_input and not _dispatches(field, str(body.get("trigger") or "on_enter_pressed")):
        return result(core, person)
    payload = payloads.interaction(core, "block_actions", person) | where.describe()
    payload["actions"] = [payloads.action(field, carried, core.ids.ts())]
    origin = where.message.channel if where.message else where.view.origin_channel if where.view else None
    payload["trigger_id"] = core.new_trigger(person.id, origin)
    if where.message is not None:
        payload["response_url"] = core.new_response_url(person.id, where.message.channel, where.message.ts)
    extra = {"url": field.element["url"]} if field.element.get("url") else {}
    try:
        require_installed(core)
        await deliver(core, INTERACTIVE, payload)
    except UnansweredError as error:
        return unanswered(core, person, error) | extra
    return result(core, person, **extra)


def _carry(where: Source, field: Field, value: object) -> Json:
    """What the element puts into `actions`, and into the state if it has one."""
    kind = field.element["type"]
    if kind in BUTTONS:
        return {"value": field.element["value"]} if "value" in field.element else {}
    if kind == "overflow":
        known = {str(o["value"]): o for o in field.element["options"]}
        if value not in known:
            raise UserError("option_not_offered", f'"{value}" is not one of the options.', 400)
        return {"selected_option": known[str(value)]}
    if kind not in KINDS:
        raise UserError("no_value", f'"{field.action_id}" sends no action.', 400)
    if value is not None or kind not in TYPED:
        where.set(field, value)
    current = current_values(where.blocks, where.values)[field.block_id][field.action_id]
    return state_value(field, current, where.offered(field), payloads.file_finder(where.core))


def _dispatches(field: Field, trigger: str) -> bool:
    """Elements inside input blocks send an action only with `dispatch_action: true` (SL §4)."""
    if not field.block.get("dispatch_action"):
        return False
    if field.element["type"] not in TYPED:
        return True
    config = field.element.get("dispatch_action_config", {})
    return trigger in config.get("trigger_actions_on", ["on_enter_pressed"])


async def options(core: Core, person: Person, body: Json) -> Json:
    """Typeahead of an external select: `block_suggestion`."""
    where = place.source(core, person, body)
    field = find_element(where.blocks, body.get("block_id"), str(body.get("action_id")))
    if field.element["type"] not in {"external_select", "multi_external_select"}:
        raise UserError("not_external", f'"{field.action_id}" asks nobody for options.', 400)
    query = str(body.get("query") or "")
    least = field.element.get("min_query_length", DEFAULT_MIN_QUERY)
    if len(query) < least:
        return _no_options("query_too_short", f"Type {least} characters or more.")
    place.take_values(where, body.get("values"))
    payload = payloads.interaction(core, "block_suggestion", person) | where.describe()
    # Choices already made are not in the request (SL §4).
    payload.pop("state", None)
    if "view" in payload:
        payload["view"]["state"] = {"values": {}}
    payload |= {"action_id": field.action_id, "block_id": field.block_id, "value": query}
    try:
        require_installed(core)
        answer = await deliver(core, INTERACTIVE, payload) or {}
    except UnansweredError as error:
        return _no_options(error.code, "The options could not be loaded.")
    problems: list[Problem] = []
    if "option_groups" in answer:
        _GROUPS(answer["option_groups"], "/option_groups", problems)
    else:
        _OPTIONS(answer.get("options"), "/options", problems)
    if problems:
        # Slack shows an empty menu and says nothing (SL §4); the sandbox says why.
        return _no_options("invalid_options", problems[0].line())
    for option in block_elements.offered_options(answer):
        where.offered(field)[str(option["value"])] = option
    shown = {"options": answer.get("options", []), "option_groups": answer.get("option_groups", [])}
    return {"ok": True, "error": None, "message": None, **shown}


_OPTIONS = array(block_elements.SELECT_OPTION, 0, 100)
_GROUPS = array(obj({"label": text(75, plain=True), "options": _OPTIONS}), 0, 100)


def _no_options(error: str, message: str) -> Json:
    return {"ok": False, "error": error, "message": message, "options": [], "option_groups": []}


async def submit(core: Core, person: Person, body: Json) -> Json:
    """The client-side check, then `view_submission`, then what the app's answer asks for."""
    view = place.view(core, person, body.get("view_id"))
    if view.type != "modal" or "submit" not in view.body:
        raise UserError("no_submit", "This view has no submit button.", 400)
    if view.busy:
        raise UserError("busy", "This view is being submitted already.", 409)
    place.take_values(Source(core, person, view=view), body.get("values"))
    values = current_values(view.blocks, view.values, view.origin_channel)
    errors = field_errors(view.blocks, values, core.workspace.files)
    view.errors = errors
    if errors:
        modals.tell(core, person.id)
        return result(core, person, "invalid_input", "Some fields need another look.", errors)
    payload = payloads.interaction(core, "view_submission", person) | {
        "trigger_id": core.new_trigger(person.id, view.origin_channel),
        "view": payloads.view(core, view),
        "response_urls": _response_urls(core, person, view),
    }
    view.busy = True
    modals.tell(core, person.id)
    try:
        require_installed(core)
        answer = await deliver(core, INTERACTIVE, payload)
    except UnansweredError as error:
        return unanswered(core, person, error)
    finally:
        view.busy = False
        modals.tell(core, person.id)
    return _obey(core, person, view, answer)


def _response_urls(core: Core, person: Person, view: View) -> list[Json]:
    """Selects in input blocks with `response_url_enabled` give a response_url for what was chosen (SL §2)."""
    values = current_values(view.blocks, view.values, view.origin_channel)
    urls = []
    for field in iter_fields(view.blocks):
        chosen = values[field.block_id][field.action_id]
        if field.is_input and field.element.get("response_url_enabled") and isinstance(chosen, str):
            url = core.new_response_url(person.id, chosen)
            place_ = {"block_id": field.block_id, "action_id": field.action_id, "channel_id": chosen}
            urls.append({**place_, "response_url": url})
    return urls


def _obey(core: Core, person: Person, view: View, answer: Json | None) -> Json:
    """`response_action` (SL §4): nothing, clear, update, push, errors."""
    answer = answer or {}
    try:
        match answer.get("response_action"):
            case None if not answer:
                modals.close(core, person.id, [view])
            case "clear":
                modals.close(core, person.id, core.workspace.stack(person.id))
            case "update":
                open_view = modals.find(core, view.id, None)  # `not_found` if it was closed meanwhile
                modals.update_view(core, open_view, answer.get("view"))
            case "push":
                modals.push_view(core, person.id, answer.get("view"))
            case "errors":
                return _field_errors(core, person, view, answer.get("errors"))
            case _:
                return _bad_answer(core, person, "no response_action that Slack knows")
    except ApiError as error:
        lines = error.extra.get("response_metadata", {}).get("messages", [])
        return _bad_answer(core, person, "; ".join([error.code, *lines]))
    return result(core, person)


def _field_errors(core: Core, person: Person, view: View, errors: object) -> Json:
    """Keyed by block_id, only input blocks can show them (SL §1.9)."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if (
        not isinstance(errors, Mapping)
        or not errors
        or not all(isinstance(e, str) and e for e in errors.values())
    ):
        return _bad_answer(core, person, "errors must be block_id: text")
    unknown = sorted(set(errors) - inputs)
    if unknown:
        return _bad_answer(core, person, f"there is no input block {', '.join(unknown)}")
    view.errors = dict(errors)
    modals.tell(core, person.id)
    return result(core, person, "view_errors", None, errors)


def _bad_answer(core: Core, person: Person, why: str) -> Json:
    return result(
        core, person, "invalid_response", f"The app answered something that Slack does not take: {why}."
    )


async def close(core: Core, person: Person, body: Json) -> Json:
    """Close the top view, or all with the x; `view_closed` only with notify_on_close (SL §4)."""
    view = place.view(core, person, body.get("view_id"))
    if view.type != "modal":
        raise UserError("not_a_modal", "Only modals can be closed.", 400)
    everything = bool(body.get("all")) or bool(view.body.get("clear_on_close"))
    closing = list(reversed(core.workspace.stack(person.id))) if everything else [view]
    shown = [(v, payloads.view(core, v)) for v in closing]
    modals.close(core, person.id, closing)
    for closed, snapshot in shown:
        if closed.body.get("notify_on_close") and core.installed:
            payload = payloads.interaction(core, "view_closed", person)
            core.spawn(_tell_closed(core, payload | {"view": snapshot, "is_cleared": everything}))
    return result(core, person)


async def _tell_closed(core: Core, payload: Json) -> None:
    try:
        await deliver(core, INTERACTIVE, payload)
    except UnansweredError:
        return  # nobody waits for it: the modal is gone already
