from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.contentstack.adapter import ContentstackApi
from bot.contentstack.capabilities import NOT_ENABLED
from bot.contentstack.writing import NO_ACCOUNT
from bot.domain.actions import ActionKey, Readiness
from bot.domain.requests import (
    FromTemplate,
    Invite,
    RemoveShares,
    Request,
    SendPasswordReset,
    SetStackRoles,
    ShareStack,
    Target,
    UnshareStack,
)
from bot.ports.contentstack import (
    Account,
    Answer,
    Contentstack,
    ContentstackError,
    EndpointMissing,
    NotPermitted,
    OutcomeUnknown,
    Rejected,
)
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from tests.contentstack.support import PATIENT, Bench, sim_table

DEVELOPER = seed.stack_role(seed.MARKETING, "Developer")
EDITOR = seed.stack_role(seed.MARKETING, "Content Manager")


def held(bench: Bench, api_key: str, email: str) -> list[str] | None:
    return bench.sandbox.state.stacks[api_key].users.get(bench.target(email).user_uid or "")


def body(bench: Bench, path: str) -> Any:
    return bench.asked(path)[-1].body


async def test_the_adapter_is_the_port(bench: Bench) -> None:
    """mypy holds the signatures; the two members added here answer before anything was read."""
    api: Contentstack = bench.api()
    assert (api.cached(), api.search("a", 1)) == (None, None)


@pytest.mark.parametrize(
    ("token", "email", "may_manage", "is_owner"),
    [
        (seed.BOT_AUTHTOKEN, seed.BOT, True, False),
        (seed.OWNER_AUTHTOKEN, seed.OWNER, True, True),
        (seed.MIA_AUTHTOKEN, seed.MIA, False, False),
    ],
)
async def test_we_know_who_we_are(
    bench: Bench, token: str, email: str, may_manage: bool, is_owner: bool
) -> None:
    """CS §1.5."""
    user_uid = bench.target(email).user_uid or ""
    assert await bench.api(token=token).account() == Account(
        user_uid, email, "authtoken", may_manage=may_manage, is_owner=is_owner
    )


async def test_people_are_read_now_whatever_the_spelling(bench: Bench) -> None:
    """Missing ones are missing; case does not matter; nobody means nobody."""
    api = bench.api()
    found = await api.members([seed.UPPER.lower(), seed.MIA.upper(), seed.PLUS, "who@example.com"])
    assert {member.email for member in found} == {seed.UPPER, seed.MIA, seed.PLUS}
    with pytest.raises(ValueError, match="nobody"):
        await api.members([])
    assert all(entry.body["emails"] for entry in bench.asked("/share/search"))


async def test_many_people_are_read_in_parts(bench: Bench) -> None:
    """A hundred e-mails per search."""
    org = bench.sandbox.state.organizations[seed.ORG_UID]
    found = await bench.api().members([share.email for share in org.shares.values()])
    assert ({member.share_uid for member in found}, len(bench.asked("/share/search"))) == (set(org.shares), 3)


async def test_stacks_are_read_now_in_the_order_asked_for(bench: Bench) -> None:
    """Vanished ones are missing, closed ones are unknown."""
    wanted = [bench.stack_uid(key) for key in (seed.ARCHIVE, seed.SHOP)]
    archive, shop = await bench.api().stacks([*wanted, "blt0000"])
    assert (archive.api_key, archive.roles, shop.api_key, shop.roles is not None) == (
        seed.ARCHIVE,
        None,
        seed.SHOP,
        True,
    )


async def test_people_are_removed_and_named_by_the_answer(bench: Bench) -> None:
    """CS §3.4: a DELETE with a body; somebody who is already gone is simply not confirmed."""
    mia, pia = bench.target(seed.MIA), bench.target(seed.PENDING)
    gone = Target("shareX", "userX", "gone@example.com")
    answer = await bench.api().send(RemoveShares((mia, pia, gone)), action=ActionKey.REMOVE)
    entry = bench.asked("/share")[-1]
    assert answer == Answer(
        200,
        "The invitation has been deleted successfully.",
        str(entry.seq),
        confirmed=frozenset({mia.share_uid, pia.share_uid}),
    )
    assert (entry.method, entry.body) == ("DELETE", {"emails": [seed.MIA, seed.PENDING, gone.email]})
    assert not {seed.MIA, seed.PENDING} & set(bench.sandbox.state.organizations[seed.ORG_UID].by_email)


