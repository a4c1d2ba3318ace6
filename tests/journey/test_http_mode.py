"""Signed HTTP instead of Socket Mode: the same journey; what is not signed is refused; health; doctor."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from bot.domain.actions import OFFERED, ActionKey
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.http_mode import sign
from bot.sandbox.workspace.shown import Message
from tests.journey.process import ENTRY
from tests.journey.steps import agree, confirm, ended, head_of, preview, request_for_approval
from tests.journey.town import PATIENCE, Town, town

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENTED = {ActionKey.REMOVE, ActionKey.STACK_ACCESS}
FORM = "application/x-www-form-urlencoded"
COMMAND = urlencode(
    {
        "command": "/org-users",
        "text": "help",
        "user_id": "U0ADA",
        "team_id": "T0SANDBOX",
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:1/",
        "channel_id": "C0GENERAL",
    }
).encode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The bot listens; nobody connects anywhere."""
    async with town(Path(tmp_path_factory.mktemp("http")), http=True) as made:
        yield made


async def test_people_are_removed_over_signed_http(running: Town) -> None:
    """Command, typeahead, form, preview, approval, run, summary, head: as over Socket Mode."""
    asker, other, [target] = running.hire(), running.hire(), running.targets(1)
    await preview(asker, f"remove {target}", reason="over HTTP")
    assert (await confirm(asker)).startswith("Asked.")
    operation = await running.operation(asker)
    await agree(other, "Remove", "over HTTP")
    main = await ended(asker, operation.id, "Done")
    assert await running.holds(await head_of(asker, main))
    assert running.share(target) is None
    assert await running.workspace.order("verify_url") == {"ok": True, "verified": True}


@pytest.mark.parametrize(
    ("case", "age", "secret"),
    [
        ("unsigned", 0, ""),
        ("wrongly signed", 0, "0" * 32),
        ("old", 600, "right"),
        ("from the future", -600, "right"),
    ],
)
async def test_what_slack_did_not_sign_just_now_is_refused(
    running: Town, case: str, age: int, secret: str
) -> None:
    """401, and nobody is answered."""
    moment = str(int(time.time()) - age)
    key = running.slack.signing_secret if secret == "right" else secret
    headers = {"Content-Type": FORM}
    if secret:
        headers |= {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": sign(key, moment, COMMAND)}
    address = f"http://{running.app.settings['ROLLCALL_LISTEN']}/slack/events"
    async with running.workspace.session.post(address, data=COMMAND, headers=headers) as answer:
        assert (case, answer.status) == (case, 401)


async def test_a_signed_request_is_taken(running: Town) -> None:
    """The counterpart of the refusals: the same request with a good signature is 200."""
    assert await post_signed(running, COMMAND) == 200


async def test_a_request_that_is_sent_again_has_one_effect(running: Town) -> None:
    """A click comes five times at once, each signed as Slack signs it: one approval, one run, one call."""
    asker, other, [target] = running.hire(), running.hire(), running.targets(1)
    await preview(asker, f"remove {target}", reason="overheard")
    await confirm(asker)
    body = click(running, other, await request_for_approval(other, "Remove", "overheard"))
    assert await asyncio.gather(*(post_signed(running, body) for _ in range(5))) == [200] * 5
    operation = await running.operation(asker)
    main = await ended(asker, operation.id, "Done")
    assert await running.holds(await head_of(asker, main))
    [approval] = (await running.operation(asker)).approvals
    assert approval.actor.slack_user == running.slack.core.workspace.person(other.handle).id
    assert len(running.asked("DELETE", "/share", target)) == 1
    await post_signed(running, body)
    assert (await running.operation(asker)).approvals == (approval,)


def click(running: Town, who: SlackUser, message: Message) -> bytes:
    """The request with which Slack tells that somebody approves."""
    [pressed] = [
        {"action_id": one["action_id"], "block_id": block["block_id"], "value": one["value"]}
        for block in message.blocks
        for one in block.get("elements", [])
        if one.get("action_id") == "operation_approve"
    ]
    payload = {
        "type": "block_actions",
        "user": {"id": running.slack.core.workspace.person(who.handle).id, "team_id": "T0SANDBOX"},
        "trigger_id": "1.2.3",
        "container": {"type": "message", "channel_id": message.channel, "message_ts": message.ts},
        "actions": [pressed],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


async def post_signed(running: Town, body: bytes) -> int:
    """Send it as Slack does; the status of the answer."""
    moment = str(int(time.time()))
    signature = sign(running.slack.signing_secret, moment, body)
    headers = {"Content-Type": FORM, "X-Slack-Request-Timestamp": moment, "X-Slack-Signature": signature}
    address = f"http://{running.app.settings['ROLLCALL_LISTEN']}/slack/events"
    async with running.workspace.session.post(address, data=body, headers=headers) as answer:
        return answer.status


async def test_health_says_how_every_part_is(running: Town) -> None:
    """Store, engine, Slack."""
    assert await running.health() == (200, {"ok": True, "store": True, "engine": True, "slack": True})


async def test_doctor_finds_nothing_wrong_beside_the_running_bot(running: Town) -> None:
    """Tokens, scopes, region, rights, files; and per action ready, unverified or unavailable with why."""
    code, report = await doctor(running)
    assert code == 0, report
    assert {check["finding"] for check in report["checks"]} <= {"well", "note"}
    assert {one["action"]: one["readiness"] for one in report["actions"]} == {
        action.value: "ready" if action in DOCUMENTED else "unverified" for action in OFFERED
    }


async def test_doctor_says_that_a_credential_is_refused_and_what_to_do(running: Town) -> None:
    """A token that another region made, or that has ended, looks the same to Contentstack; both are named."""
    running.log_in("blt00000000000wrong")
    code, report = await doctor(running)
    running.log_in(seed.BOT_AUTHTOKEN)
    assert code == 1
    said = json.dumps(report)
    assert "python app.py login" in said
    assert "region" in said.casefold()


async def doctor(running: Town) -> tuple[int, dict[str, list[dict[str, str]]]]:
    """`python app.py doctor --json` with the bot's own settings."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ENTRY),
        "doctor",
        "--json",
        cwd=running.directory,
        env={"PATH": "", **running.app.settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert err == b""
    report: dict[str, list[dict[str, str]]] = json.loads(out)
    return process.returncode or 0, report
