"""Records as the JSON that the API prints, spelling traps included (CS §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.contentstack.model import Account, Json, Organization, OrgRole, Share, Stack, StackRole

if TYPE_CHECKING:
    from bot.sandbox.contentstack.world import World


def invitation(world: World, org: Organization, share: Share) -> Json:
    """A share as the invitation list and the invite answer print it: `update_at`, no token (CS §3.2.1)."""
    body = _share(share)
    body[world.switches.share_timestamp] = share.updated_at  # §2 trap 2
    if share.user_uid == org.owner_uid:
        body["is_owner"] = True  # §2 trap 4
    if share.user_uid is None and int(share.uid[-1], 16) % 2 == 0:
        del body["user_uid"]  # §2 trap 1: absent or null; here half of the invitations each
    return body


def found_share(share: Share) -> Json:
    """A share as search and delete print it: `updated_at` and the acceptance token (CS §3.2.2, §3.4)."""
    body = _share(share)
    body["acceptance_token"] = share.acceptance_token
    body["updated_at"] = share.updated_at
    if share.access_without_sso:
        body["access_without_sso"] = True
    return body


def _share(share: Share) -> Json:
    return {
        "uid": share.uid,
        "email": share.email,
        "user_uid": share.user_uid,
        "message": share.message,
        "org_uid": share.org_uid,
        "org_roles": list(share.org_roles),
        "invited_by": share.invited_by,
        "invited_at": share.invited_at,
        "status": share.status,
        "created_at": share.created_at,
    }


def with_extras(
    world: World, org: Organization, share: Share, body: Json, query_flags: frozenset[str]
) -> Json:
    """Add what the include flags ask for, in shapes that nobody documented (CS §3.2.1, §10.2)."""
    account = world.accounts.get(share.user_uid) if share.user_uid else None
    if "include_roles" in query_flags:
        body["roles"] = [
            org_role(org, org.roles[uid], users=False) for uid in share.org_roles if uid in org.roles
        ]
    if "include_invited_by" in query_flags and share.invited_by in world.accounts:
        body["invited_by_user"] = short_user(world.accounts[share.invited_by])
    if "include_user_details" in query_flags and account is not None:
        details = user_details(account)
        place = world.switches.user_details
        if place == "flat":
            body.update({key: details[key] for key in ("tfa_status", "last_login_at")})
        elif place != "absent":
            body[place] = details
    return body


def short_user(account: Account) -> Json:
    """Who it is, and no more."""
    return {
        "uid": account.uid,
        "email": account.email,
        "first_name": account.first_name,
        "last_name": account.last_name,
    }


def user_details(account: Account) -> Json:
    """What `include_user_details` adds here: second factor, names, last login (names as in CS §1.5)."""
    return {
        **short_user(account),
        "tfa_status": "verified" if account.tfa_type else "disabled",
        "last_login_at": account.last_login_at,
    }


def org_role(org: Organization, role: OrgRole, *, users: bool = True) -> Json:
    """A role; `admin` and `default` stand only when true, the time is `update_at` (CS §3.1.3)."""
    body: Json = {
        "uid": role.uid,
        "name": role.name,
        "description": role.description,
        "org_uid": role.org_uid,
    }
    if role.admin:
        body["admin"] = True
    if role.default:
        body["default"] = True
    if users:
        body["users"] = list(org.role_users.get(role.uid, {}))
    body["created_at"] = role.created_at
    body["update_at"] = role.updated_at
    return body


def organization(org: Organization, user_uid: str | None, *, plan: bool = False) -> Json:
    """An organization (CS §3.1.1, §3.1.2); `owner: true` when the caller owns it."""
    body: Json = {
        "uid": org.uid,
        "name": org.name,
        "plan_id": org.plan_id,
        "owner_uid": org.owner_uid,
        "is_transfer_set": org.is_transfer_set,
        "expires_on": org.expires_on,
        "enabled": org.enabled,
        "is_over_usage_allowed": org.is_over_usage_allowed,
        "created_at": org.created_at,
        "updated_at": org.updated_at,
        "settings": {"sso": _sso(org)},
    }
    if org.owner_uid == user_uid:
        body["owner"] = True
    if plan:
        body["plan"] = {"plan_id": org.plan_id, "name": "Sandbox plan", "features": features(org)}
    return body


def _sso(org: Organization) -> Json:
    if not org.sso.enabled:
        return {"sso_roles": {"enabled": org.sso.roles_enabled}}  # §3.1.1
    slug = org.name.lower().replace(" ", "-")
    return {
        "id": slug,
        "strict": org.sso.strict,
        "session_timeout": 12,
        "sso_roles": {"enabled": org.sso.roles_enabled},
        "saml": {
            "acs_url": f"https://app.example.com/api/sso/saml2/{slug}",
            "entity_id": "https://app.example.com",
            "version": 2,
            "name_id_format": "Email Address",
            "attributes": ["email", "first_name", "last_name"],
        },
    }


def features(org: Organization) -> list[Json]:
    """The plan's features as uid, name, limit, enabled (CS §3.1.2)."""
    return [
        {"uid": uid, "name": uid, "limit": limit, "enabled": limit > 0} for uid, limit in org.features.items()
    ]


def stack(world: World, found: Stack) -> Json:
    """A stack as the organization lists it (CS §3.1.4)."""
    owner = world.accounts[found.owner_uid]
    return {
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        "uid": found.uid,
        "name": found.name,
        "api_key": found.api_key,
        "owner_uid": found.owner_uid,
        "owner": {"email": owner.email, "first_name": owner.first_name, "last_name": owner.last_name},
        "users": {"count": len(found.users)},
    }


def full_stack(world: World, found: Stack) -> Json:
    """A stack as `GET /v3/stacks` prints it: the same, with the organization."""
    return {**stack(world, found), "org_uid": found.org_uid, "master_locale": "en-us", "description": ""}


def stack_role(found: Stack, role: StackRole, *, permissions: bool, rules: bool) -> Json:
    """A role of a stack with the users who hold it directly (CS §3.1.5)."""
    body: Json = {
        "uid": role.uid,
        "name": role.name,
        "description": role.description,
        "users": [user_uid for user_uid, held in found.users.items() if role.uid in held],
        "roles": [],
        "created_at": role.created_at,
        "updated_at": role.updated_at,
        "SYS_ACL": {},
        "stack": {"uid": found.uid, "name": found.name, "api_key": found.api_key, "org_uid": found.org_uid},
    }
    if rules:
        body["rules"] = [{"module": "branch", "branches": ["main"], "acl": {"read": True}}]
    if permissions:
        body["permissions"] = {"content_types": [], "environments": [], "assets": [], "locales": []}
    return body


def stack_user(found: Stack, account: Account) -> Json:
    """A collaborator (CS §3.1.5): `metadata.idp_user` is the only documented SSO hint."""
    body: Json = {
        **short_user(account),
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "username": account.username,
        "active": account.active,
        "metadata": {"idp_user": account.idp_user},
        "settings": {"preferences": {"global": [], "stack": []}},
    }
    if found.owner_uid == account.uid:
        body["is_owner"] = True
    return body