async def test_a_removal_that_contentstack_refuses_is_rejected_with_both_texts(bench: Bench) -> None:
    """CS §6.3: the message and what stands under `errors`."""
    with pytest.raises(Rejected) as caught:
        await bench.api().send(RemoveShares((bench.target(seed.OWNER),)), action=ActionKey.REMOVE)
    assert (caught.value.status, "(" in caught.value.detail, caught.value.request_id != "") == (
        422,
        True,
        True,
    )


async def test_stack_roles_are_replaced(bench: Bench) -> None:
    """CS §3.7: one call for several people of a stack, confirmed by the roles that the answer repeats."""
    api = bench.api()
    rita = bench.target(seed.TWO_ROLES)
    mia = bench.target(seed.MIA)
    share = ShareStack(
        bench.stack_uid(seed.MARKETING), (rita, mia), {rita.share_uid: (EDITOR,), mia.share_uid: (EDITOR,)}
    )
    await api.send(share, action=ActionKey.STACK_ACCESS)
    request = SetStackRoles(
        bench.stack_uid(seed.MARKETING),
        (rita, mia),
        {rita.share_uid: (DEVELOPER, EDITOR), mia.share_uid: (DEVELOPER,)},
    )
    answer = await api.send(request, action=ActionKey.STACK_ACCESS)
    assert answer.confirmed == {rita.share_uid, mia.share_uid}
    assert held(bench, seed.MARKETING, seed.TWO_ROLES) == [DEVELOPER, EDITOR]
    assert held(bench, seed.MARKETING, seed.MIA) == [DEVELOPER]
    assert body(bench, "/users/roles") == {
        "users": {rita.user_uid: [DEVELOPER, EDITOR], mia.user_uid: [DEVELOPER]}
    }


async def test_people_without_an_account_are_left_out_by_name(bench: Bench) -> None:
    """CS §2, trap 1: the call needs accounts; the others go on, and alone it is not sent at all."""
    api = bench.api()
    stella, pia = bench.target(seed.STACK_OWNER), bench.target(seed.PENDING)
    stack = bench.stack_uid(seed.MARKETING)
    await api.send(ShareStack(stack, (stella,), {stella.share_uid: (EDITOR,)}), action=ActionKey.STACK_ACCESS)
    roles = {stella.share_uid: (DEVELOPER,), pia.share_uid: (DEVELOPER,)}
    answer = await api.send(SetStackRoles(stack, (stella, pia), roles), action=ActionKey.STACK_ACCESS)
    assert (set(answer.confirmed), dict(answer.failed)) == ({stella.share_uid}, {pia.share_uid: NO_ACCOUNT})
    with pytest.raises(Rejected, match=NO_ACCOUNT):
        await api.send(SetStackRoles(stack, (pia,), roles), action=ActionKey.STACK_ACCESS)


async def test_a_stack_is_shared_and_unshared(bench: Bench) -> None:
    """CS §3.7: by e-mail, with the stack's api key, which comes from memory or is read."""
    api = bench.api()
    nils = bench.target(seed.NEVER)
    stack = bench.stack_uid(seed.MARKETING)
    shared = await api.send(
        ShareStack(stack, (nils,), {nils.share_uid: (EDITOR,)}), action=ActionKey.STACK_ACCESS
    )
    assert (shared.notice, shared.confirmed) == ("The invitation has been sent successfully.", frozenset())
    assert body(bench, "/stacks/share") == {"emails": [nils.email], "roles": {nils.email: [EDITOR]}}
    await api.directory(max_age=0)
    lists = len(bench.asked("/stacks"))
    unshared = await api.send(UnshareStack(stack, nils), action=ActionKey.STACK_ACCESS)
    assert (unshared.notice, len(bench.asked("/stacks"))) == (
        "The stack has been successfully unshared.",
        lists,
    )
    assert body(bench, "/stacks/unshare") == {"email": nils.email}


