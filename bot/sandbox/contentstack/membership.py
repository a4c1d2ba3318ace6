"""Changes of who belongs to an organization, with every index and consequence kept right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.contentstack.model import Account, Organization, Share, Stack

if TYPE_CHECKING:
    from bot.sandbox.contentstack.world import World


def add_share(world: World, org: Organization, share: Share) -> Share:
    """Store a new share; an accepted one makes its account a member."""
    org.shares[share.uid] = share
    org.by_email[share.email.casefold()] = share
    org.version += 1
    if share.user_uid is not None and share.status == "accepted":
        _join(world, org, share, share.user_uid)
    return share


def _join(world: World, org: Organization, share: Share, user_uid: str) -> None:
    org.by_user[user_uid] = share
    world.accounts[user_uid].organizations[org.uid] = None
    for role_uid in share.org_roles:
        org.role_users.setdefault(role_uid, {})[user_uid] = None


def accept(world: World, org: Organization, share: Share, account: Account) -> None:
    """Turn an invitation into a membership; its stack roles become effective (CS §8.1)."""
    share.status = "accepted"
    share.user_uid = account.uid
    share.updated_at = world.now()
    org.version += 1
    _join(world, org, share, account.uid)
    for api_key, roles in share.pending_stacks.items():
        stack = org.stacks.get(api_key)
        if stack is not None:
            add_collaborator(stack, account.uid, roles, share.invited_by)
    share.pending_stacks = {}


def set_roles(world: World, org: Organization, share: Share, role_uids: list[str]) -> None:
    """Replace the organization roles of a share."""
    if share.user_uid is not None:
        for role_uid in share.org_roles:
            org.role_users.get(role_uid, {}).pop(share.user_uid, None)
        for role_uid in role_uids:
            org.role_users.setdefault(role_uid, {})[share.user_uid] = None
    share.org_roles = list(role_uids)
    share.updated_at = world.now()
    org.version += 1


def remove_share(world: World, org: Organization, share: Share) -> None:
    """End a membership or an invitation: its stacks, teams and OAuth consents go, the account stays.

    Source: CS §3.4, §8.1 (delete removes all stack roles), §1.6 (a user token dies with the person's rights).
    """
    del org.shares[share.uid]
    del org.by_email[share.email.casefold()]
    org.version += 1
    user_uid = share.user_uid
    if user_uid is None:
        return
    org.by_user.pop(user_uid, None)
    for users in org.role_users.values():
        users.pop(user_uid, None)
    world.accounts[user_uid].organizations.pop(org.uid, None)
    for stack in org.stacks.values():
        if stack.owner_uid != user_uid:  # the stack stays theirs until its ownership is transferred (§3.4)
            remove_collaborator(stack, user_uid)
    for team in org.teams.values():
        team.users = [uid for uid in team.users if uid != user_uid]
    for group in org.groups.values():
        group.members = [uid for uid in group.members if uid != user_uid]
    revoke_consents(world, org, user_uid)


def revoke_consents(world: World, org: Organization, user_uid: str) -> None:
    """Take back every OAuth consent that the person gave to an app of this organization (CS §1.6)."""
    apps = {app.uid for app in world.oauth.apps.values() if app.org_uid == org.uid}
    for consent in list(world.oauth.authorizations.values()):
        if consent.app_uid in apps and consent.user_uid == user_uid and consent.kind == "user":
            del world.oauth.authorizations[consent.uid]


def add_collaborator(stack: Stack, user_uid: str, role_uids: list[str], by: str | None) -> None:
    """Give a person roles in a stack and remember who added them (CS §3.7: who may remove whom)."""
    stack.users[user_uid] = list(role_uids)
    if by is not None:
        stack.added_by.setdefault(user_uid, by)


def remove_collaborator(stack: Stack, user_uid: str) -> None:
    """Take a person out of a stack; nothing happens if they were not in it."""
    stack.users.pop(user_uid, None)
    stack.added_by.pop(user_uid, None)


def team_role_uids(org: Organization, user_uid: str) -> list[str]:
    """Organization roles that the person has through teams (CS §3.8: they add up)."""
    return [
        team.organization_role
        for team in org.teams.values()
        if team.organization_role is not None and user_uid in team.users
    ]


def team_stack_role_uids(org: Organization, user_uid: str, api_key: str) -> list[str]:
    """Stack roles that the person has through teams."""
    return [
        role
        for team in org.teams.values()
        if user_uid in team.users
        for role in team.stack_roles.get(api_key, [])
    ]
