"""Batch after batch: the re-reading of one looks at the next one as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.actions import ActionKey
from bot.domain.operation import Operation, State
from bot.domain.outcome import Done, Skipped
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.model import Share
from bot.service.run import settle
from tests.service.stage import Stage, staged

NUMBER = 13


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, max_people=NUMBER) as made:
        yield made


def members(stage: Stage) -> list[Share]:
    """Accepted people without any part of their own in the seed."""
    named = {value for name, value in vars(seed).items() if isinstance(value, str) and name.isupper()}
    shares = stage.contentstack.state.organizations[seed.ORG_UID].shares.values()
    plain = (one for one in shares if one.status == "accepted" and one.org_roles == [seed.MEMBER_ROLE])
    found = [one for one in plain if one.email.endswith("@example.com") and one.email not in named]
    return found[:NUMBER]


async def begun(stage: Stage) -> Operation:
    """A removal of two batches that runs and has done nothing yet."""
    queued = await stage.queued(ActionKey.REMOVE, *(one.email for one in members(stage)))
    assert await stage.runner.begin(queued.id, queued.run) == 2
    return queued


async def test_one_look_verifies_a_batch_and_serves_the_next(stage: Stage) -> None:
    """Two batches need three searches, not four; everybody is looked at before his call and after it."""
    queued = await begun(stage)
    emails, before = [one.email for one in members(stage)], len(stage.asked("POST", "/share/search"))
    for number in range(2):
        assert await stage.runner.batch(queued.id, queued.run, number)
    await stage.runner.finish(queued.id, queued.run)
    looks = [sorted(body["emails"]) for body in stage.asked("POST", "/share/search")[before:]]
    assert looks == [sorted(emails[:10]), sorted(emails), sorted(emails[10:])]
    assert (await stage.load(queued.id)).state is State.DONE
    assert await stage.outcomes(queued) == [Done()] * NUMBER


async def test_who_changed_before_the_look_that_serves_him_is_skipped(stage: Stage) -> None:
    """Somebody of the second batch gets another role while the first batch has its turn."""
    queued = await begun(stage)
    members(stage)[-1].org_roles = [seed.SECURITY_ROLE]
    for number in range(2):
        assert await stage.runner.batch(queued.id, queued.run, number)
    *others, last = await stage.outcomes(queued)
    assert others == [Done()] * (NUMBER - 1)
    assert isinstance(last, Skipped)


async def test_a_look_that_is_no_longer_fresh_serves_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the batches so much time goes by that everybody is looked at again."""
    queued = await begun(stage)
    last = members(stage)[-1]
    assert await stage.runner.batch(queued.id, queued.run, 0)
    last.org_roles = [seed.SECURITY_ROLE]
    monkeypatch.setattr(settle, "FRESH", -1.0)
    assert await stage.runner.batch(queued.id, queued.run, 1)
    assert isinstance((await stage.outcomes(queued))[-1], Skipped)