async def test_a_stack_that_vanished_is_rejected_before_anything_is_sent(bench: Bench) -> None:
    """Nothing happened, and it is said why."""
    with pytest.raises(Rejected, match="no longer in the organization"):
        await bench.api().send(UnshareStack("blt0000", bench.target(seed.MIA)), action=ActionKey.STACK_ACCESS)


async def test_the_reset_mail_needs_no_credential(bench: Bench) -> None:
    """CS §3.6.3: the documented substitute; the token stays at home."""
    api = bench.api(token="blt0000dead")
    answer = await api.send(SendPasswordReset(bench.target(seed.MIA)), action=ActionKey.PASSWORD_RESET)
    assert answer.notice.startswith("If this email address exists")
    assert [(mail.to, mail.kind) for mail in bench.sandbox.state.mails] == [(seed.MIA, "forgot_password")]


async def test_somebody_is_invited_again_with_roles_and_stacks(bench: Bench) -> None:
    """CS §3.3: one person, organization roles, stacks by api key; the answer names the e-mail."""
    api = bench.api()
    mia = bench.target(seed.MIA)
    await api.send(RemoveShares((mia,)), action=ActionKey.REMOVE)
    request = Invite(mia, (seed.MEMBER_ROLE,), {bench.stack_uid(seed.MARKETING): (EDITOR,)})
    answer = await api.send(request, action=ActionKey.REINVITE)
    assert (answer.status, set(answer.confirmed)) == (201, {mia.share_uid})
    assert body(bench, "/share") == {
        "share": {
            "users": {seed.MIA: [seed.MEMBER_ROLE]},
            "stacks": {seed.MIA: {seed.MARKETING: [EDITOR]}},
        }
    }
    assert bench.sandbox.state.organizations[seed.ORG_UID].by_email[seed.MIA].status == "pending"


async def test_an_invitation_without_stacks_mentions_none(bench: Bench) -> None:
    """An empty map is not sent: nobody documented what it would mean."""
    new = Target("share", None, "new@example.com")
    await bench.api().send(Invite(new, (seed.MEMBER_ROLE,), {}), action=ActionKey.REINVITE)
    assert body(bench, "/share") == {"share": {"users": {new.email: [seed.MEMBER_ROLE]}}}


def lead(bench: Bench) -> ContentstackApi:
    return bench.api(tables={"org_role": {"use": "v4-lead"}})


async def test_the_lead_is_proven_by_its_first_answer(bench: Bench) -> None:
    """Unverified, then ready, and the change is told once."""
    bench.sandbox.state.switches.v4 = True
    api = lead(bench)
    before = api.capability(ActionKey.ORG_ROLE).readiness
    for roles in ((seed.ADMIN_ROLE,), (seed.MEMBER_ROLE, seed.SECURITY_ROLE)):
        await api.send(
            FromTemplate(ActionKey.ORG_ROLE, (bench.target(seed.MIA),), roles), action=ActionKey.ORG_ROLE
        )
    (mia,) = await api.members([seed.MIA])
    assert set(mia.role_uids) == {seed.MEMBER_ROLE, seed.SECURITY_ROLE}
    assert (before, api.capability(ActionKey.ORG_ROLE).readiness) == (Readiness.UNVERIFIED, Readiness.READY)
    assert [told[:2] for told in bench.learned] == [(ActionKey.ORG_ROLE, Readiness.READY)]


