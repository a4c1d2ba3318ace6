"""views.open, push, update, publish (SL §2, §4)."""

from bot.sandbox.workspace import modals, payloads
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.webapi.registry import Arguments, Methods, missing

METHODS = Methods()


def _view(arguments: Arguments) -> object:
    view = arguments.nested("view", "invalid_arguments")
    if view is None:
        raise missing("view")
    return view


def _trigger_id(arguments: Arguments) -> str:
    return arguments.text("trigger_id") or arguments.required("interactivity_pointer")


@METHODS.method("views.open")
def views_open(core: Core, arguments: Arguments) -> Json:
    """Open a modal: needs a fresh trigger."""
    view = modals.check(_view(arguments))
    trigger = core.use_trigger(_trigger_id(arguments))
    return {"view": payloads.view(core, modals.open_view(core, trigger, view))}


@METHODS.method("views.push")
def views_push(core: Core, arguments: Arguments) -> Json:
    """Push onto the open modal: needs a fresh trigger."""
    view = modals.check(_view(arguments))
    trigger = core.use_trigger(_trigger_id(arguments))
    return {"view": payloads.view(core, modals.push_view(core, trigger.user, view))}


@METHODS.method("views.update")
def views_update(core: Core, arguments: Arguments) -> Json:
    """Replace a view by its id or external_id; a stale `hash` is refused."""
    body = modals.check(_view(arguments))
    if not arguments.text("view_id") and not arguments.text("external_id"):
        raise missing("view_id")
    view = modals.find(core, arguments.text("view_id"), arguments.text("external_id"))
    return {"view": payloads.view(core, modals.update_view(core, view, body, arguments.text("hash")))}


@METHODS.method("views.publish")
def views_publish(core: Core, arguments: Arguments) -> Json:
    """Publish a person's Home tab."""
    body = modals.check(_view(arguments))
    person = core.workspace.user_by_id(arguments.required("user_id"))
    if not core.config.home_tab:
        raise ApiError("not_enabled")
    return {"view": payloads.view(core, modals.publish(core, person.id, body, arguments.text("hash")))}
