"""The world that sequences of clicks are played in: a small Contentstack, a small Slack, a store in memory.

What is true stands here in plain fields, so that the judge (`tests.model.judge`) can look at it without
asking the code that is on trial. Every port gives way to other clicks first where two are made at once.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlite_utils import Database

from bot.domain.actions import ActionKey, Capability, Readiness
from bot.domain.members import Directory, Known, Member, Organization, OrgRole, Stack, Status
from bot.domain.policy import Policy
from bot.domain.requests import FromTemplate, Invite, RemoveShares, Request, Target
from bot.ports.contentstack import Account, Answer, Bearer, Hits, Loading, OutcomeUnknown, Unavailable
from bot.ports.runs import Worker
from bot.ports.slack_people import Channel, SlackPerson, SlackUnavailable
from bot.ports.store import Transaction
from bot.service.house import Binding, House
from bot.service.sparing import Sparing
from bot.store.connection import immediate
from bot.store.migrations import MIGRATIONS, migrate
from bot.store.plans import Plans
from bot.store.transaction import SqliteTransaction

T = TypeVar("T")
_SALTS = itertools.count(1)

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
ADMIN, MEMBER = "role_admin", "role_member"
BOT = "bot"
CHANNEL = "C0OPS"
GROUP = "S0GROUP"
PER_DATABASE = 200


class Crash(BaseException):
    """The process dies here."""


@dataclass
class Soul:
    """Somebody in the organization, as he really is."""

    name: str
    roles: tuple[str, ...]
    owner: bool = False
    inside: bool = True
    life: int = 1
    """Whoever comes back has a new share, and the account that he had."""

    @property
    def user_uid(self) -> str:
        return f"user_{self.name}"

    @property
    def share_uid(self) -> str:
        return f"share_{self.name}_{self.life}"

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    @property
    def admin(self) -> bool:
        return ADMIN in self.roles


@dataclass
class Login:
    """A Slack account, as it really is."""

    id: str
    email: str
    full: bool = True


@dataclass(frozen=True)
class Done:
    """Something that really happened to somebody at Contentstack."""

    operation: str
    action: ActionKey
    share_uid: str
    roles_before: tuple[str, ...]
    roles_after: tuple[str, ...] | None
    admins_left: int


@dataclass
class Truth:
    """All that is true, and all that happened."""

    at: float = 0.0
    souls: dict[str, Soul] = field(default_factory=dict)
    logins: dict[str, Login] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=lambda: {GROUP: {"sid", "ben"}})
    """Slack user group -> the names of its accounts."""
    done: list[Done] = field(default_factory=list)
    running: str = ""
    """The operation whose run is under way."""

    def named(self, email: str) -> Soul | None:
        """Whose address this is."""
        return next((one for one in self.souls.values() if one.email == email), None)

    def rightful(self, login: str) -> Soul | None:
        """Whose Slack account this is, if it is that of an owner or admin; by the rules, not by the code."""
        account = self.logins[login]
        found = [one for one in self.souls.values() if one.inside and one.email == account.email]
        if not account.full or len(found) != 1:
            return None
        return found[0] if found[0].owner or found[0].admin else None

    def groups_of(self, login: str) -> frozenset[str]:
        """The user groups that an account is in."""
        return frozenset(group for group, logins in self.groups.items() if login in logins)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.at)


OWNER = "olivia"
ADMINS = ("ada", "grace", "sid", "ben")
MEMBERS = ("mia", "gus")
SOULS = (OWNER, *ADMINS, *MEMBERS, BOT)
LOGINS = (OWNER, *ADMINS, *MEMBERS, "ada2", "bob")
"""``ada2`` is a second Slack account with Ada's address, ``bob`` is no member of the organization."""


def beginning() -> Truth:
    """An owner, four admins, two members, and the account behind the bot."""
    truth = Truth()
    for name in SOULS:
        roles = () if name == OWNER else (ADMIN,) if name in ADMINS else (MEMBER,)
        truth.souls[name] = Soul(name, roles, owner=name == OWNER)
    for name in LOGINS:
        truth.logins[name] = Login(f"U0{name.upper()}", f"{name.removesuffix('2')}@example.com")
    return truth


class Turns:
    """How often a port gives way: as drawn, and only while clicks are made at once."""

    def __init__(self) -> None:
        self._drawn: Iterator[int] = iter(())

    def begin(self, seed: int) -> None:
        self._drawn = itertools.cycle([seed >> shift & 3 for shift in range(0, 24, 2)])

    def end(self) -> None:
        self._drawn = iter(())

    async def give_way(self) -> None:
        for _ in range(next(self._drawn, 0)):
            await asyncio.sleep(0)


