from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.contentstack.capabilities import NOT_ENABLED, SUBSTITUTE, Capabilities, learnt_of
from bot.contentstack.endpoints import (
    SHIPPED,
    TEMPLATED,
    V4_LEAD,
    EndpointsInvalid,
    Template,
    load_endpoints,
    read_endpoints,
)
from bot.domain.actions import ActionKey, Capability, Readiness
from bot.domain.requests import FromTemplate, Target
from bot.ports.contentstack import EndpointMissing
from tests.contentstack.support import sim_table

ADA = Target("share/1", "user 1", "ada+x@example.com")
BEN = Target("share2", "user2", "ben@example.com")
HOST = "api.contentstack.io"
GOOD = {"method": "POST", "path": "/v4/x/{user_uid}"}


def test_the_file_switches_the_shipped_lead_on(tmp_path: Path) -> None:
    """`use = "v4-lead"` is all that the unverified role update needs; without a file nothing is on."""
    file = tmp_path / "endpoints.toml"
    file.write_text('[org_role]\nuse = "v4-lead"\n')
    assert load_endpoints(file, HOST) == {ActionKey.ORG_ROLE: V4_LEAD}
    assert list(SHIPPED) == [ActionKey.ORG_ROLE]


def test_a_template_of_ones_own_is_read_from_the_file(tmp_path: Path) -> None:
    """Everything that CS §3.6.2 asks for can be said."""
    file = tmp_path / "endpoints.toml"
    file.write_text(
        """
        [mfa_reset]
        method = "PUT"
        path = "/v4/organizations/{organization_uid}/mfa"
        batch = 10
        success = [200, 202]
        body = { data = { ids = "{user_uids}" }, org = "org {organization_uid}" }
        [mfa_reset.results]
        list = "data.results"
        key = "email"
        person = "mail"
        status = "state"
        skipped = ["ignored"]
        """
    )
    template = load_endpoints(file, HOST)[ActionKey.MFA_RESET]
    assert (template.method, template.batch, template.success) == ("PUT", 10, (200, 202))
    assert template.filled("blt1", FromTemplate(ActionKey.MFA_RESET, (ADA, BEN))) == (
        "/v4/organizations/blt1/mfa",
        {"data": {"ids": ["user 1", "user2"]}, "org": "org blt1"},
    )


def test_the_lead_addresses_one_account_and_sets_its_roles() -> None:
    """CS §3.6.1: PATCH /v4 with org_roles; uids are quoted in the path."""
    request = FromTemplate(ActionKey.ORG_ROLE, (ADA,), ("role1", "role2"))
    assert V4_LEAD.filled("blt1", request) == (
        "/v4/organizations/blt1/share/user%201",
        {"org_roles": ["role1", "role2"]},
    )


def test_a_body_may_be_left_out_and_keys_may_hold_a_placeholder() -> None:
    """A DELETE without a body; a map keyed by e-mail as in invitations."""
    bare = Template(method="DELETE", path="/v4/{share_uid}")
    keyed = Template(method="POST", path="/v4/x", body={"users": {"{email}": ["{user_uid}", 1, True]}})
    request = FromTemplate(ActionKey.UNLOCK, (ADA,))
    assert (bare.filled("o", request), keyed.filled("o", request)) == (
        ("/v4/share%2F1", None),
        ("/v4/x", {"users": {"ada+x@example.com": ["user 1", 1, True]}}),
    )
    assert (bare.needs_account, keyed.needs_account) == (False, True)


@pytest.mark.parametrize(
    ("name", "table", "reason"),
    [
        ("remove", GOOD, "no such action, or it needs no template"),
        ("fly", GOOD, "no such action"),
        ("mfa_reset", {"use": "v4-lead"}, "use must stand alone and name one of []"),
        ("org_role", {"use": "v5"}, "name one of ['v4-lead']"),
        ("org_role", {"use": "v4-lead", "batch": 2}, "use must stand alone"),
        ("unlock", "POST", "valid dictionary"),
        ("unlock", {"path": "/x/{user_uid}"}, "method Field required"),
        ("unlock", {**GOOD, "method": "GET"}, "method Input should be 'POST', 'PUT', 'PATCH' or 'DELETE'"),
        ("unlock", {**GOOD, "path": "v4/{user_uid}"}, "path String should match"),
        ("unlock", {**GOOD, "path": "/v4/{user_uid}?x=1"}, "path String should match"),
        ("unlock", {**GOOD, "path": "/v4/{user}"}, "the path has unknown placeholders: user"),
        ("unlock", {**GOOD, "body": {"a": ["{who}"]}}, "the body has unknown placeholders: who"),
        ("unlock", {**GOOD, "path": "/v4/x"}, "neither path nor body says who is meant"),
        ("unlock", {**GOOD, "batch": 11}, "batch Input should be less than or equal to 10"),
        ("unlock", {**GOOD, "batch": 2}, "a batch needs {user_uids}, {share_uids} or {emails}"),
        ("unlock", {**GOOD, "body": {"a": "x {org_roles}"}}, "a list placeholder must be the whole value"),
        ("unlock", {**GOOD, "success": [404]}, "success.0"),
        ("unlock", {**GOOD, "success": []}, "success"),
        ("unlock", {**GOOD, "speed": 1}, "speed Extra inputs are not permitted"),
        (
            "unlock",
            sim_table("unlock"),
            "/__sim__ paths exist only in the sandbox, not on api.contentstack.io",
        ),
    ],
)
def test_a_wrong_table_is_named_with_its_reason(name: str, table: Any, reason: str) -> None:
    """A mistake in the file stops the start and says where it is."""
    with pytest.raises(EndpointsInvalid) as caught:
        read_endpoints({name: table}, HOST)
    assert str(caught.value).startswith(f"[{name}]: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("api.contentstack.io", True),
        ("azure-na-api.contentstack.com", True),
        ("EU-API.CONTENTSTACK.COM", True),
        ("127.0.0.1", False),
        ("contentstack.com.example.org", False),
        ("notcontentstack.com", False),
    ],
)
def test_the_sandboxs_inventions_are_never_sent_to_contentstack(host: str, refused: bool) -> None:
    """CS §8.3: nobody may mistake the invention for a fact."""
    try:
        read_endpoints({"unlock": sim_table("unlock")}, host)
    except EndpointsInvalid:
        assert refused
    else:
        assert not refused


