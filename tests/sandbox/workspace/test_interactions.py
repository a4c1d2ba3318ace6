"""Commands, modals, clicks, typeahead: what a person does, what the app gets, what is seen (SL §2, §4)."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.workspace.client import SandboxError, SlackUser, WorkspaceClient
from bot.sandbox.workspace.core import Timing
from bot.sandbox.workspace.kit import actions, button, field, modal, option, plain
from bot.sandbox.workspace.scripted import SILENCE, ScriptedApp
from bot.sandbox.workspace.server import WorkspaceSandbox
from tests.sandbox.workspace.conftest import waits_it_out

TEXT = {"type": "plain_text_input", "action_id": "text"}
NAME = field("name", TEXT)


async def silence(_payload: dict[str, Any]) -> Any:
    return SILENCE


# --- commands ---


async def test_a_command_payload_has_what_slack_documents(scripted: ScriptedApp, ada: SlackUser) -> None:
    """SL §2, escaped as the manifest asks; addresses stay as typed."""
    await ada.command("#general", "/ask  @mia in #random about a@example.com")
    [payload] = scripted.payloads("slash_commands")
    assert payload.pop("response_url").startswith(ada.client.url + "/response/T0SANDBOX/")
    assert payload.pop("trigger_id").startswith("1.T0SANDBOX.")
    assert payload.pop("token")
    assert payload == {
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": "C0GENERAL",
        "channel_name": "general",
        "user_id": "U0ADA",
        "user_name": "ada",
        "command": "/ask",
        "text": "<@U0MIA|mia> in <#C0RANDOM|random> about a@example.com",
        "api_app_id": "A0ROLLCALL",
        "is_enterprise_install": "false",
    }


async def test_without_should_escape_the_text_is_what_was_typed(
    scripted: ScriptedApp, ada: SlackUser
) -> None:
    """And a private channel's name is not told."""
    await ada.command("#org-admins", "/raw @mia")
    [payload] = scripted.payloads("slash_commands")
    assert (payload["text"], payload["channel_name"]) == ("@mia", "privategroup")


@waits_it_out
async def test_a_late_command_shows_operation_timeout(scripted: ScriptedApp, ada: SlackUser) -> None:
    """Slackbot says so, to this person alone."""
    scripted.on("slash_commands", silence)
    result = await ada.command("#general", "/ask")
    sentence = '`/ask` failed with the error "operation_timeout"'
    assert (result.ok, result.error, result.message) == (False, "operation_timeout", sentence)
    assert [(m.text, m.is_ephemeral) for m in await ada.messages("#general")] == [(sentence, True)]


@pytest.mark.parametrize(
    ("response_type", "seen_by_grace"), [("ephemeral", []), ("in_channel", ["/ask", "yes"])]
)
async def test_a_command_may_be_acknowledged_with_a_message(
    scripted: ScriptedApp,
    ada: SlackUser,
    workspace: WorkspaceClient,
    response_type: str,
    seen_by_grace: list[str],
) -> None:
    """Ephemeral unless in_channel."""
    scripted.answer("slash_commands", {"text": "yes", "response_type": response_type})
    assert (await ada.command("#general", "/ask")).ok
    assert "yes" in [m.text for m in await ada.messages("#general")]
    assert [m.text for m in await workspace.user("grace").messages("#general")] == seen_by_grace


async def test_an_unknown_command_never_reaches_the_app(scripted: ScriptedApp, ada: SlackUser) -> None:
    """invalid_command."""
    result = await ada.command("#general", "/nope")
    assert (result.error, scripted.seen) == ("invalid_command", [])


# --- triggers, the stack, hashes ---