@dataclass
class Faults:
    """What goes wrong next at Contentstack, and after how many steps of the store the process dies."""

    sends: list[str] = field(default_factory=list)
    steps_to_live: int = -1

    def step(self) -> None:
        if self.steps_to_live == 0:
            raise Crash
        self.steps_to_live -= self.steps_to_live > 0


class SimClock:
    """The time of the truth; who waits is there at once."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth

    def now(self) -> datetime:
        return self._truth.now()

    def monotonic(self) -> float:
        return self._truth.at

    async def sleep(self, seconds: float) -> None:
        self._truth.at += seconds


class SimIds:
    """Ids in their order, told from those of other worlds."""

    def __init__(self, world: int) -> None:
        self._world = world
        self._next = itertools.count(1)

    def new(self, prefix: str) -> str:
        return f"{prefix}_{self._world}_{next(self._next):04}"


class MemoryStore:
    """The real transactions on a database in memory, in the loop's own thread."""

    def __init__(self, db: Database, turns: Turns, faults: Faults) -> None:
        self._db = db
        self._turns = turns
        self._faults = faults
        self._plans = Plans()
        self.written: Callable[[], None] = lambda: None
        """Told of every write, before anything else can happen."""

    async def write(self, change: Callable[[Transaction], T]) -> T:
        await self._turns.give_way()
        self._faults.step()
        with immediate(self._db):
            found = change(SqliteTransaction(self._db, self._entropy, self._plans))
        self.written()
        self._faults.step()
        return found

    async def read(self, look: Callable[[Transaction], T]) -> T:
        await self._turns.give_way()
        return self.now(look)

    def now(self, look: Callable[[Transaction], T]) -> T:
        return look(SqliteTransaction(self._db, self._entropy, self._plans))

    async def close(self) -> None:
        """Its database is used again."""

    def _entropy(self, size: int) -> bytes:
        return next(_SALTS).to_bytes(size, "big")


class Databases:
    """One database for some hundred sequences, each under a binding of its own: a new one costs more."""

    def __init__(self) -> None:
        self._current: Database | None = None
        self._used = 0

    def next(self) -> Database:
        if self._current is None or self._used == PER_DATABASE:
            self._current = self._new()
            self._used = 0
        self._used += 1
        return self._current

    def _new(self) -> Database:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        if self._current is not None:
            self._current.close()
        weakref.finalize(self, connection.close)  # Python 3.13 warns of one that nobody closed
        connection.execute("PRAGMA foreign_keys = ON")
        made = Database(connection, execute_plugins=False)
        migrate(made, SimClock(Truth()), MIGRATIONS)
        return made


class SimContentstack:
    """`bot.ports.contentstack.Contentstack` over the truth."""

    def __init__(self, truth: Truth, turns: Turns, faults: Faults) -> None:
        self._truth = truth
        self._turns = turns
        self._faults = faults

    async def account(self, *, max_age: float = 0.0) -> Account:
        await self._turns.give_way()
        return Account(f"user_{BOT}", f"{BOT}@example.com", "authtoken", may_manage=True)

    async def directory(self, *, max_age: float) -> Directory:
        await self._turns.give_way()
        return self.cached()

    def cached(self) -> Directory:
        members = tuple(_member(soul) for soul in self._truth.souls.values() if soul.inside)
        owner = self._truth.souls[OWNER].user_uid
        return Directory(
            Organization("org", "Example", owner), members, _ROLES, (), self._truth.now(), (), len(members)
        )

    def loading(self) -> Loading | None:
        return None

    async def members(self, emails: Collection[str]) -> tuple[Member, ...]:
        await self._turns.give_way()
        return tuple(one for one in self.cached().members if one.email in emails)

    async def typeahead(self, text: str, limit: int) -> tuple[Member, ...]:
        found = self.search(text, limit)
        return found.members if found else ()

    def search(self, text: str, limit: int) -> Hits | None:
        found = tuple(one for one in self.cached().members if text in one.email)
        return Hits(found[:limit], len(found))

    async def roles(self) -> tuple[OrgRole, ...]:
        await self._turns.give_way()
        return _ROLES

    async def stacks(self, uids: Sequence[str] | None = None) -> tuple[Stack, ...]:
        return ()

    async def send(self, request: Request, *, action: ActionKey, bearer: Bearer | None = None) -> Answer:
        await self._turns.give_way()
        fault = self._faults.sends.pop(0) if self._faults.sends else ""
        if fault == "unavailable":
            raise Unavailable
        if fault == "crash_before":
            raise Crash
        if fault == "lost_before":
            raise OutcomeUnknown
        for target in request.targets:
            self._do(request, action, target)
        if fault == "crash_after":
            raise Crash
        if fault == "lost_after":
            raise OutcomeUnknown
        return Answer(200)

    def _do(self, request: Request, action: ActionKey, target: Target) -> None:
        soul = self._truth.named(target.email)
        back = isinstance(request, Invite)
        if soul is None or soul.inside is back or not (back or soul.share_uid == target.share_uid):
            return
        before = soul.roles if soul.inside else ()
        if isinstance(request, Invite):
            soul.inside, soul.life, soul.roles = True, soul.life + 1, request.org_roles
        elif isinstance(request, RemoveShares):
            soul.inside = False
        elif isinstance(request, FromTemplate) and action is ActionKey.ORG_ROLE:
            soul.roles = request.org_roles
        after = soul.roles if soul.inside else None
        left = sum(one.admin and one.inside and not one.owner for one in self._truth.souls.values())
        self._truth.done.append(Done(self._truth.running, action, target.share_uid, before, after, left))

    def capability(self, action: ActionKey) -> Capability:
        if action not in _VIA:
            return Capability(action, Readiness.UNAVAILABLE, "not in this world")
        return Capability(action, Readiness.READY, "", _VIA[action], 10)

    def renew(self) -> None:
        """It never changes."""

    async def close(self) -> None:
        """Nothing is open."""