@pytest.mark.parametrize("text", ["[org_role", "\udc80"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    """Neither broken TOML nor broken UTF-8 ends in a traceback about something else."""
    file = tmp_path / "endpoints.toml"
    file.write_text(text, "utf-8", errors="surrogateescape")
    with pytest.raises(EndpointsInvalid, match=r"^endpoints\.toml cannot be read: "):
        load_endpoints(file, HOST)
    with pytest.raises(EndpointsInvalid, match=r"^missing\.toml cannot be read: "):
        load_endpoints(tmp_path / "missing.toml", HOST)


@pytest.mark.parametrize("action", [ActionKey.REMOVE, ActionKey.STACK_ACCESS])
def test_documented_actions_are_ready_for_ten_at_a_time(action: ActionKey) -> None:
    """They need no template."""
    found = Capabilities({}).capability(action)
    assert (found.readiness, found.via, found.batch) == (Readiness.READY, "documented", 10)


def test_every_action_has_a_capability() -> None:
    """Completeness: documented, templated or substituted, nothing is forgotten."""
    found = {action: Capabilities({}).capability(action).readiness for action in ActionKey}
    unavailable = {action for action, readiness in found.items() if readiness is Readiness.UNAVAILABLE}
    assert unavailable == TEMPLATED - {ActionKey.PASSWORD_RESET}


def test_without_a_template_contentstacks_own_advice_stands() -> None:
    """CS §3.6.2: not enabled, contact support."""
    none = Capabilities({})
    assert none.capability(ActionKey.UNLOCK) == Capability(
        ActionKey.UNLOCK, Readiness.UNAVAILABLE, NOT_ENABLED, "", 1
    )
    assert "support@contentstack.com" in NOT_ENABLED
    with pytest.raises(EndpointMissing, match="contact Contentstack support"):
        none.template(ActionKey.UNLOCK)


def test_a_password_reset_without_a_template_is_the_mail_and_says_so() -> None:
    """CS §3.6.3: the substitute has its own honest name."""
    assert Capabilities({}).capability(ActionKey.PASSWORD_RESET) == Capability(
        ActionKey.PASSWORD_RESET, Readiness.READY, SUBSTITUTE, "substitute", 1
    )


def test_a_template_is_unverified_until_it_was_answered() -> None:
    """Unverified, then ready; the change is told once."""
    told: list[tuple[ActionKey, Readiness, str]] = []
    known = Capabilities({ActionKey.ORG_ROLE: V4_LEAD}, on_change=lambda *change: told.append(change))
    before = known.capability(ActionKey.ORG_ROLE)
    known.answered(ActionKey.ORG_ROLE)
    known.answered(ActionKey.ORG_ROLE)
    after = known.capability(ActionKey.ORG_ROLE)
    assert before == Capability(ActionKey.ORG_ROLE, Readiness.UNVERIFIED, V4_LEAD.note, "template", 1)
    assert (after.readiness, [change[:2] for change in told]) == (
        Readiness.READY,
        [(ActionKey.ORG_ROLE, Readiness.READY)],
    )


def test_what_was_seen_earlier_is_remembered_for_templates_that_still_stand() -> None:
    """A restart does not forget; a template taken out of the file does."""
    seen = {
        ActionKey.ORG_ROLE: (Readiness.UNAVAILABLE, "leads nowhere"),
        ActionKey.UNLOCK: (Readiness.READY, "was answered"),
    }
    known = Capabilities({ActionKey.ORG_ROLE: V4_LEAD}, seen=seen)
    assert (known.capability(ActionKey.ORG_ROLE).why, known.capability(ActionKey.UNLOCK).readiness) == (
        "leads nowhere",
        Readiness.UNAVAILABLE,
    )


def test_what_was_learnt_holds_for_its_own_template_alone() -> None:
    """A template that was edited is new again, whatever its predecessor taught."""
    old = read_endpoints({"unlock": sim_table("unlock")}, "127.0.0.1")[ActionKey.UNLOCK]
    new = read_endpoints({"unlock": sim_table("unlock", batch=5)}, "127.0.0.1")[ActionKey.UNLOCK]
    row = {ActionKey.UNLOCK: (Readiness.UNAVAILABLE, "no such route", old.fingerprint)}
    assert learnt_of(row, {ActionKey.UNLOCK: old}) == {
        ActionKey.UNLOCK: (Readiness.UNAVAILABLE, "no such route")
    }
    assert learnt_of(row, {ActionKey.UNLOCK: new}) == {}
    assert learnt_of(row, {}) == {}
