"""Builds the seeded world: two organizations, stacks, teams, apps (CS §8.2), of any size."""

from __future__ import annotations

from itertools import islice

from bot.sandbox.contentstack import membership, people
from bot.sandbox.contentstack.clock import Clock, iso
from bot.sandbox.contentstack.model import (
    Account,
    OAuthApp,
    Organization,
    OrgRole,
    Share,
    Stack,
    StackRole,
    Team,
)
from bot.sandbox.contentstack.seed import (
    ADMIN_ROLE,
    ANALYTICS_ROLE,
    APP_UID,
    CLIENT_ID,
    CLIENT_SECRET,
    DAY,
    EPOCH,
    HELP,
    IN_TEAM,
    LABS_ADMIN_ROLE,
    LABS_AUTHTOKEN,
    LABS_MEMBER_ROLE,
    LABS_NAME,
    LABS_OWNER,
    LABS_UID,
    M2M_CLIENT_ID,
    M2M_CLIENT_SECRET,
    M2M_UID,
    MANAGEMENT_TOKEN,
    MARKETING,
    MEMBER_ROLE,
    MEMBERS,
    MIA,
    MULTI,
    OPERATIONS_ROLE,
    ORG_NAME,
    ORG_UID,
    OWNER,
    PENDING,
    REDIRECT_URI,
    SCIM_TOKEN,
    SECURITY_ROLE,
    SHOP,
    STACK_CROWD,
    STACK_OWNER,
    STACKS,
    TWO_ROLES,
    stack_role,
)
from bot.sandbox.contentstack.seed_people import Person, add_invited, add_member, known_people
from bot.sandbox.contentstack.world import World, empty_world


def build(clock: Clock, *, seed: int = 1, members: int = MEMBERS) -> World:
    """The seeded world with `members` shares in the first organization, at least the known people."""
    world = empty_world(clock, seed)
    org = _organization(world, ORG_UID, ORG_NAME, members)
    _roles(
        org,
        [
            (ADMIN_ROLE, "Admin", "Admin Role", True, True, True),
            (MEMBER_ROLE, "Member", "Member Role", False, False, True),
            (SECURITY_ROLE, "Security Manager", "Views users and roles", False, True, False),
            (ANALYTICS_ROLE, "Product Analytics Viewer", "Views analytics", False, False, False),
            (OPERATIONS_ROLE, "Content Operations", "Custom role", False, False, False),
        ],
    )
    known = known_people()
    accounts = [add_member(world, org, person, number) for number, person in enumerate(known)]
    org.owner_uid = accounts[0].uid
    _stacks(world, org)
    for person, account in zip(known, accounts, strict=True):
        for api_key, role in person.stacks.items():
            _grant(org.stacks[api_key], account, role, accounts[0].uid)
    add_invited(world, org, PENDING, len(known))
    _fill(world, org, members)
    _teams(world, org, accounts[0].uid)
    org.scim_tokens.append(SCIM_TOKEN)
    _labs(world)
    _apps(world)
    return world


def _organization(world: World, uid: str, name: str, members: int) -> Organization:
    now = iso(EPOCH)
    org = Organization(
        uid=uid,
        name=name,
        plan_id="sandbox_plan",
        owner_uid="",
        created_at=now,
        updated_at=now,
        expires_on="2049-12-31T00:00:00.000Z",
        features={
            "users": max(300, members + 50),
            "stacks": 50,
            "getLimit": 10,  # §5.1: the defaults
            "limit": 10,
            "bulkLimit": 1,
            "sso": 1,
            "ssoRoles": 1,
            "bulk-action": 1,
        },
    )
    world.organizations[uid] = org
    return org


def _roles(org: Organization, rows: list[tuple[str, str, str, bool, bool, bool]]) -> None:
    for uid, name, description, admin, view, default in rows:
        now = iso(EPOCH)
        org.roles[uid] = OrgRole(uid, org.uid, name, description, now, now, admin, view, default)
        org.role_users[uid] = {}


def _fill(world: World, org: Organization, members: int) -> None:
    """Ordinary people up to `members` shares: one in twelve pending, one in ten never logged in."""
    first = len(org.shares)
    api_keys = list(STACKS)[:-1]
    crowd = islice(people.crowd(), max(0, members - first))
    for number, (given, family, email) in enumerate(crowd, start=first):
        if number % 12 == 0:
            add_invited(world, org, email, number)
            continue
        seen = number % 10 != 0
        account = add_member(world, org, Person(email, given, family, session=seen, logged_in=seen), number)
        if number < STACK_CROWD:
            for offset in range(number % 4):
                role = ("Developer", "Content Manager", "Translator")[(number + offset) % 3]
                _grant(org.stacks[api_keys[(number * 3 + offset) % 5]], account, role, org.owner_uid)


