"""auth.*, api.test, team.info, bots.info, apps.connections.open, blocks.validate."""

from bot.sandbox.workspace.block_kit import check_blocks, check_view
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.socket_mode import SocketHub
from bot.sandbox.workspace.webapi.registry import APP, NO_TOKEN, Arguments, Methods

METHODS = Methods()


@METHODS.method("api.test", token=NO_TOKEN)
def api_test(core: Core, arguments: Arguments) -> Json:
    """Echo; `error` makes it fail."""
    _ = core
    if arguments.text("error"):
        raise ApiError(arguments.text("error"), args=dict(arguments.raw))
    return {"args": {k: v for k, v in arguments.raw.items() if k != "token"}}


@METHODS.method("auth.test")
def auth_test(core: Core, arguments: Arguments) -> Json:
    """Who the token is."""
    _ = arguments
    return {
        "url": f"{core.base_url}/",
        "team": core.workspace.name,
        "user": core.bot.handle,
        "team_id": core.workspace.team_id,
        "user_id": core.bot.id,
        "bot_id": core.bot.bot_id,
        "is_enterprise_install": False,
    }


@METHODS.method("auth.revoke")
def auth_revoke(core: Core, arguments: Arguments) -> Json:
    """Give the token back."""
    core.credentials.revoked[arguments.token] = "token_revoked"
    return {"revoked": True}


@METHODS.method("team.info", "team:read")
def team_info(core: Core, arguments: Arguments) -> Json:
    """The workspace."""
    _ = arguments
    workspace = core.workspace
    team = {
        "id": workspace.team_id,
        "name": workspace.name,
        "domain": workspace.domain,
        "email_domain": "example.com",
    }
    return {"team": team}


@METHODS.method("bots.info", "users:read")
def bots_info(core: Core, arguments: Arguments) -> Json:
    """A bot by its bot id."""
    wanted = arguments.text("bot") or core.bot.bot_id
    for person in core.workspace.people.values():
        if person.bot_id and person.bot_id == wanted:
            return {
                "bot": {
                    "id": wanted,
                    "deleted": person.deleted,
                    "name": person.name,
                    "app_id": person.app_id,
                    "user_id": person.id,
                    "icons": {},
                }
            }
    raise ApiError("bot_not_found")


@METHODS.method("apps.connections.open", "connections:write", token=APP)
def connections_open(core: Core, arguments: Arguments) -> Json:
    """A single-use WebSocket address (SL §3)."""
    _ = arguments
    if not isinstance(core.transport, SocketHub):
        raise ApiError("socket_mode_not_enabled")
    return {"url": core.transport.issue_ticket()}


@METHODS.method("blocks.validate", token=NO_TOKEN)
def blocks_validate(core: Core, arguments: Arguments) -> Json:
    """Slack's own check: exactly one of blocks, message, view (SL §5)."""
    _ = core
    given = [name for name in ("blocks", "message", "view") if arguments.raw.get(name)]
    if len(given) != 1:
        line = "must provide exactly one of `blocks`, `view`, or `message`"
        raise ApiError("invalid_arguments", response_metadata={"messages": [line]})
    name = given[0]
    value = arguments.nested(name, f"invalid_{name}")
    if name == "view":
        problems = check_view(value, "")
    elif name == "message":
        problems = check_blocks(value.get("blocks") if isinstance(value, dict) else None, "message")
    else:
        problems = check_blocks(value, "message", "")
    if problems:
        raise ApiError(f"invalid_{name}", errors=[problem.entry() for problem in problems])
    return {}
