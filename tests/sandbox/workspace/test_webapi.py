"""The Web API as an unmodified slack_sdk client sees it (SL §6, §7)."""

import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.workspace.client import SlackUser, WorkspaceClient
from bot.sandbox.workspace.kit import actions, button, field, modal, plain
from bot.sandbox.workspace.server import WorkspaceSandbox


async def error_of(call: Any) -> dict[str, Any]:
    """The body of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        await call
    body: dict[str, Any] = caught.value.response.data
    return body


# --- tokens, scopes, tiers ---


async def test_auth_test_names_team_and_bot(web: AsyncWebClient, sandbox: WorkspaceSandbox) -> None:
    """What Bolt asks for first."""
    answer = await web.auth_test()
    assert answer.data == {
        "ok": True,
        "url": f"{sandbox.url}/",
        "team": "Sandbox Workspace",
        "user": "rollcall",
        "team_id": "T0SANDBOX",
        "user_id": "U0ROLLCALL",
        "bot_id": "B0ROLLCALL",
        "is_enterprise_install": False,
    }
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_a_wrong_token_is_refused(sandbox: WorkspaceSandbox, token: str, error: str) -> None:
    """No token and an unknown one are different errors."""
    body = await error_of(AsyncWebClient(token=token, base_url=sandbox.api_url).auth_test())
    assert body["error"] == error


async def test_the_app_token_is_for_connections_only(sandbox: WorkspaceSandbox) -> None:
    """And the bot token is not."""
    as_app = AsyncWebClient(token=sandbox.app_token, base_url=sandbox.api_url)
    assert (await error_of(as_app.auth_test()))["error"] == "not_allowed_token_type"
    opening = as_app.apps_connections_open(app_token=sandbox.bot_token)
    assert (await error_of(opening))["error"] == "not_allowed_token_type"


async def test_the_token_may_stand_in_the_query_the_form_or_the_header(sandbox: WorkspaceSandbox) -> None:
    """GET with query, POST form, POST JSON."""
    url = f"{sandbox.api_url}users.info"
    arguments = {"user": "U0ADA"}
    in_body, headers = (
        {**arguments, "token": sandbox.bot_token},
        {"Authorization": f"Bearer {sandbox.bot_token}"},
    )
    async with aiohttp.ClientSession() as session:
        for call in (
            session.get(url, params=in_body),
            session.post(url, data=in_body),
            session.post(url, json=arguments, headers=headers),
            session.post(url, json=in_body),
        ):
            async with call as response:
                body = await response.json()
                assert (body["ok"], body["user"]["name"]) == (True, "ada")
        async with session.post(
            url, data="{", headers={**headers, "Content-Type": "application/json"}
        ) as response:
            assert (await response.json())["error"] == "invalid_json"


async def test_an_unknown_method_is_named(web: AsyncWebClient) -> None:
    """As Slack does."""
    assert await error_of(web.api_call("rollcall.frobnicate")) == {
        "ok": False,
        "error": "unknown_method",
        "req_method": "rollcall.frobnicate",
    }


async def test_a_missing_scope_says_what_is_needed_and_what_is_there(
    web: AsyncWebClient, workspace: WorkspaceClient
) -> None:
    """needed and provided."""
    await workspace.order("scopes", scopes=["commands", "channels:read"])
    body = await error_of(web.chat_postMessage(channel="C0GENERAL", text="x"))
    assert body == {
        "ok": False,
        "error": "missing_scope",
        "needed": "chat:write",
        "provided": "channels:read,commands",
    }
    assert (await web.conversations_info(channel="C0GENERAL"))["ok"]
    private = await error_of(web.conversations_info(channel="C0ORGADMINS"))
    assert (private["error"], private["needed"]) == ("missing_scope", "groups:read")
    await workspace.order("scopes")
    assert (await web.conversations_info(channel="C0ORGADMINS"))["ok"]


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_revoked_token_fails_every_call(
    web: AsyncWebClient, workspace: WorkspaceClient, error: str
) -> None:
    """SL §7: treat all three as uninstalled."""
    await workspace.order("tokens", revoke="bot", error=error)
    assert (await error_of(web.auth_test()))["error"] == error
    await workspace.order("tokens", restore=True)
    assert (await web.auth_test())["ok"]


async def test_a_second_post_within_a_second_is_rate_limited(
    web: AsyncWebClient, workspace: WorkspaceClient
) -> None:
    """1/s per channel: 429 with Retry-After, and another channel is free."""
    await workspace.order("rates", scale=1)
    await web.chat_postMessage(channel="C0GENERAL", text="1")
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel="C0GENERAL", text="2")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert caught.value.response["error"] == "ratelimited"
    assert (await web.chat_postMessage(channel="C0PARTNERS", text="3"))["ok"]
    await workspace.order("clock", advance=1.1)
    assert (await web.chat_postMessage(channel="C0GENERAL", text="4"))["ok"]


async def test_a_tier_is_counted_per_method(web: AsyncWebClient, workspace: WorkspaceClient) -> None:
    """Tier 2: twenty a minute, then 429 for this method alone; the scale multiplies it."""
    await workspace.order("rates", scale=0.1)
    assert [(await web.users_list())["ok"] for _ in range(20)] == [True] * 20
    with pytest.raises(SlackApiError) as caught:
        await web.users_list()
    assert int(caught.value.response.headers["Retry-After"]) in range(590, 601)
    assert (await web.usergroups_list())["ok"]


# --- faults ---


async def test_scripted_faults_hit_the_named_method_and_run_out(
    web: AsyncWebClient, workspace: WorkspaceClient
) -> None:
    """429, 500, an error, a delay; each once."""
    await workspace.fault("rate_limited", "chat.update", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await web.chat_update(channel="C0GENERAL", ts="1.0", text="x")
    assert caught.value.response.headers["Retry-After"] == "7"
    await workspace.fault("error", "auth.test", error="fatal_error")
    assert (await error_of(web.auth_test()))["error"] == "fatal_error"
    await workspace.fault("latency", "auth.test", seconds=0.2)
    started = time.perf_counter()
    assert (await web.auth_test())["ok"]
    assert time.perf_counter() - started >= 0.2
    await workspace.fault("status", "auth.test", status=503)
    async with aiohttp.ClientSession() as session, session.get(f"{web.base_url}auth.test") as response:
        assert response.status == 503


async def test_a_lost_answer_leaves_the_message_there(
    sandbox: WorkspaceSandbox, workspace: WorkspaceClient, ada: SlackUser
) -> None:
    """drop_after: the post took effect, the client's one retry posts it twice (SL §6)."""
    await workspace.fault("drop_after", "chat.postMessage")
    web = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    await web.chat_postMessage(channel="C0GENERAL", text="twice")
    assert [m.text for m in await ada.messages("#general")] == ["twice", "twice"]


