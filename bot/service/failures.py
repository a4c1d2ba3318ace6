"""Contentstack's error tree as problems of the requester, in one place."""

from __future__ import annotations

from bot.domain.problems import Problem, Trouble
from bot.ports.contentstack import (
    ContentstackError,
    CredentialRefused,
    EndpointMissing,
    NotPermitted,
    RateLimited,
)


def as_problem(error: ContentstackError) -> Problem:
    """What the requester is told of a read that failed."""
    match error:
        case CredentialRefused():
            return Problem(Trouble.CREDENTIAL_REFUSED)
        case NotPermitted() | EndpointMissing():
            return Problem(Trouble.NOT_PERMITTED, detail=error.detail)
        case RateLimited():
            return Problem(Trouble.CONTENTSTACK_BUSY)
        case _:
            return Problem(Trouble.CONTENTSTACK_DOWN, detail=error.detail)