async def trigger_of(scripted: ScriptedApp, ada: SlackUser) -> str:
    await ada.command("#general", "/ask")
    return str(scripted.payloads("slash_commands")[-1]["trigger_id"])


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_trigger_works_once_and_for_three_seconds(
    scripted: ScriptedApp, ada: SlackUser, workspace: WorkspaceClient, timing: Timing
) -> None:
    """exchanged_trigger_id, expired_trigger_id; a test's own patience is a longer one."""
    assert Timing().trigger == 3.0
    trigger = await trigger_of(scripted, ada)
    await scripted.web.views_open(trigger_id=trigger, view=modal())
    again = scripted.web.views_open(trigger_id=trigger, view=modal())
    assert await error_of(again) == "exchanged_trigger_id"
    await ada.close()
    late = await trigger_of(scripted, ada)
    await workspace.order("clock", advance=timing.trigger + 0.1)
    assert await error_of(scripted.web.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"


async def test_the_stack_holds_three_views(scripted: ScriptedApp, ada: SlackUser) -> None:
    """push_limit_reached at the fourth; each knows the one below."""
    opened = []
    for number in range(3):
        trigger = await trigger_of(scripted, ada)
        call = scripted.web.views_push if number else scripted.web.views_open
        opened.append((await call(trigger_id=trigger, view=modal(callback_id=str(number))))["view"])
    assert [v["previous_view_id"] for v in opened] == [None, opened[0]["id"], opened[1]["id"]]
    assert {v["root_view_id"] for v in opened} == {opened[0]["id"]}
    trigger = await trigger_of(scripted, ada)
    assert await error_of(scripted.web.views_push(trigger_id=trigger, view=modal())) == "push_limit_reached"
    assert [m.callback_id for m in await ada.modals()] == ["0", "1", "2"]


async def test_an_update_keeps_what_was_typed_under_the_same_ids_and_wants_a_fresh_hash(
    scripted: ScriptedApp, ada: SlackUser
) -> None:
    """SL §4: another block_id resets the field; hash_conflict when stale."""
    scripted.opens(modal(NAME))
    await ada.command("#general", "/ask")
    top = await ada.wait_for_modal()
    await ada.fill("text", "typed")
    updated = await scripted.web.views_update(
        view_id=top.id, hash=top.raw["hash"], view=modal(NAME, field("more", TEXT))
    )
    stale = scripted.web.views_update(view_id=top.id, hash=top.raw["hash"], view=modal())
    assert await error_of(stale) == "hash_conflict"
    assert updated["view"]["state"]["values"] == {
        "name": {"text": {"type": "plain_text_input", "value": "typed"}},
        "more": {"text": {"type": "plain_text_input", "value": None}},
    }
    renamed = field("other", TEXT)
    reset = await scripted.web.views_update(view_id=top.id, view=modal(renamed))
    assert reset["view"]["state"]["values"]["other"]["text"]["value"] is None


async def test_views_are_found_by_external_id(scripted: ScriptedApp, ada: SlackUser) -> None:
    """And it must be unique."""
    scripted.opens(modal(external_id="mine"))
    await ada.command("#general", "/ask")
    updated = await scripted.web.views_update(
        external_id="mine", view=modal(title=plain("New"), external_id="mine")
    )
    assert updated["view"]["title"]["text"] == "New"
    scripted.answer("slash_commands", None)
    trigger = await trigger_of(scripted, ada)
    twin = scripted.web.views_push(trigger_id=trigger, view=modal(external_id="mine"))
    assert await error_of(twin) == "duplicate_external_id"


# --- submissions ---


@pytest.fixture
async def form(scripted: ScriptedApp, ada: SlackUser) -> ScriptedApp:
    """Ada has a modal with one required text open."""
    scripted.opens(modal(NAME, private_metadata="draft-1"))
    await ada.command("#general", "/ask")
    return scripted


async def test_an_empty_required_field_keeps_the_modal_open_and_the_app_unasked(
    form: ScriptedApp, ada: SlackUser
) -> None:
    """The client side checks first."""
    result = await ada.submit()
    assert (result.error, result.errors) == (
        "invalid_input",
        {"name": "Please complete this required field."},
    )
    assert form.payloads("view_submission") == []


async def test_a_submission_carries_the_state_and_closes_the_modal(form: ScriptedApp, ada: SlackUser) -> None:
    """SL §4."""
    result = await ada.submit({"name": {"text": "x"}})
    assert (result.ok, result.modals) == (True, [])
    [payload] = form.payloads("view_submission")
    assert payload["user"] == {"id": "U0ADA", "username": "ada", "name": "ada", "team_id": "T0SANDBOX"}
    view = payload["view"]
    assert view["state"] == {"values": {"name": {"text": {"type": "plain_text_input", "value": "x"}}}}
    assert (view["private_metadata"], view["callback_id"], payload["response_urls"]) == (
        "draft-1",
        "form",
        [],
    )
    assert view["app_installed_team_id"] == "T0SANDBOX"


async def test_field_errors_of_the_app_are_shown_under_their_block(form: ScriptedApp, ada: SlackUser) -> None:
    """Keyed by block_id; an unknown one is an answer that Slack does not take (SL §1.9)."""
    form.answer("view_submission", {"response_action": "errors", "errors": {"name": "Too short"}})
    result = await ada.submit({"name": {"text": "x"}})
    assert (result.error, result.errors) == ("view_errors", {"name": "Too short"})
    assert result.modals[0].errors == {"name": "Too short"}
    form.answer("view_submission", {"response_action": "errors", "errors": {"text": "by action_id"}})
    assert (await ada.submit()).error == "invalid_response"


async def test_a_submission_may_be_answered_with_update_push_or_clear(
    form: ScriptedApp, ada: SlackUser
) -> None:
    """The stack follows."""
    form.answer("view_submission", {"response_action": "update", "view": modal(NAME, title=plain("Two"))})
    assert [m.title for m in (await ada.submit({"name": {"text": "x"}})).modals] == ["Two"]
    form.answer("view_submission", {"response_action": "push", "view": modal(title=plain("Three"))})
    assert [m.title for m in (await ada.submit()).modals] == ["Two", "Three"]
    form.answer("view_submission", {"response_action": "clear"})
    assert (await ada.submit()).modals == []


async def test_a_bad_view_in_an_answer_leaves_the_modal_as_it_was(form: ScriptedApp, ada: SlackUser) -> None:
    """Slack shows trouble, the app hears nothing."""
    form.answer("view_submission", {"response_action": "update", "view": modal(title=plain("x" * 25))})
    result = await ada.submit({"name": {"text": "x"}})
    assert result.error == "invalid_response"
    assert "json-pointer:/view/title/text" in (result.message or "")
    assert [m.title for m in result.modals] == ["Form"]


@waits_it_out
async def test_a_late_answer_keeps_the_modal_open(form: ScriptedApp, ada: SlackUser) -> None:
    """operation_timeout; a second submit while one is waiting is refused."""
    form.on("view_submission", silence)
    first = asyncio.create_task(ada.submit({"name": {"text": "x"}}))
    await form.wait_for("view_submission")
    with pytest.raises(SandboxError, match="busy"):
        await ada.submit()
    result = await first
    assert (result.error, [m.title for m in result.modals]) == ("operation_timeout", ["Form"])


CHECKS: list[tuple[dict[str, Any], object, str]] = [
    ({"type": "plain_text_input", "min_length": 3}, "ab", "Please use at least 3 characters."),
    ({"type": "plain_text_input", "max_length": 3}, "abcd", "Please use no more than 3 characters."),
    ({"type": "email_text_input"}, "nobody", "Please enter a valid email address."),
    ({"type": "url_text_input"}, "example", "Please enter a valid URL."),
    ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a whole number."),
    ({"type": "number_input", "is_decimal_allowed": True}, "NaN", "Please enter a number."),
    (
        {"type": "number_input", "is_decimal_allowed": True, "max_value": "10"},
        "11",
        "Please enter a number of 10 or less.",
    ),
    (
        {"type": "number_input", "is_decimal_allowed": True, "min_value": "1"},
        "0",
        "Please enter a number of 1 or more.",
    ),
    ({"type": "datepicker"}, "soon", "Please enter a date."),
    (
        {"type": "multi_static_select", "max_selected_items": 1, "options": [option("a"), option("b")]},
        ["a", "b"],
        "Please select no more than 1 items.",
    ),
]


@pytest.mark.parametrize(("element", "value", "sentence"), CHECKS)
async def test_the_client_side_checks_each_kind_of_field(
    scripted: ScriptedApp, ada: SlackUser, element: dict[str, Any], value: object, sentence: str
) -> None:
    """Nothing of it reaches the app."""
    scripted.opens(modal(field("f", {**element, "action_id": "a"})))
    await ada.command("#general", "/ask")
    result = await ada.submit({"f": {"a": value}})
    assert result.errors == {"f": sentence}
    assert scripted.payloads("view_submission") == []


EVERY_FIELD = [
    field("text", TEXT),
    field("when", {"type": "datetimepicker", "action_id": "at"}),
    field("day", {"type": "datepicker", "action_id": "at", "initial_date": "2026-01-31"}),
    field("hour", {"type": "timepicker", "action_id": "at", "timezone": "Europe/Berlin"}),
    field("one", {"type": "static_select", "action_id": "pick", "options": [option("a")]}),
    field("many", {"type": "checkboxes", "action_id": "pick", "options": [option("a"), option("b")]}),
    field(
        "radio",
        {
            "type": "radio_buttons",
            "action_id": "pick",
            "options": [option("a")],
            "initial_option": option("a"),
        },
    ),
    field("people", {"type": "multi_users_select", "action_id": "pick"}),
    field(
        "channel",
        {
            "type": "conversations_select",
            "action_id": "pick",
            "response_url_enabled": True,
            "default_to_current_conversation": True,
        },
    ),
    field(
        "none", {"type": "multi_static_select", "action_id": "pick", "options": [option("a")]}, optional=True
    ),
    field("rich", {"type": "rich_text_input", "action_id": "text"}, optional=True),
    field("file", {"type": "file_input", "action_id": "file", "filetypes": ["csv"]}),
]


async def test_every_kind_of_field_arrives_in_the_shape_that_slack_sends(
    scripted: ScriptedApp, ada: SlackUser
) -> None:
    """state.values of SL §4; empty optional fields are null or []."""
    scripted.opens(modal(*EVERY_FIELD))
    await ada.command("#org-admins", "/ask")
    file_id = await ada.upload("people.csv", b"a@example.com\n")
    result = await ada.submit(
        {
            "text": {"text": "x"},
            "when": {"at": 1_800_000_000},
            "hour": {"at": "09:30"},
            "one": {"pick": "a"},
            "many": {"pick": ["a", "b"]},
            "people": {"pick": ["U0MIA"]},
            "file": {"file": [file_id]},
        }
    )
    assert result.raw["errors"] == {}
    [payload] = scripted.payloads("view_submission")
    values = payload["view"]["state"]["values"]
    file = values.pop("file")["file"]["files"][0]
    assert (file["id"], file["name"], file["size"]) == (file_id, "people.csv", 14)
    assert values == {
        "text": {"text": {"type": "plain_text_input", "value": "x"}},
        "when": {"at": {"type": "datetimepicker", "selected_date_time": 1_800_000_000}},
        "day": {"at": {"type": "datepicker", "selected_date": "2026-01-31"}},
        "hour": {"at": {"type": "timepicker", "selected_time": "09:30", "timezone": "Europe/Berlin"}},
        "one": {"pick": {"type": "static_select", "selected_option": option("a")}},
        "many": {"pick": {"type": "checkboxes", "selected_options": [option("a"), option("b")]}},
        "radio": {"pick": {"type": "radio_buttons", "selected_option": option("a")}},
        "people": {"pick": {"type": "multi_users_select", "selected_users": ["U0MIA"]}},
        "channel": {"pick": {"type": "conversations_select", "selected_conversation": "C0ORGADMINS"}},
        "none": {"pick": {"type": "multi_static_select", "selected_options": []}},
        "rich": {"text": {"type": "rich_text_input", "rich_text_value": None}},
    }
    [url] = payload["response_urls"]
    assert (url["block_id"], url["channel_id"]) == ("channel", "C0ORGADMINS")
    assert (await AsyncWebhookClient(url["response_url"]).send(text="done")).status_code == 200
    assert [m.text for m in await ada.messages("#org-admins")] == ["done"]


async def test_files_of_another_type_or_person_cannot_be_chosen(
    scripted: ScriptedApp, ada: SlackUser
) -> None:
    """The file field's own rules."""
    scripted.opens(modal(EVERY_FIELD[-1]))
    await ada.command("#general", "/ask")
    wrong = await ada.upload("people.exe", b"x")
    result = await ada.submit({"file": {"file": [wrong]}})
    assert result.errors == {"file": "Please choose files of these types: csv."}
    with pytest.raises(SandboxError, match="file_not_found"):
        await ada.submit({"file": {"file": ["F9999999"]}})


# --- typeahead ---

EXTERNAL = {
    "type": "multi_external_select",
    "action_id": "people",
    "min_query_length": 2,
    "max_selected_items": 2,
}


@pytest.fixture
async def picker(scripted: ScriptedApp, ada: SlackUser) -> ScriptedApp:
    """Ada has a modal with an external select open."""
    scripted.opens(modal(field("who", EXTERNAL)))
    await ada.command("#general", "/ask")
    return scripted


async def ask(ada: SlackUser, query: str) -> dict[str, Any]:
    top = await ada.wait_for_modal()
    body = {"view_id": top.id, "block_id": "who", "action_id": "people", "query": query}
    return await ada.client.post("/_user/v1/ada/options", body)


async def test_typing_asks_the_app_and_what_it_offers_can_be_chosen(
    picker: ScriptedApp, ada: SlackUser
) -> None:
    """block_suggestion (SL §4); nothing else can be chosen."""
    picker.answer("block_suggestion", {"options": [option("mia"), option("mike")]})
    assert [o["value"] for o in await ada.options("who", "people", "mi")] == ["mia", "mike"]
    [payload] = picker.payloads("block_suggestion")
    assert (payload["value"], payload["action_id"], payload["block_id"]) == ("mi", "people", "who")
    assert payload["view"]["callback_id"] == "form"
    await ada.choose("people", ["mia"])
    await ada.options("who", "people", "mike")
    # Choices already made are not in the request.
    assert picker.payloads("block_suggestion")[1]["view"]["state"] == {"values": {}}
    with pytest.raises(SandboxError, match="option_not_offered"):
        await ada.choose("people", ["nobody"])
    await ada.submit()
    [submitted] = picker.payloads("view_submission")
    assert submitted["view"]["state"]["values"]["who"]["people"]["selected_options"] == [option("mia")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"options": [option(str(i)) for i in range(101)]}, "invalid_options"),
        ({"options": [{"text": plain("x" * 76), "value": "x"}]}, "invalid_options"),
        ({}, "invalid_options"),
        ({"options": []}, None),
        ({"option_groups": [{"label": plain("g"), "options": [option("a")]}]}, None),
    ],
)
async def test_an_answer_beyond_the_limits_is_an_empty_menu(
    picker: ScriptedApp, ada: SlackUser, answer: dict[str, Any], error: str | None
) -> None:
    """100 options, labels of 75 (SL §4)."""
    picker.answer("block_suggestion", answer)
    assert (await ask(ada, "mi"))["error"] == error


