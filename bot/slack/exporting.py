"""`/org-users export`: the member list as a file in the direct message of whoever asked, and nowhere else."""

from __future__ import annotations

import logging
import re

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.domain.problems import Problem, Trouble
from bot.ports.contentstack import ContentstackError
from bot.ports.store import StoreFull
from bot.service.admission import Admitted
from bot.service.export import Export, export
from bot.service.failures import as_problem
from bot.slack import uploads
from bot.slack.client import code_of
from bot.slack.desk import Desk
from bot.slack.tasks import where
from bot.slack.uploads import File
from bot.words import problems
from bot.words import results as words
from bot.words.escape import escaped, one_line, utc
from bot.words.sheets import Dates

log = logging.getLogger(__name__)

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_NAME = 60
_COMMENT = 1_000


async def send(desk: Desk, reader: Admitted, dates: Dates) -> str:
    """Send the list; what is said beside the command."""
    try:
        made = await export(desk.house, reader, dates)
    except ContentstackError as error:
        return problems.sentence(as_problem(error))
    except StoreFull:
        return problems.sentence(Problem(Trouble.STORE_FULL))
    try:
        await uploads.send_directly(desk.client, reader.actor.slack_user, _file(made), _comment(made))
    except (TimeoutError, SlackClientError, aiohttp.ClientError) as error:
        log.warning("a member list could not be sent: %s", where(error))
        return words.export_failed(code_of(error))
    return words.export_sent()


def _file(made: Export) -> File:
    """Named as the CLI names it (CS §7.1)."""
    organization = one_line(made.directory.organization.name)
    name = _NOT_PLAIN.sub("-", organization.replace("'", "").casefold()).strip("-")[:_NAME] or "organization"
    return File(f"{name}_users_export.csv", words.export_title(organization), made.content)


def _comment(made: Export) -> str:
    found = made.directory
    told = words.exported(len(found.members), found.expected, utc(found.read_at), complete=found.complete)
    return escaped(told, _COMMENT)
