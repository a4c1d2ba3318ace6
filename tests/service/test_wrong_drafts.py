"""What keeps a draft from being sealed: one problem each, at the field that it is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.actions import ActionKey, Parameters
from bot.domain.problems import Field, Problem, Trouble
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from bot.sandbox.workspace.faults import Fault
from bot.sandbox.workspace.posting import open_im
from bot.service.propose import propose
from bot.service.seal import Proposal
from tests.service.stage import ADA, Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

REMOVE, ORG_ROLE, STACK_ACCESS = ActionKey.REMOVE, ActionKey.ORG_ROLE, ActionKey.STACK_ACCESS
HELP = "stack"
"""Stands for the uid of the Help center, which the seed makes."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("wrong")) as made:
        yield made


async def proposed(stage: Stage, action: ActionKey = REMOVE, **changed: Any) -> Proposal | Problem:
    """What comes of a draft that is right but for what is changed in it."""
    draft = await stage.draft(action, seed.GUS)
    return await propose(stage.house, await stage.admitted(), replace(draft, **changed))


@pytest.mark.parametrize(
    ("action", "changed", "problem"),
    [
        (REMOVE, {"people": ()}, Problem(Trouble.NO_PEOPLE, Field.PEOPLE)),
        (
            REMOVE,
            {"people": tuple(f"share{number}" for number in range(11))},
            Problem(Trouble.TOO_MANY_PEOPLE, Field.PEOPLE, "10"),
        ),
        (REMOVE, {"people": ("blt_gone",)}, Problem(Trouble.PERSON_GONE, Field.PEOPLE)),
        (REMOVE, {"reason": " \n "}, Problem(Trouble.NO_REASON, Field.REASON)),
        (ORG_ROLE, {}, Problem(Trouble.NO_ROLES, Field.ORG_ROLES)),
        (
            ORG_ROLE,
            {"parameters": Parameters(org_roles=(seed.MEMBER_ROLE, "blt_gone"))},
            Problem(Trouble.ROLE_GONE, Field.ORG_ROLES),
        ),
        (STACK_ACCESS, {}, Problem(Trouble.NO_STACKS, Field.STACKS)),
        (
            STACK_ACCESS,
            {"parameters": Parameters(stacks={"blt_gone": ("role",)})},
            Problem(Trouble.STACK_GONE, Field.STACKS),
        ),
        (
            STACK_ACCESS,
            {"parameters": Parameters(stacks={HELP: ()})},
            Problem(Trouble.STACK_ROLE_GONE, Field.STACKS, "Help center"),
        ),
        (
            STACK_ACCESS,
            {"parameters": Parameters(stacks={HELP: ("blt_gone",)})},
            Problem(Trouble.STACK_ROLE_GONE, Field.STACKS, "Help center"),
        ),
    ],
)
async def test_what_is_missing_or_gone_is_said_at_its_field(
    stage: Stage, action: ActionKey, changed: dict[str, Any], problem: Problem
) -> None:
    """Nothing is sealed."""
    found = changed.get("parameters", Parameters())
    uid = stage.contentstack.state.stacks[seed.HELP].uid
    stacks = {uid if name == HELP else name: roles for name, roles in found.stacks.items()}
    changed = {**changed, "parameters": Parameters(found.org_roles, stacks)}
    assert await proposed(stage, action, **changed) == problem


@pytest.mark.parametrize(
    ("channel", "problem"),
    [
        ("", Problem(Trouble.NO_CHANNEL, Field.CHANNEL)),
        ("C0NOWHERE", Problem(Trouble.CHANNEL_UNSEEN, Field.CHANNEL)),
        ("C0RANDOM", Problem(Trouble.CHANNEL_WITHOUT_BOT, Field.CHANNEL, "random")),
        ("C0PARTNERS", Problem(Trouble.CHANNEL_SHARED, Field.CHANNEL, "partners")),
        ("C0ARCHIVE", Problem(Trouble.CHANNEL_ARCHIVED, Field.CHANNEL, "archive")),
        ("C0GENERAL", Problem(Trouble.CHANNEL_PUBLIC, Field.CHANNEL, "general")),
    ],
)
async def test_a_channel_that_will_not_do_is_said_at_its_field(
    stage: Stage, channel: str, problem: Problem
) -> None:
    """In the order in which it can be mended."""
    assert await proposed(stage, channel=channel) == problem


async def test_a_direct_message_takes_no_summary(stage: Stage) -> None:
    """The form does not offer one; whoever gets past it is told."""
    core = stage.workspace.core
    direct = open_im(core, core.bot.id, ADA)
    assert await proposed(stage, channel=direct.id) == Problem(Trouble.CHANNEL_DIRECT, Field.CHANNEL)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("missing_scope", Problem(Trouble.MISSING_SCOPE, Field.CHANNEL, "groups:read")),
        ("internal_error", Problem(Trouble.SLACK_DOWN, Field.CHANNEL)),
    ],
)
async def test_what_slack_does_not_tell_of_a_channel_is_no_yes(
    stage: Stage, code: str, problem: Problem
) -> None:
    """A missing scope by its name, everything else as Slack's trouble."""
    core = stage.workspace.core
    scopes = core.scopes
    if code == "missing_scope":
        core.scopes = scopes - {"groups:read"}
    else:
        core.faults.waiting.append(Fault("f", "error", "conversations.info", times=None, error=code))
    try:
        assert await proposed(stage) == problem
    finally:
        core.scopes = scopes
        core.faults.waiting.clear()


@pytest.mark.parametrize(
    ("status", "code", "trouble"),
    [
        (401, 105, Trouble.CREDENTIAL_REFUSED),
        (403, 316, Trouble.NOT_PERMITTED),
        (429, 429, Trouble.CONTENTSTACK_BUSY),
        (502, 0, Trouble.CONTENTSTACK_DOWN),
    ],
)
async def test_what_contentstack_does_not_answer_is_told_apart(
    stage: Stage, status: int, code: int, trouble: Trouble
) -> None:
    """Ended, not allowed, busy, down: each has a way out of its own."""
    draft, admitted = await stage.draft(REMOVE, seed.GUS), await stage.admitted()
    body = {"error_message": "No.", "error_code": code}
    stage.fault(Kind.ANSWER, "share/search", count=None, status=status, body=body)
    try:
        found = await propose(stage.house, admitted, draft)
    finally:
        stage.contentstack.faults.orders.clear()
    assert isinstance(found, Problem)
    assert found.trouble is trouble
