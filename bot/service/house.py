"""What every use case is handed: the ports of one binding, and its settled facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.policy import Policy, built_in
from bot.ports.clock import Clock, Ids
from bot.ports.contentstack import Contentstack
from bot.ports.notifier import Notifier
from bot.ports.oauth import OAuth
from bot.ports.runs import Runs
from bot.ports.slack_people import SlackPeople
from bot.ports.store import Store
from bot.ports.vault import Vault
from bot.service.sparing import Sparing


def binding_key(team: str, organization: str) -> str:
    """Under which key everything of one workspace and one organization is kept."""
    return f"{team}:{organization}"


@dataclass(frozen=True, slots=True)
class Binding:
    """One Slack workspace bound to one organization (design §2)."""

    key: str
    team: str
    organization: str
    region: str
    channel: str = ""
    """Default Slack channel id of summaries; empty for none."""
    approvals_channel: str = ""
    """Slack channel id of approvals; empty means the operation's own channel."""
    names_in_public: bool = False
    """Whether people may be named in public channels."""
    max_people: int = 10
    connect: bool = False
    """Whether people can link their accounts here."""
    policy: Policy = field(default_factory=built_in)


@dataclass(frozen=True, slots=True)
class Linking:
    """What links accounts: Contentstack's consent, and the vault for the tokens."""

    oauth: OAuth
    vault: Vault
    secret: Callable[[], str]
    """Gives a text that nobody can guess, of the letters of RFC 7636."""


@dataclass(frozen=True, slots=True)
class House:
    """The ports of one binding."""

    binding: Binding
    contentstack: Contentstack
    store: Store
    people: SlackPeople
    notifier: Notifier
    runs: Runs
    clock: Clock
    ids: Ids
    sparing: Sparing
    linking: Linking | None = None
    """None where linked accounts are not set up."""
    opened: float | None = None
    """Monotonic seconds at which no earlier process could make calls any more; None where nobody noted it."""