def _stacks(world: World, org: Organization) -> None:
    for number, (api_key, name) in enumerate(STACKS.items()):
        owner = world.accounts_by_email[STACK_OWNER if api_key == HELP else OWNER]
        moment = iso(EPOCH + number * DAY)
        stack = Stack(world.uids.blt(), api_key, org.uid, name, owner.uid, moment, moment)
        for role, manages in (
            ("Admin", "all"),
            ("Developer", "added"),
            ("Content Manager", "none"),
            ("Translator", "none"),
        ):
            uid = stack_role(api_key, role)
            stack.roles[uid] = StackRole(uid, role, f"{role} of {name}", moment, moment, manages)
        _grant(stack, owner, "Admin", None)
        org.stacks[api_key] = world.stacks[api_key] = stack
    org.stacks[MARKETING].management_tokens.append(MANAGEMENT_TOKEN)


def _grant(stack: Stack, account: Account, role: str, by: str | None) -> None:
    membership.add_collaborator(stack, account.uid, [stack_role(stack.api_key, role)], by)


def _teams(world: World, org: Organization, owner_uid: str) -> None:
    moment = iso(EPOCH + 10 * DAY)
    rows = [
        ("Night shift", ADMIN_ROLE, [IN_TEAM], {SHOP: [stack_role(SHOP, "Admin")]}),
        ("Newsroom", MEMBER_ROLE, [MIA, TWO_ROLES], {MARKETING: [stack_role(MARKETING, "Content Manager")]}),
    ]
    for name, role, emails, stacks in rows:
        users = [world.accounts_by_email[email.casefold()].uid for email in emails]
        uid = world.uids.object_id()
        org.teams[uid] = Team(uid, name, role, users, stacks, moment, owner_uid, moment, owner_uid)


def _labs(world: World) -> None:
    """A second organization: its own owner, ten people of its own, and one whom both know."""
    org = _organization(world, LABS_UID, LABS_NAME, 12)
    _roles(
        org,
        [
            (LABS_ADMIN_ROLE, "Admin", "Admin Role", True, True, True),
            (LABS_MEMBER_ROLE, "Member", "Member Role", False, False, True),
        ],
    )
    owner = add_member(world, org, Person(LABS_OWNER, "Lena", "Labs", (), LABS_AUTHTOKEN), 0)
    for number in range(1, 11):
        person = Person(f"lab{number:02d}@example.org", "Lab", f"Worker {number}", (LABS_MEMBER_ROLE,))
        add_member(world, org, person, number)
    multi = world.accounts_by_email[MULTI]
    moment = iso(EPOCH + DAY)
    share = Share(
        uid=world.uids.blt(),
        org_uid=org.uid,
        email=MULTI,
        user_uid=multi.uid,
        org_roles=[LABS_MEMBER_ROLE],
        invited_by=owner.uid,
        invited_at=moment,
        status="accepted",
        acceptance_token=world.uids.blt(),
        created_at=moment,
        updated_at=moment,
    )
    membership.add_share(world, org, share)


def _apps(world: World) -> None:
    standard = OAuthApp(
        APP_UID,
        ORG_UID,
        "Rollcall",
        CLIENT_ID,
        CLIENT_SECRET,
        [REDIRECT_URI, "http://localhost:8184"],
        [
            "user:read",
            "organizations:read",
            "organization:read",
            "organization.roles:read",
            "organization.share:read",
            "organization.share:write",
            "organization.logs:read",
            "cm.stacks.management:read",
            "cm.stack.users:read",
            "cm.stack.users:write",
            "cm.stack:share",
            "cm.stack:unshare",
            "cm.roles.management:read",
        ],
    )
    machine = OAuthApp(
        M2M_UID,
        ORG_UID,
        "Rollcall machine",
        M2M_CLIENT_ID,
        M2M_CLIENT_SECRET,
        [],
        [
            "organization.share:read",
            "organization.share:write",
            "auditlog:read",
            "teams:read",
            "teams:write",
            "scim:manage",
        ],
        kind="m2m",
    )
    world.oauth.apps = {app.uid: app for app in (standard, machine)}
