"""The bots of a process: for each binding that Slack knows a house, with its adapters and its desk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock, TimeSortedIds
from bot.ports.runs import Runs
from bot.ports.store import Store
from bot.service.house import Binding, House, binding_key
from bot.service.sparing import Sparing
from bot.service.starting import note_start
from bot.settings import Settings
from bot.sink import FileSink
from bot.slack.app import Identity, identify
from bot.slack.client import build_client
from bot.slack.desk import Desk, open_desk
from bot.slack.notifier import SlackNotifier
from bot.slack.people import WorkspacePeople
from bot.wiring import contentstack_of, linking_of

log = logging.getLogger("rollcall")


class CannotStart(Exception):
    """The bot cannot start; the message is one sentence for whoever started it."""


@dataclass(frozen=True, slots=True)
class Bot:
    """A house with its door to Slack, running."""

    settings: Settings
    house: House
    desk: Desk
    identity: Identity


@dataclass(frozen=True, slots=True)
class Site:
    """What all houses of a process share; ``notifiers`` are started once all houses stand."""

    stack: AsyncExitStack
    session: aiohttp.ClientSession
    store: Store
    runs: Runs
    opened: float
    """See `House.opened`."""
    clock: SystemClock = field(default_factory=SystemClock)
    ids: TimeSortedIds = field(default_factory=TimeSortedIds)
    notifiers: list[SlackNotifier] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """A binding whose bot token Slack accepts."""

    settings: Settings
    slack: AsyncWebClient
    identity: Identity

    @property
    def key(self) -> str:
        """The binding's key."""
        return binding_key(self.identity.team, self.settings.contentstack_organization_uid)


async def open_bots(site: Site, bindings: Sequence[Settings]) -> Sequence[Bot]:
    """A house for each binding that Slack knows; raises CannotStart where that is none."""
    asked = await asyncio.gather(*(_ask(site, settings) for settings in bindings), return_exceptions=True)
    known: dict[str, _Known] = {}
    for settings, found in zip(bindings, asked, strict=True):
        try:
            _add(found, known)
        except CannotStart as error:
            if len(bindings) == 1:
                raise
            log.error("organization %s is left out: %s", settings.contentstack_organization_uid, error)  # noqa: TRY400  a sentence for a person
    if not known:
        raise CannotStart("no binding can start: the lines above say why")
    return await asyncio.gather(*(_bot(site, found) for found in known.values()))


def _add(found: _Known | BaseException, known: dict[str, _Known]) -> None:
    """Take a binding in; raises what asking for it came to, and CannotStart where it stands there twice."""
    if isinstance(found, BaseException):
        raise found
    if found.key in known:
        raise CannotStart("another binding has the same workspace and organization: remove one of the two")
    known[found.key] = found


async def _ask(site: Site, settings: Settings) -> _Known:
    """Ask Slack whose the bot token is, and in which workspace; raises CannotStart."""
    slack = build_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, site.session)
    try:
        return _Known(settings, slack, await identify(slack))
    except SlackApiError as error:
        code = error.response.get("error", "unknown_error")
        raise CannotStart(f"SLACK_BOT_TOKEN: Slack does not accept it ({code}): copy it again") from None
    except (aiohttp.ClientError, TimeoutError):
        raise CannotStart("Slack cannot be reached: check the network, then start again") from None


async def _bot(site: Site, known: _Known) -> Bot:
    settings, slack = known.settings, known.slack
    binding = _binding(settings, known.identity.team)
    path = settings.rollcall_audit_sink
    sink = None if path is None else FileSink(path)
    notifier = SlackNotifier(slack, site.store, binding, site.clock, sink=sink)
    contentstack = await contentstack_of(settings, site.store, binding, site.clock)
    site.stack.push_async_callback(contentstack.close)
    house = House(
        binding=binding,
        contentstack=contentstack,
        store=site.store,
        people=WorkspacePeople(slack, binding.team),
        notifier=notifier,
        runs=site.runs,
        clock=site.clock,
        ids=site.ids,
        sparing=Sparing(),
        linking=linking_of(settings, site.clock),
        opened=site.opened,
    )
    await note_start(house, settings.told(), house.binding.policy.digest)
    site.notifiers.append(notifier)
    desk = open_desk(house, slack)
    notifier.watch(desk.home.changed)
    return Bot(settings, house, desk, known.identity)


def _binding(settings: Settings, team: str) -> Binding:
    return Binding(
        key=binding_key(team, settings.contentstack_organization_uid),
        team=team,
        organization=settings.contentstack_organization_uid,
        region=settings.contentstack_region,
        channel=settings.rollcall_channel,
        approvals_channel=settings.rollcall_approvals_channel,
        names_in_public=settings.rollcall_names_in_public,
        max_people=settings.rollcall_max_people,
        connect=settings.connect,
        policy=settings.policy,
    )