@waits_it_out
async def test_too_short_a_query_is_not_sent_and_a_late_answer_shows_nothing(
    picker: ScriptedApp, ada: SlackUser
) -> None:
    """min_query_length; 3 s."""
    assert (await ask(ada, "m"))["error"] == "query_too_short"
    assert picker.payloads("block_suggestion") == []
    picker.on("block_suggestion", silence)
    answer = await ask(ada, "mi")
    assert (answer["error"], answer["options"]) == ("operation_timeout", [])


# --- clicks ---


async def test_a_click_in_a_message_carries_message_channel_and_response_url(
    scripted: ScriptedApp, ada: SlackUser
) -> None:
    """block_actions (SL §4)."""
    posted = await scripted.web.chat_postMessage(
        channel="C0GENERAL", text="ok?", blocks=[actions(button("yes", value="op-1", style="primary"))]
    )
    message = await ada.wait_for_message("#general")
    assert (await ada.click(message, "yes")).ok
    [payload] = scripted.payloads("block_actions")
    [action] = payload["actions"]
    assert float(action.pop("action_ts"))
    assert action == {
        "type": "button",
        "action_id": "yes",
        "block_id": "buttons",
        "text": plain("yes"),
        "value": "op-1",
        "style": "primary",
    }
    assert payload["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": "C0GENERAL",
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": "C0GENERAL", "name": "general"}
    assert (payload["message"]["ts"], payload["state"]) == (posted["ts"], {"values": {}})
    assert payload["response_url"]
    assert payload["trigger_id"]


async def test_a_confirm_dialog_stands_before_the_click(scripted: ScriptedApp, ada: SlackUser) -> None:
    """Without the confirmation the app hears nothing."""
    dialog = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}
    await scripted.web.chat_postMessage(
        channel="C0GENERAL", text="x", blocks=[actions(button("go", confirm=dialog))]
    )
    message = await ada.wait_for_message("#general")
    refused = await ada.click(message, "go", confirm=False)
    assert (refused.error, refused.raw["confirm"]) == ("confirm_required", dialog)
    assert scripted.payloads("block_actions") == []
    assert (await ada.click(message, "go")).ok


