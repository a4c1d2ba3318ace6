"""Operations in the requester's own name: sealed so, run so, or held; never as somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.actions import ActionKey
from bot.domain.operation import Operation, State
from bot.domain.plan import Credential
from bot.sandbox.contentstack import seed
from bot.service.decide import confirm, resume
from bot.service.linking import disconnect
from bot.service.run.worker import Runner
from bot.service.story import read_story
from bot.slack.messages import approval
from bot.slack.modals import preview
from tests.service.stage import ADA, GRACE, Stage
from tests.web.browser import Door

VICTIM = seed.NEVER
REMOVE = "/share"


def on(door: Door) -> Stage:
    """The stage with a house whose accounts are linked."""
    return replace(door.stage, house=door.house, runner=Runner(door.house))


def who(door: Door, method: str, path: str) -> list[str | None]:
    """As whom Contentstack was asked."""
    entries = door.stage.contentstack.journal.entries
    return [one.who for one in entries if one.method == method and one.path.endswith(path)]


async def ready(door: Door, action: ActionKey = ActionKey.REMOVE, **rest: Any) -> Operation:
    return await on(door).queued(action, VICTIM, **rest)


async def held(door: Door, operation: Operation) -> tuple[State, str]:
    found = await on(door).run(operation)
    return found.state, found.held_reason


async def test_who_is_linked_acts_in_his_own_name(door: Door) -> None:
    """Kind and subject are sealed; Contentstack's own log names him, and reads stay the bot's."""
    await door.linked()
    operation = await ready(door)
    done = await on(door).run(operation)
    assert (operation.plan.credential, done.state) == (Credential("oauth", door.uid(seed.ADA)), State.DONE)
    assert who(door, "DELETE", REMOVE) == [seed.ADA]
    assert set(who(door, "POST", "/share/search")) <= {seed.BOT}


async def test_who_is_not_linked_acts_through_the_bot(door: Door) -> None:
    """As ever."""
    operation = await ready(door)
    done = await on(door).run(operation)
    assert (operation.plan.credential.kind, done.state) == ("authtoken", State.DONE)
    assert who(door, "DELETE", REMOVE) == [seed.BOT]


@pytest.mark.parametrize("action", [ActionKey.UNLOCK, ActionKey.PASSWORD_RESET, ActionKey.KILL_SESSIONS])
async def test_what_has_no_scope_is_the_bots(door: Door, action: ActionKey) -> None:
    """Contentstack publishes none for these calls (CS §1.6)."""
    await door.linked()
    assert (await ready(door, action)).plan.credential.kind == "authtoken"


async def test_a_token_without_the_scope_is_not_used(door: Door) -> None:
    """Fewer scopes were asked for, or agreed to."""
    link = await door.linked()
    fewer = replace(link, scopes=frozenset({"user:read"}))
    await door.house.store.write(lambda tx: tx.renew_link(fewer))
    assert (await ready(door)).plan.credential.kind == "authtoken"


@pytest.mark.parametrize(("stack", "kind"), [(seed.SHOP, "authtoken"), (seed.MARKETING, "oauth")])
async def test_stack_access_is_his_own_where_he_is_admin_of_the_stack(
    door: Door, stack: str, kind: str
) -> None:
    """An admin of the organization is not one of each stack (CS §3.7)."""
    await door.linked()
    shown = door.stage.contentstack.state.stacks
    shown[seed.MARKETING].users[door.uid(seed.ADA)] = [seed.stack_role(seed.MARKETING, "Admin")]
    shown[seed.SHOP].users.pop(door.uid(seed.ADA), None)
    wish = {shown[stack].uid: (seed.stack_role(stack, "Developer"),)}
    operation = await ready(door, ActionKey.STACK_ACCESS, stacks=wish)
    done = await on(door).run(operation)
    assert (operation.plan.credential.kind, done.state) == (kind, State.DONE)
    asked = {*who(door, "POST", "/stacks/share"), *who(door, "POST", "/stacks/users/roles")}
    assert asked == {seed.ADA if kind == "oauth" else seed.BOT}


async def test_a_link_that_is_gone_holds_and_a_new_one_goes_on(door: Door) -> None:
    """Nobody else acts in his place."""
    await door.linked()
    operation = await ready(door)
    await disconnect(door.house, ADA)
    assert await held(door, operation) == (State.HELD, "link_gone")
    assert who(door, "DELETE", REMOVE) == []
    await door.linked()
    again = await resume(door.house, operation.id, GRACE)
    assert isinstance(again, Operation), again
    done = await on(door).run(again)
    assert (done.state, who(door, "DELETE", REMOVE)) == (State.DONE, [seed.ADA])


async def test_a_token_that_ended_before_its_time_is_renewed_once(door: Door) -> None:
    """The first call is refused and nothing was sent; the second is made with the new one."""
    await door.linked()
    operation = await ready(door)
    door.stage.contentstack.state.oauth.access_tokens.clear()
    done = await on(door).run(operation)
    assert (done.state, who(door, "DELETE", REMOVE)) == (State.DONE, [None, seed.ADA])


async def test_a_consent_that_was_ended_at_contentstack_holds(door: Door) -> None:
    """Neither token is good any more."""
    await door.linked()
    operation = await ready(door)
    door.stage.contentstack.state.oauth.authorizations.clear()
    assert await held(door, operation) == (State.HELD, "link_refused")
    link = await door.link()
    assert (link is not None and link.broken, seed.BOT in who(door, "DELETE", REMOVE)) == (True, False)


async def test_an_hour_later_the_token_is_renewed_before_it_is_used(door: Door) -> None:
    """As for something that was scheduled or waited for approval."""
    await door.linked()
    operation = await ready(door)
    door.pass_(3600)
    done = await on(door).run(operation)
    assert (done.state, who(door, "DELETE", REMOVE)) == (State.DONE, [seed.ADA])


async def test_another_account_behind_the_bot_does_not_matter_to_him(door: Door) -> None:
    """The plan names his own; the bot's account is protected as ever."""
    await door.linked()
    operation = await ready(door)
    assert operation.plan.credential.subject == operation.requester.user_uid
    blocked = await on(door).propose(ActionKey.REMOVE, seed.BOT, seed.ADA)
    assert [line.verdict.why for line in blocked.operation.plan.lines if not line.runs] != []
    assert blocked.operation.plan.to_run == ()


async def test_the_preview_and_the_request_say_in_whose_name_it_is_done(door: Door) -> None:
    """The approvers agree to that too; of the bot's own doing nothing is said."""
    await door.linked()
    proposal = await on(door).propose(ActionKey.REMOVE, VICTIM)
    assert "so Contentstack's log names you" in str(preview.content(proposal))
    waiting = await confirm(door.house, proposal.operation.id, proposal.operation.digest, ADA)
    assert isinstance(waiting, Operation), waiting
    told = await door.house.store.read(lambda tx: read_story(tx, waiting.binding, waiting.id))
    assert told is not None
    assert "so Contentstack's log names him" in str(approval.build(told, names=True).blocks)
    bots = await on(door).propose(ActionKey.PASSWORD_RESET, VICTIM)
    assert "Contentstack's log names" not in str(preview.content(bots))
