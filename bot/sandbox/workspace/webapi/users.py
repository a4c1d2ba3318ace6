"""users.*, usergroups.* (SL §7)."""

from bot.sandbox.workspace.core import Core
from bot.sandbox.workspace.errors import ApiError, Json
from bot.sandbox.workspace.seed import SEEDED_AT
from bot.sandbox.workspace.state import Person
from bot.sandbox.workspace.webapi.conversations import READ, conversation
from bot.sandbox.workspace.webapi.registry import Arguments, Methods, page

METHODS = Methods()


def user_object(core: Core, person: Person) -> Json:
    """A user object; `email` only with users:read.email, and not for people of other workspaces (SL §7)."""
    first, _, last = person.name.partition(" ")
    profile: Json = {
        "title": person.title,
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": person.handle,
        "display_name_normalized": person.handle,
        "first_name": first,
        "last_name": last,
        "team": person.team_id,
        "image_72": "",
    }
    own = person.team_id == core.workspace.team_id
    if person.email and own and "users:read.email" in core.scopes:
        profile["email"] = person.email
    if person.bot_id:
        profile |= {"bot_id": person.bot_id, "api_app_id": person.app_id}
    shared: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.handle,
        "deleted": person.deleted,
        "color": person.color,
        "real_name": person.name,
        "tz": person.tz,
        "tz_label": person.tz_label,
        "tz_offset": person.tz_offset,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated or SEEDED_AT,
        "is_email_confirmed": True,
        "is_stranger": person.is_stranger and not _common_channel(core, person),
    }
    if person.deleted:
        return shared
    return shared | {
        "is_admin": person.is_admin,
        "is_owner": person.is_owner,
        "is_primary_owner": person.is_owner,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_invited_user": person.is_invited_user,
        "who_can_share_contact_card": "EVERYONE",
    }


def _common_channel(core: Core, person: Person) -> bool:
    """SL §7: `is_stranger` false with a foreign team_id means that there is a common channel."""
    channels = core.workspace.channels.values()
    return any(person.id in c.members and core.bot.id in c.members for c in channels)


@METHODS.method("users.info", "users:read")
def info(core: Core, arguments: Arguments) -> Json:
    """One person."""
    person = core.workspace.user_by_id(arguments.required("user", "user_not_found"))
    return {"user": user_object(core, person)}


@METHODS.method("users.profile.get", "users.profile:read")
def profile_get(core: Core, arguments: Arguments) -> Json:
    """The profile of one person, the app's own by default; its scope is one of its own (SL §6)."""
    person = core.workspace.user_by_id(arguments.text("user") or core.bot.id)
    return {"profile": user_object(core, person)["profile"]}


@METHODS.method("users.getPresence", "users:read")
def presence(core: Core, arguments: Arguments) -> Json:
    """Nobody's comings and goings are simulated: whoever can be here is (invented)."""
    person = core.workspace.user_by_id(arguments.text("user") or core.bot.id)
    return {"presence": "away" if person.deleted else "active"}


@METHODS.method("users.list", "users:read")
def listing(core: Core, arguments: Arguments) -> Json:
    """Everybody, strangers of shared channels included."""
    objects = [user_object(core, p) for p in core.workspace.people.values()]
    return {"cache_ts": int(core.clock.now())} | page(objects, arguments, "members", default=1000, most=1000)


@METHODS.method("users.lookupByEmail", "users:read.email")
def lookup_by_email(core: Core, arguments: Arguments) -> Json:
    """A person of this workspace by e-mail; deactivated and foreign people are not found."""
    wanted = arguments.required("email", "users_not_found").lower()
    for person in core.workspace.people.values():
        own = person.team_id == core.workspace.team_id and not person.deleted
        if own and person.email and person.email.lower() == wanted:
            return {"user": user_object(core, person)}
    raise ApiError("users_not_found")


@METHODS.method("users.conversations", *READ)
def conversations(core: Core, arguments: Arguments) -> Json:
    """The conversations of a person, as far as the app sees them; the app's own by default."""
    user = core.workspace.user_by_id(arguments.text("user") or core.bot.id)
    kinds = arguments.listed("types") or ["public_channel"]
    found = []
    for channel in core.workspace.channels.values():
        kind = "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"
        visible = kind == "public_channel" or core.bot.id in channel.members
        if user.id in channel.members and visible and kind in kinds:
            found.append(conversation(core, channel))
    return page(found, arguments, "channels", default=100, most=999)


@METHODS.method("usergroups.list", "usergroups:read")
def usergroups(core: Core, arguments: Arguments) -> Json:
    """The user groups."""
    groups = []
    for group in core.workspace.usergroups:
        entry: Json = {
            "id": group.id,
            "team_id": core.workspace.team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": group.name,
            "handle": group.handle,
            "description": "",
            "is_external": False,
            "date_delete": 0,
            "user_count": len(group.users),
        }
        if arguments.flag("include_users"):
            entry["users"] = list(group.users)
        groups.append(entry)
    return {"usergroups": groups}


@METHODS.method("usergroups.users.list", "usergroups:read")
def usergroup_users(core: Core, arguments: Arguments) -> Json:
    """The people of a group."""
    wanted = arguments.required("usergroup")
    for group in core.workspace.usergroups:
        if group.id == wanted:
            return {"users": list(group.users)}
    raise ApiError("no_such_subteam")
