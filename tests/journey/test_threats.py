"""Attacks of docs/security.md that no other journey makes, on the running bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.operation import State
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.client import SlackUser
from tests.journey.steps import agree, confirm, ended, preview, private_answer, request_for_approval
from tests.journey.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


def rename(running: Town, who: SlackUser, email: str) -> str:
    """Somebody's address in Slack is changed, as its admins can; the address that he had."""
    person = running.slack.core.workspace.person(who.handle)
    before, person.email = person.email, email
    return before


def databases(data: Path) -> dict[str, bytes]:
    """The databases with their logs, as a thief finds them."""
    return {one.name: one.read_bytes() for one in data.glob("*.db*")}


async def test_two_slack_accounts_of_one_person_are_one_person(running: Town) -> None:
    """The address that asked moves on to a second account, which is then the same Contentstack user."""
    asker, second, [target] = running.hire(), running.hire(role=None), running.targets(1)
    await preview(asker, f"remove {target}", reason="with two accounts")
    await confirm(asker)
    request = await request_for_approval(second, "Remove", "with two accounts")
    rename(running, second, rename(running, asker, "moved.on@example.com"))
    await second.click(request, "operation_approve")
    await private_answer(second, "#approvals", "You asked for this yourself")
    assert (await running.operation(asker)).state is State.AWAITING_APPROVAL
    assert running.share(target) is not None


async def test_the_files_of_the_bot_hold_no_token(running: Town) -> None:
    """Whoever takes the databases can act neither in Slack nor at Contentstack; not even after a run."""
    asker, other, [target] = running.hire(), running.hire(), running.targets(1)
    await preview(asker, f"remove {target}", reason="then stolen")
    await confirm(asker)
    operation = await running.operation(asker)
    await agree(other, "Remove", "then stolen")
    await ended(asker, operation.id, "Done")
    secrets = {running.slack.bot_token, running.slack.app_token, seed.BOT_AUTHTOKEN}
    files = databases(running.directory / "data")
    assert files.keys() >= {"rollcall.db", "engine.db"}
    assert not [name for name, data in files.items() if any(secret.encode() in data for secret in secrets)]