# --- chat ---


async def test_a_post_comes_back_as_slack_made_it(web: AsyncWebClient) -> None:
    """ts, channel, ids filled in."""
    answer = await web.chat_postMessage(channel="#general", text="hi", blocks=[{"type": "divider"}])
    assert answer["channel"] == "C0GENERAL"
    assert answer["message"] == {
        "type": "message",
        "user": "U0ROLLCALL",
        "ts": answer["ts"],
        "text": "hi",
        "team": "T0SANDBOX",
        "bot_id": "B0ROLLCALL",
        "app_id": "A0ROLLCALL",
        "blocks": [{"type": "divider", "block_id": "b0000001"}],
    }


POSTS = [
    ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    ({"channel": "C0RANDOM", "text": "x"}, "not_in_channel"),
    ({"channel": "C0ARCHIVE", "text": "x"}, "is_archived"),
    ({"channel": "U0DORA", "text": "x"}, "channel_not_found"),
    ({"channel": "C0GENERAL"}, "no_text"),
    ({"channel": "C0GENERAL", "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
    ({"channel": "C0GENERAL", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
    ({"channel": "C0GENERAL", "text": "x", "metadata": {"event_type": 3}}, "invalid_metadata_schema"),
    ({"channel": "C0GENERAL", "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
    ({"channel": "C0GENERAL", "markdown_text": "x" * 12_001}, "msg_too_long"),
]


@pytest.mark.parametrize(("arguments", "error"), POSTS, ids=[p[1] for p in POSTS])
async def test_a_post_that_slack_refuses(web: AsyncWebClient, arguments: dict[str, Any], error: str) -> None:
    """One error each."""
    assert (await error_of(web.api_call("chat.postMessage", json=arguments)))["error"] == error


async def test_bad_blocks_are_refused_with_their_path(web: AsyncWebClient) -> None:
    """invalid_blocks and the JSON pointer."""
    blocks = [actions({**button("b"), "text": plain("x" * 76)})]
    body = await error_of(web.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks))
    place = "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"
    assert body["error"] == "invalid_blocks"
    assert body["errors"] == [place]
    assert body["response_metadata"] == {"messages": [f"[ERROR] {place}"]}


async def test_long_text_is_cut_in_a_post_and_refused_in_an_update(web: AsyncWebClient) -> None:
    """40,000 and 4,000 characters (SL §6)."""
    posted = await web.chat_postMessage(channel="C0GENERAL", text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    body = await error_of(web.chat_update(channel="C0GENERAL", ts=posted["ts"], text="x" * 4_001))
    assert body["error"] == "msg_too_long"


async def test_an_update_with_text_alone_removes_the_blocks_and_keeps_the_attachments(
    web: AsyncWebClient,
) -> None:
    """SL §6."""
    posted = await web.chat_postMessage(
        channel="C0GENERAL", text="old", blocks=[{"type": "divider"}], attachments=[{"text": "kept"}]
    )
    updated = await web.chat_update(channel="C0GENERAL", ts=posted["ts"], text="new")
    shown = updated["message"]
    assert (shown["text"], shown.get("blocks"), shown["attachments"]) == ("new", None, [{"text": "kept"}])
    assert shown["edited"]["user"] == "U0ROLLCALL"


async def test_only_own_messages_can_be_changed(web: AsyncWebClient, ada: SlackUser) -> None:
    """cant_update_message, cant_delete_message, message_not_found; ephemerals cannot be found."""
    said = await ada.say("#general", "mine")
    target = {"channel": "C0GENERAL", "ts": said.raw["ts"]}
    assert (await error_of(web.chat_update(**target, text="x")))["error"] == "cant_update_message"
    assert (await error_of(web.chat_delete(**target)))["error"] == "cant_delete_message"
    private = await web.chat_postEphemeral(channel="C0GENERAL", user="U0ADA", text="psst")
    missing = web.chat_update(channel="C0GENERAL", ts=private["message_ts"], text="x")
    assert (await error_of(missing))["error"] == "message_not_found"
    not_there = web.chat_postEphemeral(channel="C0ORGADMINS", user="U0MIA", text="psst")
    assert (await error_of(not_there))["error"] == "user_not_in_channel"


async def test_delete_and_permalink(web: AsyncWebClient, sandbox: WorkspaceSandbox, ada: SlackUser) -> None:
    """A deleted message is gone for everybody."""
    posted = await web.chat_postMessage(channel="C0GENERAL", text="x")
    reply = await web.chat_postMessage(channel="C0GENERAL", text="y", thread_ts=posted["ts"])
    link = await web.chat_getPermalink(channel="C0GENERAL", message_ts=reply["ts"])
    name = reply["ts"].replace(".", "")
    expected = f"{sandbox.url}/archives/C0GENERAL/p{name}?thread_ts={posted['ts']}&cid=C0GENERAL"
    assert link["permalink"] == expected
    await web.chat_delete(channel="C0GENERAL", ts=posted["ts"])
    assert await ada.messages("#general") == []


async def test_a_direct_message_by_user_id(web: AsyncWebClient, ada: SlackUser) -> None:
    """chat:write is enough; conversations.open gives the same channel."""
    posted = await web.chat_postMessage(channel="U0ADA", text="hello")
    opened = await web.conversations_open(users="U0ADA")
    assert (opened["channel"]["id"], opened["already_open"]) == (posted["channel"], True)
    assert [m.text for m in await ada.messages("@rollcall")] == ["hello"]
    assert (await error_of(web.conversations_open(users="U0DORA")))["error"] == "user_disabled"
    assert (await error_of(web.conversations_open(users="U0OTHERBOT")))["error"] == "cannot_dm_bot"


async def test_metadata_and_threads_are_found_in_the_history(web: AsyncWebClient) -> None:
    """Metadata only when asked for; replies not in the main line."""
    metadata = {"event_type": "operation", "event_payload": {"id": "op-1"}}
    first = await web.chat_postMessage(channel="C0GENERAL", text="first", metadata=metadata)
    reply = await web.chat_postMessage(channel="C0GENERAL", text="reply", thread_ts=first["ts"])
    nested = await web.chat_postMessage(channel="C0GENERAL", text="nested", thread_ts=reply["ts"])
    second = await web.chat_postMessage(channel="C0GENERAL", text="second")
    history = await web.conversations_history(channel="C0GENERAL", include_all_metadata=True)
    assert [m["text"] for m in history["messages"]] == ["second", "first"]
    assert history["messages"][1]["metadata"] == metadata
    assert history["messages"][1]["reply_count"] == 2
    bare = await web.conversations_history(channel="C0GENERAL", oldest=first["ts"], inclusive=False)
    assert [m["ts"] for m in bare["messages"]] == [second["ts"]]
    thread = await web.conversations_replies(channel="C0GENERAL", ts=first["ts"])
    assert [m["ts"] for m in thread["messages"]] == [first["ts"], reply["ts"], nested["ts"]]
    paged = await web.conversations_history(channel="C0GENERAL", limit=1)
    assert paged["has_more"]
    rest = await web.conversations_history(
        channel="C0GENERAL", limit=1, cursor=paged["response_metadata"]["next_cursor"]
    )
    assert [m["text"] for m in rest["messages"]] == ["first"]
    assert (await error_of(web.conversations_history(channel="C0RANDOM")))["error"] == "not_in_channel"


# --- conversations, users ---


async def test_conversation_info_tells_private_and_shared(web: AsyncWebClient) -> None:
    """SL §7: the id's letter does not."""
    found = {}
    for name in ("C0GENERAL", "C0RANDOM", "C0ORGADMINS", "C0PARTNERS", "C0ARCHIVE"):
        channel = (await web.conversations_info(channel=name))["channel"]
        found[name] = tuple(channel[k] for k in ("is_private", "is_ext_shared", "is_archived", "is_member"))
    assert found == {
        "C0GENERAL": (False, False, False, True),
        "C0RANDOM": (False, False, False, False),
        "C0ORGADMINS": (True, False, False, True),
        "C0PARTNERS": (False, True, False, True),
        "C0ARCHIVE": (False, False, True, True),
    }


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(
    web: AsyncWebClient, ada: SlackUser
) -> None:
    """channel_not_found, not not_in_channel."""
    await ada.act("membership", channel="#org-admins", act="kick", person="rollcall")
    assert (await error_of(web.conversations_info(channel="C0ORGADMINS")))["error"] == "channel_not_found"
    listed = await web.conversations_list(types="public_channel,private_channel")
    assert [c["name"] for c in listed["channels"]] == [
        "general",
        "random",
        "approvals",
        "partners",
        "archive",
    ]


async def test_members_are_paged(web: AsyncWebClient) -> None:
    """With the cursor until it is empty."""
    first = await web.conversations_members(channel="C0ORGADMINS", limit=3)
    rest = await web.conversations_members(
        channel="C0ORGADMINS", limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert first["members"] + rest["members"] == ["U0OWNER", "U0ADA", "U0GRACE", "U0ROLLCALL"]
    assert rest["response_metadata"]["next_cursor"] == ""


async def test_joining_makes_posting_possible(web: AsyncWebClient) -> None:
    """Public channels only."""
    await web.conversations_join(channel="C0RANDOM")
    assert (await web.chat_postMessage(channel="C0RANDOM", text="x"))["ok"]
    mine = await web.users_conversations(types="public_channel")
    assert [c["name"] for c in mine["channels"]] == ["general", "random", "partners", "archive"]


async def test_people_of_every_kind_are_told_apart(web: AsyncWebClient) -> None:
    """SL §7: guest, deactivated, bot, stranger; the stranger's e-mail is not told."""
    people = {u["name"]: u for u in (await web.users_list())["members"]}
    assert people["gus"]["is_restricted"]
    assert people["dora"]["deleted"]
    assert people["lunchbot"]["is_bot"]
    assert not people["slackbot"]["is_bot"]
    assert (people["sid"]["team_id"], people["sid"]["is_stranger"]) == ("T0PARTNER", False)
    assert "email" not in people["sid"]["profile"]
    assert (people["ada"]["is_admin"], people["olivia"]["is_owner"]) == (False, True)
    assert people["ada"]["profile"]["email"] == "ada.admin@example.com"


async def test_lookup_by_email_finds_active_people_of_this_workspace_only(web: AsyncWebClient) -> None:
    """Not the deactivated, not strangers."""
    assert (await web.users_lookupByEmail(email="ADA.admin@example.com"))["user"]["id"] == "U0ADA"
    for nobody in ("dora.deactivated@example.com", "sid.stranger@example.org", "x@example.com"):
        assert (await error_of(web.users_lookupByEmail(email=nobody)))["error"] == "users_not_found"
    assert (await error_of(web.users_info(user="U0NOBODY")))["error"] == "user_not_found"


async def test_without_the_email_scope_there_is_no_email(
    web: AsyncWebClient, workspace: WorkspaceClient
) -> None:
    """The field is absent."""
    await workspace.order("scopes", scopes=["users:read"])
    assert "email" not in (await web.users_info(user="U0ADA"))["user"]["profile"]


async def test_a_profile_is_read_with_a_scope_of_its_own(
    web: AsyncWebClient, workspace: WorkspaceClient
) -> None:
    """Slack's manifest of this app does not have it; presence needs no more than users:read."""
    scopes = ["users:read", "users.profile:read", "users:read.email"]
    await workspace.order("scopes", scopes=scopes)
    profile = (await web.users_profile_get(user="U0ADA"))["profile"]
    assert (profile["real_name"], profile["email"]) == ("Ada Admin", "ada.admin@example.com")
    found = [(await web.users_getPresence(user=one))["presence"] for one in ("U0ADA", "U0DORA")]
    assert found == ["active", "away"]
    await workspace.order("scopes", scopes=["users:read"])
    assert (await error_of(web.users_profile_get(user="U0ADA")))["needed"] == "users.profile:read"


async def test_user_groups_bots_and_team(web: AsyncWebClient) -> None:
    """The small reads."""
    groups = await web.usergroups_list(include_users=True)
    assert [(g["handle"], g["users"]) for g in groups["usergroups"]] == [
        ("org-approvers", ["U0ADA", "U0GRACE"])
    ]
    assert (await web.usergroups_users_list(usergroup="S0APPROVERS"))["users"] == ["U0ADA", "U0GRACE"]
    assert (await web.bots_info(bot="B0ROLLCALL"))["bot"]["user_id"] == "U0ROLLCALL"
    assert (await web.team_info())["team"]["id"] == "T0SANDBOX"
    assert (await web.api_test(foo="bar"))["args"] == {"foo": "bar"}


# --- views without a person's act ---


async def test_views_need_a_trigger_that_exists(web: AsyncWebClient) -> None:
    """And a sound view comes first."""
    assert (await error_of(web.views_open(trigger_id="1.2.3", view=modal())))["error"] == "invalid_trigger_id"
    body = await error_of(web.views_open(trigger_id="1.2.3", view=modal(title=plain("x" * 25))))
    line = "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    assert (body["error"], body["response_metadata"]) == ("invalid_arguments", {"messages": [line]})
    assert (await error_of(web.views_update(view_id="V1", view=modal())))["error"] == "not_found"


async def test_publishing_the_home_tab(web: AsyncWebClient, ada: SlackUser) -> None:
    """Everybody has their own; a stale hash is refused."""
    view = {"type": "home", "blocks": [{"type": "section", "text": plain("hi")}]}
    first = await web.views_publish(user_id="U0ADA", view=view)
    home = await ada.home()
    assert home is not None
    assert (home.id, home.all_text) == (first["view"]["id"], "hi")
    second = await web.views_publish(user_id="U0ADA", view=view, hash=first["view"]["hash"])
    assert second["view"]["id"] == first["view"]["id"]
    stale = web.views_publish(user_id="U0ADA", view=view, hash=first["view"]["hash"])
    assert (await error_of(stale))["error"] == "hash_conflict"


async def test_blocks_validate_needs_no_token_and_points_at_the_place(sandbox: WorkspaceSandbox) -> None:
    """Exactly one of blocks, message, view."""
    web = AsyncWebClient(base_url=sandbox.api_url)
    assert (await web.blocks_validate(view=modal(field("f", {"type": "plain_text_input"}))))["ok"]
    body = await error_of(
        web.blocks_validate(blocks=[{"type": "section", "text": {"type": "x", "text": "y"}}])
    )
    assert body == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [
            {
                "pointer": "/0/text/type",
                "code": "failed_constraint",
                "message": "unsupported type: x",
                "constraint": {"type": "enum", "expected": ["mrkdwn", "plain_text"], "got": "x"},
            }
        ],
    }
    assert (await error_of(web.blocks_validate()))["error"] == "invalid_arguments"


# --- files ---


async def test_a_file_goes_up_in_three_steps_and_comes_down_with_the_token(
    web: AsyncWebClient, sandbox: WorkspaceSandbox, ada: SlackUser
) -> None:
    """files_upload_v2, files.info, url_private, the login page for anybody else."""
    uploaded = await web.files_upload_v2(
        channel="C0GENERAL", filename="people.csv", content="email\na@example.com\n", initial_comment="here"
    )
    file = uploaded["file"]
    [message] = await ada.messages("#general")
    assert (message.text, [f["name"] for f in message.raw["files"]]) == ("here", ["people.csv"])
    assert message.raw["files"][0]["preview"] == "email\na@example.com\n"
    assert await ada.download(file["id"]) == b"email\na@example.com\n"
    info = (await web.files_info(file=file["id"]))["file"]
    assert (info["mimetype"], info["channels"]) == ("text/csv", ["C0GENERAL"])
    async with aiohttp.ClientSession() as session:
        good = {"Authorization": f"Bearer {sandbox.bot_token}"}
        async with session.get(info["url_private"], headers=good) as response:
            assert (response.content_type, await response.read()) == ("text/csv", b"email\na@example.com\n")
        async with session.get(info["url_private"], headers={"Authorization": "Bearer x"}) as response:
            assert (response.status, response.content_type) == (200, "text/html")
    await web.files_delete(file=file["id"])
    assert (await error_of(web.files_info(file=file["id"])))["error"] == "file_not_found"


async def test_a_file_cannot_be_shared_where_the_bot_is_not(web: AsyncWebClient) -> None:
    """And not under another length."""
    upload = web.files_upload_v2(channel="C0RANDOM", filename="a.txt", content="x")
    assert (await error_of(upload))["error"] == "not_in_channel"
    step = await web.files_getUploadURLExternal(filename="a.txt", length=5)
    async with aiohttp.ClientSession() as session, session.post(step["upload_url"], data=b"xx") as response:
        assert response.status == 400
