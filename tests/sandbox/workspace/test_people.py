"""Who may do what (SL §7, §1.8), and what changes when people and the app come and go."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.workspace.client import SandboxError, WorkspaceClient
from bot.sandbox.workspace.kit import actions, button
from bot.sandbox.workspace.scripted import ScriptedApp


@pytest.mark.parametrize(
    ("who", "channel", "error"),
    [
        ("olivia", "#general", None),
        ("ada", "#org-admins", None),
        ("gus", "#general", None),
        ("sid", "#partners", "invalid_command"),
        ("mia", "#general", None),
        ("ada", "#archive", "not_allowed"),
    ],
)
async def test_commands_by_kind_of_person(
    scripted: ScriptedApp, workspace: WorkspaceClient, who: str, channel: str, error: str | None
) -> None:
    """Guests have them, strangers do not."""
    assert (await workspace.user(who).command(channel, "/ask")).error == error


async def test_a_stranger_can_click_in_a_shared_channel(
    scripted: ScriptedApp, workspace: WorkspaceClient
) -> None:
    """SL §1.8: with his own team_id in the payload; shortcuts are not his."""
    await scripted.web.chat_postMessage(channel="C0PARTNERS", text="x", blocks=[actions(button("go"))])
    sid = workspace.user("sid")
    message = await sid.wait_for_message("#partners")
    assert (await sid.click(message, "go")).ok
    [payload] = scripted.payloads("block_actions")
    assert (payload["user"]["id"], payload["user"]["team_id"], payload["team"]["id"]) == (
        "U0SID",
        "T0PARTNER",
        "T0SANDBOX",
    )
    assert (await sid.shortcut("start")).error == "not_allowed"
    assert (await sid.message_shortcut("quote", message)).error == "not_allowed"
    assert (await sid.open_home()).error == "not_allowed"


async def test_nobody_sees_a_channel_that_is_not_for_him(workspace: WorkspaceClient) -> None:
    """Guests and strangers only theirs; private ones for members."""
    seen = {}
    for who in ("ada", "mia", "gus", "sid"):
        seen[who] = [c["name"] for c in (await workspace.user(who).sidebar())["channels"]]
    assert seen == {
        "ada": ["general", "random", "org-admins", "approvals", "partners", "archive"],
        "mia": ["general", "random", "partners", "archive"],
        "gus": ["general"],
        "sid": ["partners"],
    }
    with pytest.raises(SandboxError, match="channel_not_found"):
        await workspace.user("mia").say("#org-admins", "x")
    hidden = await workspace.get("/_user/v1/mia/messages", channel="#org-admins")
    assert (hidden["ok"], hidden["error"]) == (False, "not_in_channel")


async def test_each_person_has_a_kind_and_a_word_on_what_he_may_do(workspace: WorkspaceClient) -> None:
    """The page offers only those who can act."""
    people = (await workspace.workspace())["people"]
    assert {p["handle"]: (p["kind"], p["can_act"], p["can_command"]) for p in people} == {
        "olivia": ("owner", True, True),
        "ada": ("member", True, True),
        "grace": ("member", True, True),
        "mia": ("member", True, True),
        "bob": ("member", True, True),
        "gus": ("guest", True, True),
        "dora": ("deactivated", False, False),
        "sid": ("stranger", True, False),
        "rollcall": ("bot", False, False),
        "lunchbot": ("bot", False, False),
        "slackbot": ("member", False, False),
    }
    assert all(p["may"] for p in people)


async def test_membership_changes_are_told_to_the_app(
    scripted: ScriptedApp, workspace: WorkspaceClient
) -> None:
    """Join, leave, invite, kick."""
    ada, mia = workspace.user("ada"), workspace.user("mia")
    assert (await mia.act("membership", channel="#general", act="leave")).ok
    assert (await ada.act("membership", channel="#org-admins", act="invite", person="mia")).ok
    assert (await mia.act("membership", channel="#general", act="join")).ok
    assert (await ada.act("membership", channel="#org-admins", act="kick", person="mia")).ok
    events = await scripted.wait_for("events_api", 4)
    assert sorted((e["event"]["type"], e["event"]["channel"]) for e in events) == [
        ("member_joined_channel", "C0GENERAL"),
        ("member_joined_channel", "C0ORGADMINS"),
        ("member_left_channel", "C0GENERAL"),
        ("member_left_channel", "C0ORGADMINS"),
    ]
    gus = await workspace.user("gus").act("membership", channel="#general", act="invite", person="mia")
    assert gus.error == "not_allowed"


async def test_an_uninstalled_app_is_told_and_then_gone(
    scripted: ScriptedApp, workspace: WorkspaceClient
) -> None:
    """app_uninstalled and tokens_revoked, then account_inactive (SL §7)."""
    olivia = workspace.user("olivia")
    await scripted.web.chat_postMessage(channel="C0GENERAL", text="x", blocks=[actions(button("go"))])
    message = await olivia.wait_for_message("#general")
    assert (await workspace.user("ada").act("app", act="uninstall")).error == "not_allowed"
    assert (await olivia.act("app", act="uninstall")).ok
    events = await scripted.wait_for("events_api", 3)
    assert {e["event"]["type"] for e in events[1:]} == {"app_uninstalled", "tokens_revoked"}
    with pytest.raises(SlackApiError, match="account_inactive"):
        await scripted.web.auth_test()
    assert (await olivia.command("#general", "/ask")).error == "invalid_command"
    assert (await olivia.click(message, "go")).error == "dispatch_failed"
    assert (await workspace.workspace())["commands"] == []
    assert (await olivia.act("app", act="install")).ok
    assert (await olivia.command("#general", "/ask")).ok


async def test_an_edited_person_is_told_to_the_app(scripted: ScriptedApp, workspace: WorkspaceClient) -> None:
    """user_change; a deactivated person can do nothing."""
    await workspace.order("person", person="mia", email="mia.new@example.com")
    await workspace.order("person", person="mia", deleted=True)
    events = await scripted.wait_for("events_api", 2)
    assert sorted(e["event"]["user"]["deleted"] for e in events) == [False, True]
    assert (await workspace.user("mia").command("#general", "/ask")).error == "not_allowed"
    with pytest.raises(SandboxError, match="invalid_field"):
        await workspace.order("person", person="mia", id="U0ADA")
