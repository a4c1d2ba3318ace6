"""When a run is to begin: who of the plan changed, and how many are too many (design §4, drift)."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.actions import ActionKey
from bot.domain.operation import State
from bot.domain.outcome import Done, NotRun
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.model import Organization
from bot.service.redaction import redact_person
from bot.service.run.drift import too_many_drifted
from tests.service.stage import Stage
from tests.service.test_redaction import on_disk

THREE = (seed.PLUS, seed.NON_ASCII, seed.UPPER)


def organization(stage: Stage) -> Organization:
    return stage.contentstack.state.organizations[seed.ORG_UID]


def change(stage: Stage, email: str) -> None:
    organization(stage).by_email[email.casefold()].org_roles = [seed.SECURITY_ROLE]


def give_new_stack(stage: Stage, *emails: str) -> None:
    """A stack that was made after everybody read the directory, with the bot and these people in it."""
    state, org = stage.contentstack.state, organization(stage)
    shop = org.stacks[seed.SHOP]
    users = {str(org.by_email[email].user_uid): [next(iter(shop.roles))] for email in (seed.BOT, *emails)}
    made = replace(shop, uid="bltnew", api_key="bltnewkey", name="New", users=users)
    org.stacks[made.api_key] = state.stacks[made.api_key] = made


async def test_only_the_people_of_the_plan_are_read_again(stage: Stage) -> None:
    """A large organization takes longer to read than a small plan to run."""
    queued = await stage.queued(ActionKey.REMOVE, *THREE)
    before = len(stage.asked("GET", "/share"))
    assert await stage.runner.begin(queued.id, queued.run) == 1
    assert len(stage.asked("GET", "/share")) == before


async def test_access_to_a_stack_that_is_new_counts(stage: Stage) -> None:
    """Two of three would lose something that nobody was shown."""
    queued = await stage.queued(ActionKey.REMOVE, *THREE)
    give_new_stack(stage, *THREE[:2])
    operation = await stage.run(queued)
    assert operation.state is State.DISMISSED
    assert await stage.outcomes(operation) == [NotRun("dismissed")] * 3


async def test_all_parts_of_a_long_plan_are_counted_together(stage: Stage) -> None:
    """Each part has one of three people: with the second who changed they are too many."""
    queued = await stage.queued(ActionKey.REMOVE, *THREE)
    change(stage, THREE[0])
    assert not await too_many_drifted(stage.house, queued, 0.5, size=1)
    change(stage, THREE[2])
    assert await too_many_drifted(stage.house, queued, 0.5, size=1)


async def test_of_somebody_whose_data_was_deleted_nothing_is_told(stage: Stage) -> None:
    """Nobody can be asked about him: he is neither changed nor unchanged."""
    queued = await stage.queued(ActionKey.REMOVE, *THREE)
    for email in THREE[:2]:
        await redact_person(on_disk(stage), stage.house.clock, email)
    operation = await stage.run(queued)
    assert await stage.outcomes(operation) == [NotRun("redacted"), NotRun("redacted"), Done()]


async def test_whom_a_call_touched_is_past_this(stage: Stage) -> None:
    """What changed of him may be our own doing."""
    queued = await stage.queued(ActionKey.ORG_ROLE, *THREE, org_roles=(seed.SECURITY_ROLE,))
    await stage.runner.begin(queued.id, queued.run)
    await stage.runner.batch(queued.id, queued.run, 0)
    assert not await too_many_drifted(stage.house, queued, 0.0)
