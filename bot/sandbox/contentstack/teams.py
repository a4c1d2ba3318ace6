"""Teams, the one camelCase corner of the API (CS §3.8)."""

from __future__ import annotations

from bot.sandbox.contentstack import access, errors, paging
from bot.sandbox.contentstack.call import Call, Reply, Route, object_list, text_list
from bot.sandbox.contentstack.model import Account, Json, Organization, Team

FAILED = "The team could not be saved."
SORT_FIELDS = {
    "name": lambda team: team.name.casefold(),
    "createdAt": lambda team: team.created_at,
    "updatedAt": lambda team: team.updated_at,
}


def list_teams(call: Call) -> Reply:
    """`GET …/teams`."""
    org = access.organization(call, "view", "teams:read")
    wanted = call.query.get("typeahead", "").casefold()
    teams: list[Team] = [team for team in org.teams.values() if wanted in team.name.casefold()]
    rows = paging.arranged(teams, call.query, SORT_FIELDS)
    body: Json = {"teams": [_team(call, team) for team in paging.page(call.query).cut(rows)]}
    if call.flag("include_count"):
        body["count"] = len(teams)
    return Reply(200, body)


def create(call: Call) -> Reply:
    """`POST …/teams`: 201 and the team object."""
    org = access.organization(call, "manage", "teams:write")
    now, by = call.world.now(), _by(call)
    team = Team(call.world.uids.object_id(), call.text("name"), None, [], {}, now, by, now, by)
    _check_name(org, team)
    _fill(call, org, team)
    org.teams[team.uid] = team
    _log(call, org, "create_team", team)
    return Reply(201, _team(call, team))


def fetch(call: Call) -> Reply:
    """`GET …/teams/{team}`: under the key `team`."""
    _org, team = _found(call, "view", "teams:read")
    return Reply(200, {"team": _team(call, team)})


def update(call: Call) -> Reply:
    """`PUT …/teams/{team}`."""
    org, team = _found(call, "manage", "teams:write")
    if "name" in call.body:
        team.name = call.text("name")
        _check_name(org, team)
    _fill(call, org, team)
    _touch(call, org, team, "update_team")
    return Reply(200, _team(call, team))


def delete(call: Call) -> Reply:
    """`DELETE …/teams/{team}`: 204, no body."""
    org, team = _found(call, "manage", "teams:write")
    del org.teams[team.uid]
    _log(call, org, "delete_team", team)
    return Reply(204)


def list_users(call: Call) -> Reply:
    """`GET …/teams/{team}/users`."""
    org, team = _found(call, "view", "teams:read")
    rows = paging.page(call.query).cut(team.users)
    body: Json = {"users": [_user(org, call.world.accounts[uid]) for uid in rows]}
    if call.flag("include_count"):
        body["count"] = len(team.users)
    return Reply(200, body)


def add_users(call: Call) -> Reply:
    """`POST …/teams/{team}/users` `{"emails": […]}`: 201."""
    org, team = _found(call, "manage", "teams:write")
    uids = [_member_uid(call, org, email) for email in call.texts("emails")]
    team.users = list(dict.fromkeys([*team.users, *uids]))
    _touch(call, org, team, "add_team_users")
    return Reply(201, {"notice": "The users were added to the team successfully."})


def remove_user(call: Call) -> Reply:
    """`DELETE …/teams/{team}/users/{user}`: 204."""
    org, team = _found(call, "manage", "teams:write")
    if call.params["user"] not in team.users:
        raise errors.missing_object()
    team.users.remove(call.params["user"])
    _touch(call, org, team, "remove_team_user")
    return Reply(204)


def list_mappings(call: Call) -> Reply:
    """`GET …/teams/{team}/stack_role_mappings`."""
    _org, team = _found(call, "view", "teams:read")
    return Reply(200, {"stackRoleMappings": _mappings(team)})


def add_mapping(call: Call) -> Reply:
    """`POST …/teams/{team}/stack_role_mappings`: 201."""
    org, team = _found(call, "manage", "teams:write")
    api_key = call.text("stackApiKey")
    team.stack_roles[api_key] = _stack_roles(org, api_key, call.body.get("roles"))
    _touch(call, org, team, "update_team")
    return Reply(201, {"stackRoleMapping": {"stackApiKey": api_key, "roles": team.stack_roles[api_key]}})


def change_mapping(call: Call) -> Reply:
    """`PUT …/teams/{team}/stack_role_mappings/{stack}`: 200."""
    org, team = _found(call, "manage", "teams:write")
    api_key = _mapped(call, team)
    team.stack_roles[api_key] = _stack_roles(org, api_key, call.body.get("roles"))
    _touch(call, org, team, "update_team")
    return Reply(200, {"stackRoleMapping": {"stackApiKey": api_key, "roles": team.stack_roles[api_key]}})


def remove_mapping(call: Call) -> Reply:
    """`DELETE …/teams/{team}/stack_role_mappings/{stack}`: 204."""
    org, team = _found(call, "manage", "teams:write")
    del team.stack_roles[_mapped(call, team)]
    _touch(call, org, team, "update_team")
    return Reply(204)


