"""Links between accounts as the store keeps them, and the attempts to make one that are under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.identity import Link


class Step(StrEnum):
    """How far an attempt has come."""

    ASKED = "asked"
    """The address was given out; ``sealed`` holds the PKCE verifier."""
    ARRIVED = "arrived"
    """Contentstack proved its user; ``sealed`` holds his tokens until he confirms."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, found by the hash of a secret that is stored nowhere; it is taken once."""

    hash: str
    binding: str
    slack_user: str
    step: Step
    sealed: bytes = field(repr=False)
    expires_at: datetime


class Links(Protocol):
    """The part of a transaction that is about links."""

    def link(self, binding: str, slack_user: str) -> Link | None:
        """The link of a Slack account."""

    def link_of(self, binding: str, user_uid: str) -> Link | None:
        """The link of a Contentstack user."""

    def links(self, binding: str) -> Sequence[Link]:
        """All links, the oldest first."""

    def save_link(self, link: Link) -> bool:
        """Make a link or prove it anew; False where one of the two is linked to somebody else."""

    def lease_link(self, link: Link, now: datetime, until: datetime) -> bool:
        """Take the right to renew the tokens of exactly this version; False where somebody has it."""

    def release_link(self, link: Link) -> None:
        """Give the right to renew back: nothing came of it."""

    def renew_link(self, link: Link) -> bool:
        """Replace the tokens of exactly this version, which counts up; False where it is gone."""

    def break_link(self, link: Link) -> bool:
        """Say that exactly this version proves nothing any more; False where it is gone."""

    def drop_link(self, binding: str, slack_user: str) -> bool:
        """Forget a link with its tokens; False where there was none."""

    def add_attempt(self, attempt: Attempt) -> None:
        """Keep an attempt; an earlier one of the same person at the same step is forgotten."""

    def take_attempt(self, binding: str, hash_: str, step: Step) -> Attempt | None:
        """Take an attempt out, whether it expired or not; None where there is none."""

    def drop_attempts(self, binding: str, before: datetime) -> Sequence[Attempt]:
        """Take out those that expired before that time."""