async def test_an_ephemeral_message_is_acted_on_without_its_content(
    scripted: ScriptedApp, ada: SlackUser
) -> None:
    """And replaced or deleted through response_url; nobody else can click it."""
    await scripted.web.chat_postEphemeral(
        channel="C0GENERAL", user="U0ADA", text="psst", blocks=[actions(button("go"))]
    )
    message = await ada.wait_for_message("#general")
    await ada.click(message, "go")
    [payload] = scripted.payloads("block_actions")
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    hook = AsyncWebhookClient(payload["response_url"])
    await hook.send(text="changed", replace_original=True)
    assert [m.text for m in await ada.messages("#general")] == ["changed"]
    await hook.send(delete_original=True)
    assert await ada.messages("#general") == []
    with pytest.raises(SandboxError, match="message_not_found"):
        await SlackUser(ada.client, "grace").click(message, "go")


async def test_a_response_url_works_five_times_and_for_thirty_minutes(
    scripted: ScriptedApp, ada: SlackUser, workspace: WorkspaceClient
) -> None:
    """used_url, expired_url; ephemeral unless in_channel (SL §2)."""
    await ada.command("#random", "/ask")
    hook = AsyncWebhookClient(scripted.payloads("slash_commands")[0]["response_url"])
    statuses = [(await hook.send(text=str(i), response_type="in_channel")).status_code for i in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 404]
    # #random is without the app: a response_url bypasses the posting permissions.
    assert [m.text for m in await ada.messages("#random")] == ["0", "1", "2", "3", "4"]
    await ada.command("#general", "/ask")
    late = AsyncWebhookClient(scripted.payloads("slash_commands")[1]["response_url"])
    await workspace.order("clock", advance=1801)
    assert "expired_url" in (await late.send(text="x")).body