def _found(call: Call, need: str, scope: str) -> tuple[Organization, Team]:
    org = access.organization(call, need, scope)
    team = org.teams.get(call.params["team"])
    if team is None:
        raise errors.missing_object()
    return org, team


def _check_name(org: Organization, team: Team) -> None:
    if any(other.name == team.name and other is not team for other in org.teams.values()):
        raise errors.invalid(FAILED, {"name": ["is not unique."]})


def _fill(call: Call, org: Organization, team: Team) -> None:
    """Take over what the body names; users are uids, or objects with `email` as the SDK sends."""
    body = call.body
    if "users" in body:
        listed = body["users"] if isinstance(body["users"], list) else [None]
        team.users = list(dict.fromkeys(_listed_user(call, org, entry) for entry in listed))
    if "stackRoleMapping" in body:
        team.stack_roles = {
            str(row.get("stackApiKey")): _stack_roles(org, str(row.get("stackApiKey")), row.get("roles"))
            for row in object_list(body["stackRoleMapping"], "stackRoleMapping")
        }
    role = body.get("organizationRole", team.organization_role)
    if (
        not isinstance(role, str) or role not in org.roles
    ):  # §3.8: each team needs at least one Administration role
        raise errors.invalid(FAILED, {"organizationRole": ["is not valid."]})
    team.organization_role = role


def _listed_user(call: Call, org: Organization, entry: object) -> str:
    if isinstance(entry, dict):
        return _member_uid(call, org, str(entry.get("email", "")))
    if not isinstance(entry, str) or entry not in org.by_user:
        raise errors.invalid(FAILED, {"users": ["is not valid."]})
    return entry


def _member_uid(_call: Call, org: Organization, email: str) -> str:
    share = org.by_email.get(email.casefold())
    if share is None or share.user_uid is None:
        raise errors.invalid(FAILED, {"users": [f"{email} is not a user of this organization."]})
    return share.user_uid


def _stack_roles(org: Organization, api_key: str, role_uids: object) -> list[str]:
    stack = org.stacks.get(api_key)
    roles = text_list(role_uids, "roles")
    if stack is None or any(uid not in stack.roles for uid in roles):
        raise errors.invalid(FAILED, {"stackRoleMapping": ["is not valid."]})
    return roles


def _mapped(call: Call, team: Team) -> str:
    if call.params["stack"] not in team.stack_roles:
        raise errors.missing_object("stackApiKey")
    return call.params["stack"]


def _mappings(team: Team) -> list[Json]:
    return [{"stackApiKey": api_key, "roles": roles} for api_key, roles in team.stack_roles.items()]


def _team(call: Call, team: Team) -> Json:
    accounts = call.world.accounts
    details = call.flag("includeUserDetails")
    users: list[object] = [
        {"uid": uid, "email": accounts[uid].email, **_names(accounts[uid])} if details else uid
        for uid in team.users
    ]
    return {
        "_id": team.uid,
        "uid": team.uid,
        "name": team.name,
        "createdAt": team.created_at,
        "createdBy": team.created_by,
        "updatedAt": team.updated_at,
        "updatedBy": team.updated_by,
        "organizationUid": call.params["org"],
        "users": users,
        "stackRoleMapping": _mappings(team),
        "organizationRole": team.organization_role,
        "__v": 0,
        "createdByUserName": _name_of(accounts.get(team.created_by)),
        "updatedByUserName": _name_of(accounts.get(team.updated_by)),
    }


def _user(org: Organization, account: Account) -> Json:
    return {
        "uid": account.uid,
        "username": account.username,
        "email": account.email,
        **_names(account),
        "active": account.active,
        "orgInvitationStatus": org.by_user[account.uid].status,
    }


def _names(account: Account) -> Json:
    return {"firstName": account.first_name, "lastName": account.last_name}


def _name_of(account: Account | None) -> str:
    return f"{account.first_name} {account.last_name}" if account is not None else ""


def _touch(call: Call, org: Organization, team: Team, event: str) -> None:
    team.updated_at, team.updated_by = call.world.now(), _by(call)
    _log(call, org, event, team)


def _log(call: Call, org: Organization, event: str, team: Team) -> None:
    call.world.log(org, _by(call), event, dict(call.body), {"team": {"uid": team.uid, "name": team.name}})


def _by(call: Call) -> str:
    return call.caller.uid if call.caller is not None else ""


BASE = "/v3/organizations/{org}/teams"
ONE = f"{BASE}/{{team}}"

ROUTES = [
    Route("GET", BASE, list_teams),
    Route("POST", BASE, create),
    Route("GET", ONE, fetch),
    Route("PUT", ONE, update),
    Route("DELETE", ONE, delete),
    Route("GET", f"{ONE}/users", list_users),
    Route("POST", f"{ONE}/users", add_users),
    Route("DELETE", f"{ONE}/users/{{user}}", remove_user),
    Route("GET", f"{ONE}/stack_role_mappings", list_mappings),
    Route("POST", f"{ONE}/stack_role_mappings", add_mapping),
    Route("PUT", f"{ONE}/stack_role_mappings/{{stack}}", change_mapping),
    Route("DELETE", f"{ONE}/stack_role_mappings/{{stack}}", remove_mapping),
]