async def test_a_lead_that_leads_nowhere_makes_the_action_unavailable(bench: Bench) -> None:
    """CS §3.6.2: "Cannot PATCH /v4/…" is the route, and Contentstack's advice stands from now on."""
    api = lead(bench)
    request = FromTemplate(ActionKey.ORG_ROLE, (bench.target(seed.MIA),), (seed.ADMIN_ROLE,))
    with pytest.raises(EndpointMissing):
        await api.send(request, action=ActionKey.ORG_ROLE)
    found = api.capability(ActionKey.ORG_ROLE)
    assert (found.readiness, NOT_ENABLED in found.why) == (Readiness.UNAVAILABLE, True)
    assert bench.learned == [(ActionKey.ORG_ROLE, Readiness.UNAVAILABLE, found.why)]


async def test_a_lead_whose_person_is_gone_stays_what_it_was(bench: Bench) -> None:
    """CS §3.6.2: a 404 about the user is about the user."""
    bench.sandbox.state.switches.v4 = True
    api = lead(bench)
    gone = Target("share", "bltgone", "gone@example.com")
    with pytest.raises(Rejected, match="User not found"):
        await api.send(
            FromTemplate(ActionKey.ORG_ROLE, (gone,), (seed.ADMIN_ROLE,)), action=ActionKey.ORG_ROLE
        )
    assert api.capability(ActionKey.ORG_ROLE).readiness is Readiness.UNVERIFIED


async def test_a_lead_that_is_not_permitted_stays_what_it_was(bench: Bench) -> None:
    """CS §3.6.2: 403 stops the batch and says nothing about the endpoint."""
    bench.sandbox.state.switches.v4 = True
    api = bench.api(tables={"org_role": {"use": "v4-lead"}}, token=seed.MIA_AUTHTOKEN)
    with pytest.raises(NotPermitted):
        await api.send(
            FromTemplate(ActionKey.ORG_ROLE, (bench.target(seed.GUS),), (seed.ADMIN_ROLE,)),
            action=ActionKey.ORG_ROLE,
        )
    assert api.capability(ActionKey.ORG_ROLE).readiness is Readiness.UNVERIFIED


@pytest.mark.parametrize(
    ("action", "done", "skipped"),
    [
        (
            ActionKey.KILL_SESSIONS,
            seed.MIA,
            {seed.MULTI: "multiple_organizations", seed.NO_SESSION: "no_active_session"},
        ),
        (ActionKey.MFA_RESET, seed.MFA_USER, {seed.MIA: "mfa_not_enabled"}),
        (ActionKey.UNLOCK, seed.TIMED_LOCK, {seed.MIA: "not_locked", seed.OWNER: "organization_owner"}),
        (ActionKey.PASSWORD_RESET, seed.MIA, {seed.IDP: "signs_in_through_identity_provider"}),
    ],
)
async def test_a_batch_tells_of_each_person(
    bench: Bench, action: ActionKey, done: str, skipped: dict[str, str]
) -> None:
    """CS §4.1, §8.3: some done, some skipped with the API's reason, some failed, some without an account."""
    bench.sandbox.state.switches.sim = True
    api = bench.api(tables={action.value: sim_table(action.value)})
    people = [bench.target(email) for email in (done, *skipped, seed.PENDING)]
    stranger = Target("shareX", "bltx", "x@example.org")
    answer = await api.send(FromTemplate(action, (*people, stranger)), action=action)
    assert (set(answer.confirmed), dict(answer.skipped), dict(answer.failed)) == (
        {bench.target(done).share_uid},
        {bench.target(email).share_uid: reason for email, reason in skipped.items()},
        {bench.target(seed.PENDING).share_uid: NO_ACCOUNT, "shareX": "not_a_member"},
    )
    assert api.capability(action).readiness is Readiness.READY


async def test_an_unforeseen_status_of_a_person_counts_as_failed(bench: Bench) -> None:
    """What nobody foresaw is not taken for a success."""
    bench.sandbox.state.switches.sim = True
    results = {"list": "results", "ok": ["done"]}
    api = bench.api(tables={"unlock": sim_table("unlock", results=results)})
    tom = bench.target(seed.TIMED_LOCK)
    answer = await api.send(FromTemplate(ActionKey.UNLOCK, (tom,)), action=ActionKey.UNLOCK)
    assert (answer.confirmed, answer.failed) == (frozenset(), {tom.share_uid: "ok"})


