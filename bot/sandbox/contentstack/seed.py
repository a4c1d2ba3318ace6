"""The organization that the sandbox starts with (CS §8.2), and the constants that clients and tests need.

Everything here is invented, the passwords and tokens too: they open nothing but this simulator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
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
from bot.sandbox.contentstack.world import World, empty_world

ORG_UID = "blt0a11ca11de500001"
ORG_NAME = "Example Group"
LABS_UID = "blt0a11ca11de500002"
LABS_NAME = "Example Labs"

ADMIN_ROLE = "blt0a11ca11ad000001"
MEMBER_ROLE = "blt0a11ca11ad000002"
SECURITY_ROLE = "blt0a11ca11ad000003"
ANALYTICS_ROLE = "blt0a11ca11ad000004"
OPERATIONS_ROLE = "blt0a11ca11ad000005"
LABS_ADMIN_ROLE = "blt0a11ca11ad000011"
LABS_MEMBER_ROLE = "blt0a11ca11ad000012"

OWNER = "owner@example.com"
BOT = "rollcall-bot@example.com"
ADA = "ada.admin@example.com"
GRACE = "grace.admin@example.com"
MIA = "mia.member@example.com"
GUS = "gus.guest@example.com"
SID = "sid.stranger@example.org"
DORA = "dora.deactivated@example.com"
LABS_OWNER = "lena.labs@example.org"

PASSWORD = "correct horse battery staple"  # noqa: S105 - the invented password of every seeded account
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - Ada's second factor, invented
BOT_AUTHTOKEN = "blt0000000000b07b07"
OWNER_AUTHTOKEN = "blt00000000000033e7"
ADA_AUTHTOKEN = "blt0000000000000ada"
GRACE_AUTHTOKEN = "blt0000000000097ace"
MIA_AUTHTOKEN = "blt00000000000003ea"
LABS_AUTHTOKEN = "blt000000000001ab50"
SCIM_TOKEN = "scim0000000000000000000000000001"  # noqa: S105 - invented
MANAGEMENT_TOKEN = "cs00000000000000000000000000000001"  # noqa: S105 - of the stack "Marketing site", invented

APP_UID = "000000000000000000000a01"
CLIENT_ID = "sandboxClientId001"
CLIENT_SECRET = "sandboxClientSecret001"  # noqa: S105 - invented
REDIRECT_URI = "http://127.0.0.1:8080/oauth/callback"
M2M_UID = "000000000000000000000a02"
M2M_CLIENT_ID = "sandboxClientId002"
M2M_CLIENT_SECRET = "sandboxClientSecret002"  # noqa: S105 - invented

MARKETING = "blt57ac000000000001"
SHOP = "blt57ac000000000002"
HELP = "blt57ac000000000003"
INTRANET = "blt57ac000000000004"
MOBILE = "blt57ac000000000005"
ARCHIVE = "blt57ac000000000006"
STACKS = {
    MARKETING: "Marketing site",
    SHOP: "Web shop",
    HELP: "Help center",
    INTRANET: "Intranet",
    MOBILE: "Mobile app",
    ARCHIVE: "Archive",
}
MEMBERS = 250  # §8.2: three pages
STACK_CROWD = 2_000  # so many generated people at most get stack roles: stacks of 50,000 collaborators are not the point
DAY = 86_400.0
EPOCH = 1_577_880_000.0  # 2020-01-01: the first membership

TIMED_LOCK = "tom.timed@example.com"
FULL_LOCK = "ivy.indefinite@example.com"
MULTI = "max.multi@example.com"
NO_SESSION = "nora.nosession@example.com"
IDP = "ida.idp@example.com"
EXTERNAL = "eva.external@example.com"
TWO_ROLES = "rita.tworoles@example.com"
IN_TEAM = "theo.team@example.com"
STACK_OWNER = "stella.stackowner@example.com"
PLUS = "paul+news@example.com"
UPPER = "Ulla.UPPER@Example.COM"
NON_ASCII = "zoe.lukasiewicz@example.com"
NEVER = "nils.never@example.com"
PENDING = "pia.pending@example.com"
MFA_USER = "mona.mfa@example.com"
SMS_USER = "sam.sms@example.com"
SECURITY = "sue.security@example.com"
LEADING_PLUS = "+first.plus@example.com"


@dataclass(frozen=True, slots=True)
class Person:
    """One seeded member and what is special about them."""

    email: str
    first: str
    last: str
    roles: tuple[str, ...] = (MEMBER_ROLE,)
    token: str | None = None
    session: bool = True
    logged_in: bool = True
    tfa: str | None = None
    idp: bool = False
    without_sso: bool = False
    failed: int = 0
    locked: float | None = None  # seconds from the start; math.inf for ever
    stacks: dict[str, str] = field(default_factory=dict)


def known_people() -> list[Person]:
    """The members of §8.2 and the demo accounts, owner first."""
    everywhere = dict.fromkeys((SHOP, HELP, INTRANET, MOBILE), "Admin")
    return [
        Person(OWNER, "Olivia", "Owner", (), OWNER_AUTHTOKEN, stacks={MARKETING: "Admin"}),
        Person(
            BOT,
            "Rollcall",
            "Bot",
            (ADMIN_ROLE,),
            BOT_AUTHTOKEN,
            stacks={MARKETING: "Developer", **everywhere},
        ),
        Person(
            ADA, "Ada", "Admin", (ADMIN_ROLE,), ADA_AUTHTOKEN, tfa="totp_authenticator", stacks=everywhere
        ),
        Person(GRACE, "Grace", "Admin", (ADMIN_ROLE,), GRACE_AUTHTOKEN, stacks={SHOP: "Developer"}),
        Person(SID, "Sid", "Stranger", (ADMIN_ROLE,)),
        Person(
            MIA, "Mia", "Member", token=MIA_AUTHTOKEN, stacks={MARKETING: "Admin", SHOP: "Content Manager"}
        ),
        Person(GUS, "Gus", "Guest", stacks={HELP: "Translator"}),
        Person(DORA, "Dora", "Deactivated", stacks={SHOP: "Developer", MOBILE: "Developer"}),
        Person(TIMED_LOCK, "Tom", "Timed", failed=5, locked=300.0, session=False),
        Person(FULL_LOCK, "Ivy", "Indefinite", failed=10, locked=math.inf, session=False),
        Person(MULTI, "Max", "Multi", stacks={INTRANET: "Content Manager"}),
        Person(NO_SESSION, "Nora", "Nosession", session=False),
        Person(IDP, "Ida", "Idp", idp=True, stacks={SHOP: "Content Manager"}),
        Person(EXTERNAL, "Eva", "External", without_sso=True),
        Person(TWO_ROLES, "Rita", "Tworoles", (MEMBER_ROLE, OPERATIONS_ROLE)),
        Person(IN_TEAM, "Theo", "Team"),
        Person(STACK_OWNER, "Stella", "Stackowner", stacks={HELP: "Admin"}),
        Person(PLUS, "Paul", "Plus"),
        Person(UPPER, "Ulla", "Upper"),
        Person(NON_ASCII, "Zoë", "Łukasiewicz-Ñandú", stacks={MOBILE: "Translator"}),
        Person(NEVER, "Nils", "Never", session=False, logged_in=False),
        Person(MFA_USER, "Mona", "Mfa", tfa="totp_authenticator"),
        Person(SMS_USER, "Sam", "Sms", tfa="sms"),
        Person(SECURITY, "Sue", "Security", (SECURITY_ROLE,)),
        Person(LEADING_PLUS, "+Leading", "@Plus"),
        *[Person(email, first, last) for first, last, email in people.HOSTILE],
    ]


def build(clock: Clock, *, seed: int = 1, members: int = MEMBERS) -> World:
    """The seeded world with exactly `members` shares in the first organization (at least the known people)."""
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
    accounts = [_member(world, org, person, number) for number, person in enumerate(known)]
    org.owner_uid = accounts[0].uid
    _stacks(world, org)
    for person, account in zip(known, accounts, strict=True):
        for api_key, role in person.stacks.items():
            _grant(org.stacks[api_key], account, role, accounts[0].uid)
    _invited(world, org, PENDING, len(known))
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


def _member(world: World, org: Organization, person: Person, number: int) -> Account:
    account = _account(world, person, number)
    joined = iso(EPOCH + number * 3_600)
    share = Share(
        uid=world.uids.blt(),
        org_uid=org.uid,
        email=person.email,
        user_uid=account.uid,
        org_roles=list(person.roles),
        invited_by=org.owner_uid or None,
        invited_at=joined,
        status="accepted",
        acceptance_token=world.uids.blt(),
        created_at=joined,
        updated_at=joined,
        access_without_sso=person.without_sso,
    )
    org.owner_uid = org.owner_uid or account.uid
    membership.add_share(world, org, share)
    return account


def _account(world: World, person: Person, number: int) -> Account:
    created = iso(EPOCH + number * 3_600)
    now = world.clock.time()
    account = Account(
        uid=world.uids.blt(),
        email=person.email,
        username=person.email.partition("@")[0].lower(),
        first_name=person.first,
        last_name=person.last,
        created_at=created,
        updated_at=created,
        password=None if person.idp else PASSWORD,
        idp_user=person.idp,
        tfa_type=person.tfa,
        totp_secret=TOTP_SECRET if person.tfa == "totp_authenticator" else None,
        failed_attempts=person.failed,
        locked_until=None if person.locked is None else now + person.locked,
        last_login_at=iso(now - (number % 200) * DAY) if person.logged_in else None,
        password_updated_at=created,
    )
    world.add_account(account)
    if person.session or person.token:
        world.open_session(account, person.token)
    return account


def _invited(world: World, org: Organization, email: str, number: int) -> None:
    moment = iso(EPOCH + number * 3_600)
    share = Share(
        uid=world.uids.blt(),
        org_uid=org.uid,
        email=email,
        user_uid=None,
        org_roles=[MEMBER_ROLE],
        invited_by=org.owner_uid,
        invited_at=moment,
        status="pending",
        acceptance_token=world.uids.blt(),
        created_at=moment,
        updated_at=moment,
        message="Welcome",
    )
    membership.add_share(world, org, share)


def _fill(world: World, org: Organization, members: int) -> None:
    """Ordinary people until the organization has `members` shares: one in twelve pending, one in ten never logged in."""
    first = len(org.shares)
    api_keys = list(STACKS)[:-1]
    crowd = islice(people.crowd(), max(0, members - first))
    for number, (given, family, email) in enumerate(crowd, start=first):
        if number % 12 == 0:
            _invited(world, org, email, number)
            continue
        seen = number % 10 != 0
        account = _member(world, org, Person(email, given, family, session=seen, logged_in=seen), number)
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


def stack_role(api_key: str, name: str) -> str:
    """The uid of a seeded stack role: made from the stack and the role's name, so that tests can say it."""
    index = ("Admin", "Developer", "Content Manager", "Translator").index(name)
    return f"blt{api_key[-6:]}{index:010x}"


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
    owner = _member(world, org, Person(LABS_OWNER, "Lena", "Labs", (), LABS_AUTHTOKEN), 0)
    for number in range(1, 11):
        person = Person(f"lab{number:02d}@example.org", "Lab", f"Worker {number}", (LABS_MEMBER_ROLE,))
        _member(world, org, person, number)
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
