"""The people of the seed: who they are, and how they enter the world (CS §8.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.contentstack import membership, people
from bot.sandbox.contentstack.clock import iso
from bot.sandbox.contentstack.model import Account, Organization, Share
from bot.sandbox.contentstack.seed import (
    ADA,
    ADA_AUTHTOKEN,
    ADMIN_ROLE,
    BOT,
    BOT_AUTHTOKEN,
    DAY,
    DORA,
    EPOCH,
    EXTERNAL,
    FULL_LOCK,
    GRACE,
    GRACE_AUTHTOKEN,
    GUS,
    HELP,
    IDP,
    IN_TEAM,
    INTRANET,
    LEADING_PLUS,
    MARKETING,
    MEMBER_ROLE,
    MFA_USER,
    MIA,
    MIA_AUTHTOKEN,
    MOBILE,
    MULTI,
    NEVER,
    NO_SESSION,
    NON_ASCII,
    OPERATIONS_ROLE,
    OWNER,
    OWNER_AUTHTOKEN,
    PASSWORD,
    PLUS,
    SECURITY,
    SECURITY_ROLE,
    SHOP,
    SID,
    SMS_USER,
    STACK_OWNER,
    TIMED_LOCK,
    TOTP_SECRET,
    TWO_ROLES,
    UPPER,
)

if TYPE_CHECKING:
    from bot.sandbox.contentstack.world import World


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


def add_member(world: World, org: Organization, person: Person, number: int) -> Account:
    """An accepted member with an account, `number` hours after the organization began."""
    account = _account(world, person, number)
    joined = iso(EPOCH + number * 3_600)
    share = Share(
        uid=world.uids.blt(),
        org_uid=org.uid,
        email=person.email,
        user_uid=account.uid,
        org_roles=list(person.roles),
        invited_by=org.owner_uid or "system",  # §7.1, §7.2: the owner's inviter shows as "System"
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


def add_invited(world: World, org: Organization, email: str, number: int) -> None:
    """An invitation that nobody has accepted."""
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
