"""SCIM 2.0 groups (CS §3.9). A group may be mapped to an organization role; its members hold the role."""

from __future__ import annotations

from bot.sandbox.contentstack import errors, membership, scim
from bot.sandbox.contentstack.call import Call, Reply, Route, object_list
from bot.sandbox.contentstack.model import Group, Json, Organization

BASE = f"{scim.BASE}/Groups"


def list_groups(call: Call) -> Reply:
    """`GET /Groups`, all or by exact `displayName`; `excludedAttributes=members` leaves the members out."""
    org = scim.organization(call)
    name = scim.filtered(call, "displayName")
    found = [group for group in org.groups.values() if name in {None, group.name}]
    return scim.page(call, [_group(call, org, group) for group in found])


def get_group(call: Call) -> Reply:
    """`GET /Groups/{id}`."""
    org = scim.organization(call)
    return scim.reply(200, _group(call, org, _found(call, org)))


def create_group(call: Call) -> Reply:
    """`POST /Groups`; a name that exists is 409."""
    org = scim.organization(call)
    name = call.text("displayName")
    if any(group.name == name for group in org.groups.values()):
        raise errors.newer(409, "Group already exists", "Conflict")
    now = call.world.now()
    group = Group(call.world.uids.object_id(), name, _members(org, call.body.get("members", [])), now, now)
    org.groups[group.uid] = group
    return scim.reply(201, _group(call, org, group))


def change_group(call: Call) -> Reply:
    """`PATCH /Groups/{id}`: add, replace, remove `members`; replace `displayName`."""
    org = scim.organization(call)
    group = _found(call, org)
    before = list(group.members)
    for step in object_list(call.body.get("Operations"), "Operations"):
        _apply(org, group, step)
    group.updated_at = call.world.now()
    _sync_roles(call, org, group, before, group.members)
    return scim.reply(200, _group(call, org, group))


def delete_group(call: Call) -> Reply:
    """`DELETE /Groups/{id}`."""
    org = scim.organization(call)
    group = _found(call, org)
    del org.groups[group.uid]
    _sync_roles(call, org, group, group.members, [])
    return Reply(204)


def _apply(org: Organization, group: Group, step: Json) -> None:
    op, path = str(step.get("op", "")).lower(), str(step.get("path", ""))
    value = step.get("value")
    if path == "displayName" or (op == "replace" and isinstance(value, dict) and "displayName" in value):
        group.name = str(value["displayName"] if isinstance(value, dict) else value)
        return
    if not path.startswith("members") or op not in {"add", "replace", "remove"}:
        raise errors.newer(400, "The operation is not supported", "Bad Request")
    named = _members(org, value or [])
    if op == "add":
        group.members = list(dict.fromkeys([*group.members, *named]))
    elif op == "replace":
        group.members = named
    elif '"' in path:  # members[value eq "…"]
        group.members = [uid for uid in group.members if uid != path.split('"')[1]]
    else:
        group.members = [uid for uid in group.members if named and uid not in named]


def _members(org: Organization, entries: object) -> list[str]:
    rows = entries if isinstance(entries, list) else []
    uids = [str(row.get("value", "")) for row in rows if isinstance(row, dict)]
    if any(uid not in org.by_user for uid in uids):
        raise errors.newer(404, "A member was not found", "Not Found")
    return uids


def _sync_roles(call: Call, org: Organization, group: Group, before: list[str], after: list[str]) -> None:
    """Leaving a group revokes its role unless another group of the person grants it (CS §3.9)."""
    if group.org_role is None:
        return
    for user_uid in set(before) | set(after):
        share = org.by_user.get(user_uid)
        if share is None or user_uid == org.owner_uid:
            continue
        granted = any(
            other.org_role == group.org_role and user_uid in other.members for other in org.groups.values()
        )
        kept = [uid for uid in share.org_roles if uid != group.org_role]
        membership.set_roles(call.world, org, share, [*kept, group.org_role] if granted else kept)


def _found(call: Call, org: Organization) -> Group:
    group = org.groups.get(call.params["id"])
    if group is None:
        raise errors.newer(404, "Group not found", "Not Found")
    return group


def _group(call: Call, org: Organization, group: Group) -> Json:
    body: Json = {
        "schemas": [scim.GROUP],
        "id": group.uid,
        "displayName": group.name,
        "meta": scim.meta(call, org, "Group", f"Groups/{group.uid}", group.created_at, group.updated_at),
    }
    if "members" not in call.query.get("excludedAttributes", ""):
        accounts = call.world.accounts
        body["members"] = [{"value": uid, "display": accounts[uid].email} for uid in group.members]
    return body


ROUTES = [
    Route("GET", BASE, list_groups, "scim"),
    Route("POST", BASE, create_group, "scim"),
    Route("GET", f"{BASE}/{{id}}", get_group, "scim"),
    Route("PATCH", f"{BASE}/{{id}}", change_group, "scim"),
    Route("DELETE", f"{BASE}/{{id}}", delete_group, "scim"),
]