async def test_elements_in_input_blocks_send_actions_only_with_dispatch_action(
    scripted: ScriptedApp, ada: SlackUser
) -> None:
    """And text only at the asked-for trigger (SL §4)."""
    select = {"type": "static_select", "action_id": "pick", "options": [option("a")]}
    on_type = {"trigger_actions_on": ["on_character_entered"]}
    scripted.opens(
        modal(
            field("quiet", select),
            field("loud", select, dispatch_action=True),
            field("typed", {**TEXT, "dispatch_action_config": on_type}, dispatch_action=True),
        )
    )
    await ada.command("#general", "/ask")
    await ada.choose("pick", "a", block_id="quiet")
    await ada.choose("pick", "a", block_id="loud")
    await ada.choose("text", "x", block_id="typed")
    top = await ada.wait_for_modal()
    await ada.act(
        "action",
        view_id=top.id,
        block_id="typed",
        action_id="text",
        value="xy",
        trigger="on_character_entered",
    )
    seen = [
        (p["actions"][0]["block_id"], p["actions"][0].get("value"))
        for p in scripted.payloads("block_actions")
    ]
    assert seen == [("loud", None), ("typed", "xy")]
    first = scripted.payloads("block_actions")[0]
    assert first["actions"][0]["selected_option"] == option("a")
    assert first["view"]["state"]["values"]["quiet"]["pick"]["selected_option"] == option("a")
    assert first["container"] == {"type": "view", "view_id": top.id}
    assert "response_url" not in first


