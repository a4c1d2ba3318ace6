"""What a person sees: the workspace, the sidebar, messages, modals, the Home tab, files."""

from collections.abc import Mapping

from bot.sandbox.workspace import render
from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import Json, UserError
from bot.sandbox.workspace.socket_mode import SocketHub
from bot.sandbox.workspace.state import Person
from bot.sandbox.workspace.user_api import place

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000


def workspace(core: Core) -> Json:
    """Team, app, commands, shortcuts, people, user groups."""
    config, team = core.config, core.workspace
    commands = [
        {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
        for c in config.commands
    ]
    shortcuts = [
        {"name": s.name, "type": s.type, "callback_id": s.callback_id, "description": s.description}
        for s in config.shortcuts
    ]
    return {
        "ok": True,
        "team": {"id": team.team_id, "name": team.name, "domain": team.domain},
        "now": int(core.clock.now()),
        "app": {
            "id": core.app_id,
            "name": config.name,
            "bot_user_id": core.bot.id,
            "bot_id": core.bot.bot_id,
            "installed": core.installed,
            "mode": "socket" if isinstance(core.transport, SocketHub) else "http",
            "connected": bool(core.connections),
            "connections": core.connections,
            "home_tab": config.home_tab,
            "messages_tab": config.messages_tab,
        },
        "commands": commands if core.installed else [],
        "shortcuts": shortcuts if core.installed else [],
        "people": [render.person(p) for p in team.people.values()],
        "usergroups": [
            {"id": g.id, "handle": g.handle, "name": g.name, "users": list(g.users)} for g in team.usergroups
        ],
    }


def sidebar(core: Core, person: Person) -> Json:
    """Channels, direct messages, the app."""
    seen = [c for c in core.workspace.channels.values() if render.may_see(person, c)]
    im = core.workspace.im_between(person.id, core.bot.id)
    return {
        "ok": True,
        "channels": [render.sidebar_entry(core, c, person) for c in seen if not c.is_im],
        "dms": [render.sidebar_entry(core, c, person) for c in seen if c.is_im],
        "app": {"user": core.bot.id, "im": im.id if im else None, "home_tab": core.config.home_tab},
    }


def messages(core: Core, person: Person, query: Mapping[str, str]) -> Json:
    """The last messages of a channel or thread, oldest first."""
    try:
        channel = place.channel(core, person, query.get("channel"))
    except UserError as error:
        return {
            "ok": False,
            "error": "not_in_channel",
            "message": error.message,
            "messages": [],
            "has_more": False,
        }
    thread_ts = query.get("thread_ts")
    found = render.thread(channel, thread_ts, person) if thread_ts else render.main_line(channel, person)
    before = query.get("before")
    if before:
        found = [m for m in found if m.ts < before]
    limit = query.get("limit") or str(DEFAULT_LIMIT)
    count = max(1, min(int(limit), MAX_LIMIT)) if limit.isdigit() else DEFAULT_LIMIT
    shown = [render.message(core, m, person) for m in found[-count:]]
    return {"ok": True, "channel": channel.id, "messages": shown, "has_more": len(found) > count}


def modal_stack(core: Core, person: Person) -> Json:
    """The open modals, bottom first."""
    return {"ok": True, "modals": render.modals(core, person.id)}


def home(core: Core, person: Person) -> Json:
    """The published Home tab, or null."""
    return {"ok": True, "view": render.view(core, core.workspace.homes.get(person.id))}


def files(core: Core, person: Person) -> Json:
    """The files that the person can see."""
    stored = [f for f in core.workspace.files.values() if f.complete and render.may_see_file(core, f, person)]
    return {"ok": True, "files": [render.file(f, person) for f in stored]}
