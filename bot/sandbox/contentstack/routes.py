"""Every path of the simulated Contentstack."""

from __future__ import annotations

from bot.sandbox.contentstack import logs, organizations, sessions, shares, stacks, unpublished
from bot.sandbox.contentstack.call import Route


def all_routes() -> list[Route]:
    """All routes of all families."""
    return [
        *sessions.ROUTES,
        *organizations.ROUTES,
        *shares.ROUTES,
        *stacks.ROUTES,
        *logs.ROUTES,
        *unpublished.ROUTES,
    ]
