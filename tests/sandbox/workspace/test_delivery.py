"""Socket Mode and signed HTTP, with unmodified Bolt and by hand (SL §2, §3)."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web as aioweb
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.workspace.client import SlackUser, WorkspaceClient
from bot.sandbox.workspace.core import Timing
from bot.sandbox.workspace.kit import modal
from bot.sandbox.workspace.scripted import SILENCE, ScriptedApp, connected
from bot.sandbox.workspace.server import WorkspaceSandbox
from tests.sandbox.workspace.conftest import waits_it_out

Connect = Callable[[], Awaitable[Any]]


# --- Socket Mode ---


async def test_the_first_word_on_a_socket_is_hello(scripted: ScriptedApp) -> None:
    """SL §3."""
    [hello] = scripted.system
    assert (hello["type"], hello["num_connections"], hello["connection_info"]) == (
        "hello",
        1,
        {"app_id": "A0ROLLCALL"},
    )
    assert hello["debug_info"]["approximate_connection_time"] == 3600


async def test_a_socket_address_works_once(sandbox: WorkspaceSandbox) -> None:
    """Single use (SL §3)."""
    web = AsyncWebClient(base_url=sandbox.api_url)
    url = (await web.apps_connections_open(app_token=sandbox.app_token))["url"]
    assert url.startswith("ws://127.0.0.1:")
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(url)
        assert caught.value.status == 401


async def test_an_eleventh_connection_is_sent_away(sandbox: WorkspaceSandbox) -> None:
    """too_many_websockets (SL §3)."""
    web = AsyncWebClient(base_url=sandbox.api_url)
    urls = [(await web.apps_connections_open(app_token=sandbox.app_token))["url"] for _ in range(11)]
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(url) for url in urls]
        first_words = [await s.receive_json() for s in sockets]
        assert [w["type"] for w in first_words] == ["hello"] * 10 + ["disconnect"]
        assert first_words[-1]["reason"] == "too_many_websockets"
        for s in sockets:
            await s.close()


async def test_two_connections_share_the_traffic(
    sandbox: WorkspaceSandbox, scripted: ScriptedApp, ada: SlackUser
) -> None:
    """Each payload goes to one of them (SL §3)."""
    second = ScriptedApp(sandbox)
    async with connected(second):
        for _ in range(4):
            assert (await ada.command("#general", "/ask")).ok
    assert (len(scripted.seen), len(second.seen)) == (2, 2)


async def test_an_answer_may_come_over_another_connection(sandbox: WorkspaceSandbox, ada: SlackUser) -> None:
    """A late ack goes out over the new socket (SL §3)."""
    web = AsyncWebClient(base_url=sandbox.api_url)
    urls = [(await web.apps_connections_open(app_token=sandbox.app_token))["url"] for _ in range(2)]
    async with aiohttp.ClientSession() as session, session.ws_connect(urls[0]) as one:
        await one.receive_json()
        command = asyncio.create_task(ada.command("#general", "/ask"))
        envelope = await one.receive_json()
        async with session.ws_connect(urls[1]) as other:
            await other.receive_json()
            await other.send_json({"envelope_id": envelope["envelope_id"]})
            assert (await command).ok
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)


@waits_it_out
async def test_events_that_are_not_acknowledged_come_again(scripted: ScriptedApp, ada: SlackUser) -> None:
    """Three retries with attempt and reason, the same event_id (SL §2)."""

    async def only_the_third(_payload: dict[str, Any]) -> Any:
        return SILENCE if len(scripted.seen) < 3 else None

    scripted.on("events_api", only_the_third)
    await ada.say("#general", "hello")
    await scripted.wait_for("events_api", 3)
    tries = [(e["retry_attempt"], e["retry_reason"], e["payload"]["event_id"]) for e in scripted.seen]
    assert tries == [(0, "", "Ev0000001"), (1, "http_timeout", "Ev0000001"), (2, "http_timeout", "Ev0000001")]
    assert scripted.seen[0]["accepts_response_payload"] is False
    event = scripted.seen[0]["payload"]
    assert (event["type"], event["authorizations"][0]["user_id"]) == ("event_callback", "U0ROLLCALL")
    assert (event["event"]["type"], event["event"]["channel_type"], event["event"]["text"]) == (
        "message",
        "channel",
        "hello",
    )


async def test_only_subscribed_events_are_sent(scripted: ScriptedApp, ada: SlackUser) -> None:
    """message.groups is not in the manifest; an event of a shared channel says so."""
    await ada.say("#org-admins", "not told")
    await ada.say("#partners", "told, <@U0ROLLCALL> is escaped, @rollcall is not")
    events = await scripted.wait_for("events_api", 2)
    assert [e["event"]["type"] for e in events] == ["message", "app_mention"]
    assert events[0]["is_ext_shared_channel"] is True
    assert "&lt;@U0ROLLCALL&gt;" in events[0]["event"]["text"]


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled", "abort"])
async def test_bolt_comes_back_after_a_disconnect(
    app: AsyncApp, connect: Connect, ada: SlackUser, workspace: WorkspaceClient, reason: str
) -> None:
    """The unmodified client opens a new connection and goes on serving."""

    @app.command("/ask")
    async def ask(ack: Any) -> None:
        await ack("still here")

    await connect()
    assert (await workspace.order("disconnect", reason=reason))["connections"] == 1
    await workspace.wait_connected()
    assert (await ada.command("#general", "/ask")).ok
    assert [m.text for m in await ada.messages("#general")] == ["still here"]


@waits_it_out
async def test_a_listener_that_raises_is_a_timeout_for_the_person(
    app: AsyncApp, connect: Connect, ada: SlackUser
) -> None:
    """Bolt sends nothing back then (SL §1.3)."""

    @app.command("/ask")
    async def ask() -> None:
        raise ValueError("broken on purpose")

    await connect()
    assert (await ada.command("#general", "/ask")).error == "operation_timeout"


# --- signed HTTP ---


@asynccontextmanager
async def http_app(
    handler: Callable[[WorkspaceSandbox], aioweb.Application], **options: Any
) -> AsyncIterator[WorkspaceSandbox]:
    """A sandbox in HTTP mode, and the app's own server at its request URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        sandbox = WorkspaceSandbox(
            options["manifest"],
            request_url=f"http://127.0.0.1:{port}/slack/events",
            rate_scale=None,
            timing=options["timing"],
        )
        async with sandbox.serve():
            runner = aioweb.AppRunner(handler(sandbox), access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await aioweb.SockSite(runner, listening).start()
            try:
                yield sandbox
            finally:
                await runner.cleanup()


async def test_bolt_in_http_mode_is_served_with_signed_requests(
    timing: Timing, manifest: dict[str, Any]
) -> None:
    """Command, submission and event through Bolt's own signature check."""
    seen: list[str] = []

    def build(sandbox: WorkspaceSandbox) -> aioweb.Application:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        app = AsyncApp(client=client, signing_secret=sandbox.signing_secret)

        @app.command("/ask")
        async def ask(ack: Any, body: Any, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal())

        @app.view("form")
        async def submitted(ack: Any) -> None:
            await ack(response_action="update", view=modal(callback_id="done"))

        @app.event("app_home_opened")
        async def home(event: Any, client: AsyncWebClient) -> None:
            seen.append(event["user"])
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": []})

        return app.web_app()

    async with (
        http_app(build, manifest=manifest, timing=timing) as sandbox,
        WorkspaceClient(sandbox.url) as workspace,
    ):
        ada = workspace.user("ada")
        assert (await workspace.order("verify_url"))["verified"]
        assert (await ada.command("#general", "/ask")).ok
        await ada.wait_for_modal()
        assert [m.callback_id for m in (await ada.submit()).modals] == ["done"]
        await ada.open_home()
        await ada.wait_for_home()
        assert seen == ["U0ADA"]
        assert (await workspace.workspace())["app"]["mode"] == "http"
        opening = AsyncWebClient(base_url=sandbox.api_url).apps_connections_open(app_token=sandbox.app_token)
        with pytest.raises(SlackApiError, match="socket_mode_not_enabled"):
            await opening


def recording(seen: list[aioweb.Request], bodies: list[bytes], answer: Callable[[], aioweb.Response]) -> Any:
    """An app that keeps every request and answers the same."""

    def build(_sandbox: WorkspaceSandbox) -> aioweb.Application:
        async def handle(request: aioweb.Request) -> aioweb.Response:
            bodies.append(await request.read())
            seen.append(request)
            return answer()

        app = aioweb.Application()
        app.router.add_post("/slack/events", handle)
        return app

    return build


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - the condition is a list in this process
            await asyncio.sleep(0.01)


async def test_the_signature_is_slacks(timing: Timing, manifest: dict[str, Any]) -> None:
    """Checked with slack_sdk's own verifier, on the raw body."""
    seen: list[aioweb.Request] = []
    bodies: list[bytes] = []
    build = recording(seen, bodies, aioweb.Response)
    async with (
        http_app(build, manifest=manifest, timing=timing) as sandbox,
        WorkspaceClient(sandbox.url) as workspace,
    ):
        assert (await workspace.user("ada").command("#general", "/ask")).ok
        headers = {k.lower(): v for k, v in seen[0].headers.items()}
        assert SignatureVerifier(sandbox.signing_secret).is_valid_request(bodies[0].decode(), headers)
        assert not SignatureVerifier("another").is_valid_request(bodies[0].decode(), headers)
        assert seen[0].content_type == "application/x-www-form-urlencoded"


async def test_events_are_sent_again_with_their_number_and_reason(
    timing: Timing, manifest: dict[str, Any]
) -> None:
    """x-slack-retry-num and -reason; x-slack-no-retry stops them (SL §2)."""
    seen: list[aioweb.Request] = []
    stop = {"x-slack-no-retry": "1"}

    def answer() -> aioweb.Response:
        return aioweb.Response(status=500, headers=stop if len(seen) == 3 else {})

    build = recording(seen, [], answer)
    async with (
        http_app(build, manifest=manifest, timing=timing) as sandbox,
        WorkspaceClient(sandbox.url) as workspace,
    ):
        await workspace.user("ada").say("#general", "hello")
        await wait_until(lambda: len(seen) == 3)
        await asyncio.sleep(0.2)
        found = [(r.headers.get("x-slack-retry-num"), r.headers.get("x-slack-retry-reason")) for r in seen]
        assert found == [(None, None), ("1", "http_error"), ("2", "http_error")]


@pytest.mark.parametrize(
    ("status", "error"), [(500, "dispatch_failed"), (302, "dispatch_failed"), (200, None)]
)
async def test_a_command_shows_what_the_status_means(
    timing: Timing, manifest: dict[str, Any], status: int, error: str | None
) -> None:
    """Only 2xx counts; redirects are not followed."""
    build = recording([], [], lambda: aioweb.Response(status=status))
    async with (
        http_app(build, manifest=manifest, timing=timing) as sandbox,
        WorkspaceClient(sandbox.url) as workspace,
    ):
        assert (await workspace.user("ada").command("#general", "/ask")).error == error