_ROLES = (OrgRole(ADMIN, "Admin", admin=True), OrgRole(MEMBER, "Member"))
_VIA: Mapping[ActionKey, str] = {
    ActionKey.REMOVE: "documented",
    ActionKey.ORG_ROLE: "template",
    ActionKey.PASSWORD_RESET: "substitute",
    ActionKey.KILL_SESSIONS: "template",
    ActionKey.REINVITE: "documented",
}
ACTIONS = tuple(action for action in _VIA if action is not ActionKey.REINVITE)


def _member(soul: Soul) -> Member:
    return Member(
        soul.share_uid,
        soul.user_uid,
        soul.email,
        soul.roles,
        Status.ACCEPTED,
        is_owner=soul.owner,
        admin=Known.YES if soul.admin or soul.owner else Known.NO,
    )


class SimSlack:
    """`bot.ports.slack_people.SlackPeople` over the truth."""

    def __init__(self, truth: Truth, turns: Turns) -> None:
        self._truth = truth
        self._turns = turns

    async def person(self, user_id: str) -> SlackPerson:
        await self._turns.give_way()
        login = next(one for one in self._truth.logins.values() if one.id == user_id)
        why = "" if login.full else "deactivated"
        return SlackPerson(user_id, "T0", full_member=login.full, email=login.email, why_not=why)

    async def channel(self, channel_id: str) -> Channel | None:
        await self._turns.give_way()
        return Channel(
            channel_id,
            "ops",
            has_bot=True,
            is_private=True,
            is_shared_outside=False,
            is_direct=False,
            is_archived=False,
        )

    async def in_group(self, group_id: str) -> frozenset[str]:
        await self._turns.give_way()
        if group_id not in self._truth.groups:
            raise SlackUnavailable("no such group")
        return frozenset(self._truth.logins[name].id for name in self._truth.groups[group_id])

    async def account(self, email: str) -> str:
        await self._turns.give_way()
        return next((one.id for one in self._truth.logins.values() if one.email == email), "")

    async def present(self, channel_id: str, emails: Collection[str]) -> frozenset[str]:
        return frozenset()


class Quiet:
    """A notifier and an engine that do nothing by themselves: the sequence says when what runs."""

    async def announce(self, operation_id: str) -> bool:
        return True

    def changed(self, operation_id: str) -> None:
        """Nobody looks."""

    async def tell(self, slack_user: str, key: str, operation_id: str = "") -> None:
        """Nobody listens."""

    async def start(self, worker: Worker) -> None:
        """It is driven from outside."""

    def expect(self) -> None:
        """Nobody waits for it."""

    def wake(self) -> None:
        """It is driven from outside."""

    def alive(self) -> bool:
        return True

    async def stop(self) -> None:
        """Nothing runs by itself."""


@dataclass
class World:
    """One house in a world of its own."""

    truth: Truth
    turns: Turns
    faults: Faults
    store: MemoryStore
    house: House


def new_world(databases: Databases, number: int, policy: Policy) -> World:
    """``number`` tells the world from others in the same database."""
    truth, turns, faults, quiet = beginning(), Turns(), Faults(), Quiet()
    store = MemoryStore(databases.next(), turns, faults)
    house = House(
        binding=Binding(f"T0:org{number}", "T0", f"org{number}", "na", CHANNEL, policy=policy),
        contentstack=SimContentstack(truth, turns, faults),
        store=store,
        people=SimSlack(truth, turns),
        notifier=quiet,
        runs=quiet,
        clock=SimClock(truth),
        ids=SimIds(number),
        sparing=Sparing(),
    )
    return World(truth, turns, faults, store, house)
