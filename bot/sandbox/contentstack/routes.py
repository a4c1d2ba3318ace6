"""Every path of the simulated Contentstack."""

from __future__ import annotations

from bot.sandbox.contentstack import (
    consent_page,
    logs,
    oauth,
    organizations,
    scim,
    scim_groups,
    sessions,
    shares,
    stacks,
    teams,
    unpublished,
)
from bot.sandbox.contentstack.call import Route


def all_routes() -> list[Route]:
    """All routes of all families."""
    return [
        *sessions.ROUTES,
        *organizations.ROUTES,
        *shares.ROUTES,
        *stacks.ROUTES,
        *logs.ROUTES,
        *teams.ROUTES,
        *oauth.ROUTES,
        *consent_page.ROUTES,
        *scim.ROUTES,
        *scim_groups.ROUTES,
        *unpublished.ROUTES,
    ]
