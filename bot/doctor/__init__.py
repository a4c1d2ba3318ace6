"""`python app.py doctor`: everything that can be checked without changing anything, each with what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from bot.contentstack.credentials import REGIONS
from bot.doctor.actions import check_actions
from bot.doctor.contentstack import check_contentstack
from bot.doctor.files import check_files
from bot.doctor.identity import check_identity
from bot.doctor.policy import check_policy
from bot.doctor.report import Report, as_json, as_text, broken
from bot.doctor.sink import check_sink
from bot.doctor.slack import check_slack
from bot.manifest import bot_scopes
from bot.settings import DOTENV, Settings, SettingsInvalid

__all__ = ["Report", "as_json", "as_text", "examine", "unset"]


async def examine(
    settings: Settings, *, elsewhere: Mapping[str, str] | None = None, dotenv: Path = DOTENV
) -> Report:
    """Ask Slack and Contentstack, look at the files. Real requests, none of which changes anything.

    ``elsewhere`` (region -> API address) is where a refused token is tried: the other regions, or nowhere
    where CONTENTSTACK_API_URL names a stand-in, whose tokens are none of Contentstack's business.
    """
    if elsewhere is None:
        elsewhere = {} if settings.contentstack_api_url else _other_regions(settings.contentstack_region)
    slack, contentstack = await asyncio.gather(
        check_slack(settings, bot_scopes()), check_contentstack(settings, elsewhere)
    )
    files = check_files(settings.rollcall_data_dir, dotenv)
    identity = await check_identity(settings, slack.team)
    policy = await check_policy(settings, slack.team)
    actions = await check_actions(settings, slack.team)
    sink = await check_sink(settings.rollcall_audit_sink, settings.rollcall_data_dir)
    return Report((*slack.checks, *contentstack, *identity, *policy, *files, *sink), actions)


def unset(error: SettingsInvalid) -> Report:
    """The report where the settings themselves cannot be used: nothing else could be checked."""
    return Report(tuple(broken(fault.variable, fault.sentence) for fault in error.faults))


def _other_regions(own: str) -> dict[str, str]:
    """Every region but ours, once: two names may share one address."""
    own_api = REGIONS[own].api
    others = {
        hosts.api: region for region, hosts in REGIONS.items() if region != "us" and hosts.api != own_api
    }
    return {region: api for api, region in others.items()}