async def test_overflow_and_unknown_buttons(scripted: ScriptedApp, ada: SlackUser) -> None:
    """A menu item is carried whole; what is not there cannot be clicked."""
    menu = {"type": "overflow", "action_id": "more", "options": [option("a"), option("b")]}
    await scripted.web.chat_postMessage(channel="C0GENERAL", text="x", blocks=[actions(menu)])
    message = await ada.wait_for_message("#general")
    await ada.click(message, "more", value="b")
    assert scripted.payloads("block_actions")[0]["actions"][0]["selected_option"] == option("b")
    with pytest.raises(SandboxError, match="no_such_element"):
        await ada.click(message, "nope")


# --- shortcuts, closing, home ---


async def test_shortcuts_carry_what_slack_gives_them(scripted: ScriptedApp, ada: SlackUser) -> None:
    """Global: no channel, no response_url; message: all of it (SL §4)."""
    said = await ada.say("#general", "quote me")
    message = (await ada.messages("#general"))[0]
    assert (await ada.shortcut("start")).ok
    assert (await ada.message_shortcut("quote", message)).ok
    [start], [quote] = scripted.payloads("shortcut"), scripted.payloads("message_action")
    assert ("channel" in start, "response_url" in start) == (False, False)
    assert (quote["message"]["text"], quote["channel"]["id"]) == ("quote me", "C0GENERAL")
    assert (quote["message_ts"], bool(quote["response_url"])) == (said.raw["ts"], True)


