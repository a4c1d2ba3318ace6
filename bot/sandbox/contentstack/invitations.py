"""Checks and steps that invitations of v3, v4 and SCIM share (CS §3.3, §4.4, §4.5)."""

from __future__ import annotations

import re

from bot.sandbox.contentstack import errors, membership
from bot.sandbox.contentstack.call import text_list
from bot.sandbox.contentstack.model import Account, Json, Organization, Share
from bot.sandbox.contentstack.world import World

EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
FAILED = "The invitation could not be sent."


def check_roles(org: Organization, role_uids: object) -> list[str]:
    """Role uids of this organization, at least one (CS §3.3, §4.3); 422 under `org_roles` otherwise."""
    roles = text_list(role_uids, "org_roles")
    if any(uid not in org.roles for uid in roles):
        raise errors.invalid(FAILED, {"org_roles": ["is not valid."]})
    return list(dict.fromkeys(roles))


def check_email(org: Organization, email: str) -> None:
    """422 under `email` for nonsense and for a domain that is not allowed (CS §4.5)."""
    if not EMAIL.fullmatch(email):
        raise errors.invalid(FAILED, {"email": ["is not valid."]})
    domain = email.rpartition("@")[2].casefold()
    if org.allowed_domains and domain not in org.allowed_domains:
        raise errors.invalid(FAILED, {"email": [f"domain {domain} is not allowed in this organization."]})


def check_seats(org: Organization, new: int) -> None:
    """422/133 when the plan's `users` are used up (CS §3.3)."""
    limit = org.features.get("users", 0)
    if new and len(org.shares) + new > limit:
        raise errors.plan_limit(
            "Max users limit reached.", {"users": [f"limit of {limit} users has been reached."]}
        )


def check_stacks(org: Organization, stacks: object) -> dict[str, list[str]]:
    """Stack roles of one invitee as api key -> role uids; 422 under `stacks` otherwise."""
    if not isinstance(stacks, dict):
        raise errors.invalid(FAILED, {"stacks": ["is not valid."]})
    wanted: dict[str, list[str]] = {}
    for api_key, role_uids in stacks.items():
        stack = org.stacks.get(api_key)
        roles = text_list(role_uids, "stacks")
        if stack is None or any(uid not in stack.roles for uid in roles):
            raise errors.invalid(FAILED, {"stacks": ["is not valid."]})
        wanted[api_key] = roles
    return wanted


def invite(world: World, org: Organization, email: str, roles: list[str], by: Account | None) -> Share:
    """Store a pending invitation without `user_uid` and mail it (CS §8.1)."""
    share = new_share(world, org, email, roles, by)
    send(world, org, share)
    return share


def new_share(world: World, org: Organization, email: str, roles: list[str], by: Account | None) -> Share:
    """Store a pending invitation that nobody is told about."""
    now = world.now()
    share = Share(
        uid=world.uids.blt(),
        org_uid=org.uid,
        email=email,
        user_uid=None,
        org_roles=roles,
        invited_by=by.uid if by is not None else "system",
        invited_at=now,
        status="pending",
        acceptance_token=world.uids.blt(),
        created_at=now,
        updated_at=now,
    )
    return membership.add_share(world, org, share)


def send(world: World, org: Organization, share: Share) -> None:
    """Mail the invitation."""
    world.send_mail(share.email, "invitation", f"Invitation to {org.name}", share.acceptance_token)


def check_not_owner(org: Organization, share: Share) -> None:
    """422: the owner cannot be removed or get another role (CS §4.2)."""
    if share.user_uid is not None and share.user_uid == org.owner_uid:
        raise errors.invalid(
            "The organization owner cannot be changed.", {"email": ["belongs to the organization owner."]}
        )


def check_not_idp_managed(org: Organization, share: Share) -> None:
    """422 while the identity provider maps roles; not for external people and the owner (CS §4.4, §8.1)."""
    if not org.sso.roles_enabled or share.access_without_sso:
        return  # §4.4: external (non-SSO) users are unaffected by mapping
    if share.user_uid == org.owner_uid:
        return
    text = "is managed by the identity provider."
    raise errors.invalid("This user cannot be changed from Contentstack.", {"email": [text]})


def logged(share: Share) -> Json:
    """A share as the audit log's response prints it (CS §3.10)."""
    return {
        "uid": share.uid,
        "email": share.email,
        "user_uid": share.user_uid,
        "message": share.message,
        "org_roles": list(share.org_roles),
        "status": share.status,
    }
