"""The identity provider's rules of CS §4.4, on an organization that signs in through one."""

from __future__ import annotations

from typing import Any

from bot.domain.actions import ActionKey
from bot.domain.outcome import Accepted, Done
from bot.domain.plan import RUN, Flag, Line, Why, blocked, skip
from bot.sandbox.contentstack import seed
from tests.service.stage import Stage

TWO = (seed.IDP, seed.EXTERNAL)
"""Who comes from the provider, and who may get in without it."""


async def sign_in_through_a_provider(stage: Stage, *, strict: bool = False, mapping: bool = False) -> None:
    """From now on; it has been read, since who comes from the provider its stacks tell."""
    sso = stage.contentstack.state.organizations[seed.ORG_UID].sso
    sso.enabled, sso.strict, sso.roles_enabled = True, strict, mapping
    await stage.api.directory(max_age=0)


async def lines(stage: Stage, action: ActionKey, **chosen: Any) -> tuple[Line, ...]:
    return (await stage.propose(action, *TWO, **chosen)).operation.plan.lines


async def test_with_role_mapping_only_external_people_can_be_changed_here(stage: Stage) -> None:
    """The provider's people are blocked where it decides; the others go."""
    await sign_in_through_a_provider(stage, mapping=True)
    help_center = stage.contentstack.state.stacks[seed.HELP].uid
    role = (seed.stack_role(seed.HELP, "Developer"),)
    managed = [
        await lines(stage, ActionKey.ORG_ROLE, org_roles=(seed.ANALYTICS_ROLE,)),
        await lines(stage, ActionKey.STACK_ACCESS, stacks={help_center: role}),
        await lines(stage, ActionKey.REMOVE),
    ]
    assert [[one.verdict for one in found] for found in managed] == [[blocked(Why.IDP_MANAGED), RUN]] * 3
    assert [Flag.IDP_RULES in one.flags for one in managed[-1]] == [True, False]
    assert [Flag.WITHOUT_SSO in one.flags for one in managed[-1]] == [False, True]
    ended = await stage.run(await stage.queued(ActionKey.REMOVE, *TWO))
    assert await stage.outcomes(ended) == [Done()]
    assert stage.asked("DELETE", "/share") == [{"emails": [seed.EXTERNAL]}]


async def test_under_strict_sign_on_only_people_who_may_do_without_get_a_new_password(stage: Stage) -> None:
    """The others have no use for one; sessions are ended of both, which begin again at once."""
    await sign_in_through_a_provider(stage, strict=True)
    found = await lines(stage, ActionKey.PASSWORD_RESET)
    assert [one.verdict for one in found] == [skip(Why.STRICT_SSO), RUN]
    assert [Flag.SSO_STRICT in one.flags for one in found] == [True, False]
    ended = await stage.run(await stage.queued(ActionKey.PASSWORD_RESET, *TWO))
    assert await stage.outcomes(ended) == [Accepted()]
    assert [body["user_uids"] for body in stage.asked("POST", "password_reset")] == [[found[1].user_uid]]
    assert [one.verdict for one in await lines(stage, ActionKey.KILL_SESSIONS)] == [RUN, RUN]


async def test_without_strict_mode_it_is_said_who_signs_in_through_the_provider_only(stage: Stage) -> None:
    """A warning and no more: nobody is skipped for it."""
    await sign_in_through_a_provider(stage)
    found = await lines(stage, ActionKey.PASSWORD_RESET)
    assert [one.verdict for one in found] == [RUN, RUN]
    assert [Flag.SSO_ONLY in one.flags for one in found] == [True, False]