async def test_view_closed_comes_only_when_asked_for(scripted: ScriptedApp, ada: SlackUser) -> None:
    """is_cleared tells the x from Cancel; a closed view cannot be updated."""
    scripted.opens(modal())
    await ada.command("#general", "/ask")
    silent = await ada.wait_for_modal()
    await ada.close()
    scripted.opens(modal(notify_on_close=True))
    await ada.command("#general", "/ask")
    await ada.close()
    await ada.command("#general", "/ask")
    await ada.close(everything=True)
    closed = await scripted.wait_for("view_closed", 2)
    assert [c["is_cleared"] for c in closed] == [False, True]
    update = scripted.web.views_update(view_id=silent.id, view=modal())
    assert await error_of(update) == "not_found"


async def test_opening_the_home_tab_tells_the_app(scripted: ScriptedApp, ada: SlackUser) -> None:
    """app_home_opened, with the view once there is one; buttons in it have no response_url."""
    assert (await ada.open_home()).raw["view"] is None
    [event] = await scripted.wait_for("events_api")
    assert (event["event"]["type"], event["event"]["user"], event["event"]["tab"]) == (
        "app_home_opened",
        "U0ADA",
        "home",
    )
    await scripted.web.views_publish(
        user_id="U0ADA", view={"type": "home", "blocks": [actions(button("go"))]}
    )
    home = await ada.wait_for_home()
    await ada.click(home, "go")
    [click] = scripted.payloads("block_actions")
    assert (click["view"]["type"], "response_url" in click) == ("home", False)


async def test_the_workspace_keeps_nothing_after_a_reset(
    scripted: ScriptedApp, ada: SlackUser, workspace: WorkspaceClient, sandbox: WorkspaceSandbox
) -> None:
    """But the connection stays."""
    scripted.opens(modal())
    await ada.command("#general", "/ask")
    await workspace.order("reset")
    assert await ada.modals() == []
    assert (await workspace.workspace())["app"]["connected"]
    async with aiohttp.ClientSession() as session, session.get(sandbox.url + "/nothing-here") as response:
        assert response.status == 404