async def test_a_template_without_results_only_says_accepted(bench: Bench) -> None:
    """No per-person facts, none invented."""
    bench.sandbox.state.switches.sim = True
    api = bench.api(tables={"unlock": sim_table("unlock", results=None)})
    answer = await api.send(
        FromTemplate(ActionKey.UNLOCK, (bench.target(seed.TIMED_LOCK),)), action=ActionKey.UNLOCK
    )
    assert (answer.status, answer.confirmed, answer.skipped, answer.failed) == (200, frozenset(), {}, {})


async def test_a_2xx_that_is_not_the_templates_success_is_unknown(bench: Bench) -> None:
    """The settings say what success is; anything else is not trusted."""
    bench.sandbox.state.switches.sim = True
    api = bench.api(tables={"unlock": sim_table("unlock", success=[202])})
    with pytest.raises(OutcomeUnknown):
        await api.send(
            FromTemplate(ActionKey.UNLOCK, (bench.target(seed.TIMED_LOCK),)), action=ActionKey.UNLOCK
        )
    assert api.capability(ActionKey.UNLOCK).readiness is Readiness.UNVERIFIED


async def test_more_people_than_the_template_allows_are_refused(bench: Bench) -> None:
    """Ten is the screen's limit; the core enforces it, too."""
    api = bench.api(tables={"unlock": sim_table("unlock", batch=1)})
    people = (bench.target(seed.MIA), bench.target(seed.GUS))
    with pytest.raises(ValueError, match="2 people in one call, the template allows 1"):
        await api.send(FromTemplate(ActionKey.UNLOCK, people), action=ActionKey.UNLOCK)


async def test_an_action_without_a_template_is_missing(bench: Bench) -> None:
    """CS §3.6.2: not enabled; contact support."""
    with pytest.raises(EndpointMissing, match="contact Contentstack support"):
        await bench.api().send(
            FromTemplate(ActionKey.UNLOCK, (bench.target(seed.MIA),)), action=ActionKey.UNLOCK
        )


@pytest.mark.parametrize(
    "kind", [Kind.SERVER_ERROR, Kind.SERVER_ERROR_AFTER, Kind.HANG_AFTER, Kind.DROP_AFTER, Kind.NULL_ERRORS]
)
async def test_no_write_is_ever_sent_twice(bench: Bench, kind: Kind) -> None:
    """Every kind of request, every uncertain end: one request in the journal."""
    bench.sandbox.state.switches.v4 = True
    limits = replace(PATIENT, write_timeout=0.4) if kind is Kind.HANG_AFTER else PATIENT
    api = bench.api(tables={"org_role": {"use": "v4-lead"}}, limits=limits)
    await api.directory(max_age=0)
    mia, stack = bench.target(seed.MIA), bench.stack_uid(seed.MARKETING)
    requests: list[tuple[Request, ActionKey]] = [
        (RemoveShares((mia,)), ActionKey.REMOVE),
        (SetStackRoles(stack, (mia,), {mia.share_uid: (EDITOR,)}), ActionKey.STACK_ACCESS),
        (ShareStack(stack, (mia,), {mia.share_uid: (EDITOR,)}), ActionKey.STACK_ACCESS),
        (UnshareStack(stack, mia), ActionKey.STACK_ACCESS),
        (SendPasswordReset(mia), ActionKey.PASSWORD_RESET),
        (Invite(mia, (seed.MEMBER_ROLE,), {}), ActionKey.REINVITE),
        (FromTemplate(ActionKey.ORG_ROLE, (mia,), (seed.MEMBER_ROLE,)), ActionKey.ORG_ROLE),
    ]
    bench.sandbox.journal.clear()
    for request, action in requests:
        bench.break_(kind)
        with pytest.raises(ContentstackError):
            await api.send(request, action=action)
        bench.sandbox.faults.clear()
    assert len(bench.sandbox.journal.entries) == len(requests)
