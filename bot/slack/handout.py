"""A plan that is too long for a screen: all of it as a CSV file, in the requester's own direct message.

Not where the summary goes: nothing is confirmed yet, and names are nobody else's business until then.
"""

from __future__ import annotations

import logging
from dataclasses import replace

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.service.seal import Proposal
from bot.slack import uploads
from bot.slack.desk import Desk
from bot.slack.messages import papers
from bot.slack.modals.preview import MOST_LINES
from bot.slack.tasks import where
from bot.words import choosing as words
from bot.words.escape import escaped
from bot.words.operation import headline

log = logging.getLogger(__name__)

_COMMENT = 3_000


async def whole_plan(desk: Desk, slack_user: str, proposal: Proposal) -> Proposal:
    """Send a long plan as a file, and note in the proposal where it is; a short one stays as it is."""
    operation = proposal.operation
    if len(operation.plan.lines) <= MOST_LINES:
        return proposal
    file = replace(await papers.plan(desk.house.store, operation), title=headline(operation.plan))
    comment = escaped(words.plan_comment(headline(operation.plan)), _COMMENT)
    try:
        await uploads.send_directly(desk.client, slack_user, file, comment)
    except (TimeoutError, SlackClientError, aiohttp.ClientError) as error:
        log.warning("a whole plan could not be sent as a file: %s", where(error))
        return replace(proposal, notes=(*proposal.notes, words.plan_not_sent()))
    return replace(proposal, notes=(*proposal.notes, words.plan_sent()))
