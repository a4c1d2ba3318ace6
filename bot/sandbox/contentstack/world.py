"""The whole state of the simulated Contentstack. One thread, no awaits: every change is atomic."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.sandbox.contentstack.clock import Clock, iso
from bot.sandbox.contentstack.model import (
    AccessToken,
    Account,
    AuthCode,
    Authorization,
    Json,
    Mail,
    OAuthApp,
    Organization,
    Stack,
)
from bot.sandbox.contentstack.uids import Uids

MAX_AUTHTOKENS = 20  # §1.4: the 21st login silently invalidates the oldest


@dataclass(slots=True)
class Switches:
    """What a test or the demo may turn on or off. The defaults are what is publicly known (CS §8.1).

    `user_details` is the place of what `include_user_details` adds (`user`, `user_details`, `flat` or
    `absent`), unknown in reality (CS §10.2). `invite_existing` is what an invitation does to somebody who is
    a member already (`keep`, `replace`, `reject`), also unknown (CS §10.3). `share_timestamp` is the spelling
    in invitation lists: `update_at` as documented, or `updated_at` as the CLI's export reads it.
    """

    v4: bool = False
    sim: bool = False
    rate_limits: bool = True
    rate_headers: bool = True
    user_details: str = "user"
    invite_existing: str = "keep"
    share_timestamp: str = "update_at"


@dataclass(slots=True)
class OAuthState:
    """Apps, consents, codes and tokens."""

    apps: dict[str, OAuthApp] = field(default_factory=dict)
    authorizations: dict[str, Authorization] = field(default_factory=dict)
    codes: dict[str, AuthCode] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh_tokens: dict[str, Authorization] = field(default_factory=dict)


@dataclass(slots=True)
class World:
    """Accounts, organizations, sessions, OAuth, mails. Tests may read and edit it directly."""

    clock: Clock
    uids: Uids
    switches: Switches = field(default_factory=Switches)
    accounts: dict[str, Account] = field(default_factory=dict)
    accounts_by_email: dict[str, Account] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    stacks: dict[str, Stack] = field(default_factory=dict)
    sessions: dict[str, Account] = field(default_factory=dict)
    reset_tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    oauth: OAuthState = field(default_factory=OAuthState)
    mails: deque[Mail] = field(default_factory=lambda: deque(maxlen=100_000))

    def now(self) -> str:
        """The present time as ISO text."""
        return iso(self.clock.time())

    def account(self, email: str) -> Account | None:
        """The account with this e-mail, whatever its case."""
        return self.accounts_by_email.get(email.casefold())

    def add_account(self, account: Account) -> Account:
        """Store a new account in its indexes."""
        self.accounts[account.uid] = account
        self.accounts_by_email[account.email.casefold()] = account
        return account

    def open_session(self, account: Account, token: str | None = None) -> str:
        """Give the account an authtoken; the 21st invalidates the oldest (CS §1.4)."""
        token = token or self.uids.blt()
        account.authtokens.append(token)
        self.sessions[token] = account
        while len(account.authtokens) > MAX_AUTHTOKENS:
            self.sessions.pop(account.authtokens.pop(0), None)
        return token

    def close_session(self, token: str) -> None:
        """Forget one authtoken; nothing happens if it is unknown."""
        account = self.sessions.pop(token, None)
        if account is not None:
            account.authtokens.remove(token)

    def close_all_sessions(self, account: Account) -> int:
        """Forget every authtoken of the account; returns how many there were."""
        tokens = list(account.authtokens)
        for token in tokens:
            self.close_session(token)
        return len(tokens)

    def send_mail(self, to: str, kind: str, subject: str, token: str | None = None) -> None:
        """Put a message into the outbox."""
        self.mails.append(Mail(self.now(), to, kind, subject, token))

    def log(
        self, org: Organization, by: str, event: str, request: Json, response: Json, **metadata: Any
    ) -> None:
        """Write one audit-log entry of the organization (CS §3.10)."""
        entry: Json = {
            "uid": self.uids.blt(),
            "org_uid": org.uid,
            "created_at": self.now(),
            "created_by": by,
            "module": "user",  # §8.1
            "event_type": event,
            "metadata": {"uid": org.uid, **metadata},
            "remote_addr": "192.0.2.1",
            "request": request,
            "response": response,
        }
        org.logs.append(entry)


def empty_world(clock: Clock, seed: int) -> World:
    """A world with nobody in it."""
    return World(clock=clock, uids=Uids(Random(seed)))  # noqa: S311 - invented uids, reproducible on purpose
