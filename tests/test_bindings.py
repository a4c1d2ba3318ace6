"""Several bindings in one process: one that is refused stops no other, and a run goes to its own house."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap import Seams, _run, running
from bot.bots import CannotStart
from bot.domain.audit import Head
from bot.domain.operation import State
from bot.manifest import read_manifest
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.workspace.core import PATIENT
from bot.sandbox.workspace.seed import BOT_ID, TEAM
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.service.house import binding_key
from bot.service.run.switchboard import NoHouse, Switchboard
from bot.settings import Settings
from bot.sink import FileSink
from bot.slack.messages import head
from bot.slack.messages.message import metadata
from bot.slack.witness import newest_head
from bot.store.database import open_store
from bot.store.directory import prepare
from tests.engine.recorder import Recorder
from tests.store.samples import STILL, adding, operation

CHANNEL = "C0ORGADMINS"
TOMORROW = datetime.now(UTC) + timedelta(days=1)


class Town:
    """Both simulated systems, and the settings of bindings to them."""

    def __init__(self, contentstack_url: str, slack: WorkspaceSandbox, directory: Path) -> None:
        self._url = contentstack_url
        self.slack = slack
        self._directory = directory

    def settings(
        self,
        organization: str,
        *,
        bot_token: str = "",
        authtoken: str = seed.BOT_AUTHTOKEN,
        channel: str = "",
    ) -> Settings:
        return Settings(
            SLACK_BOT_TOKEN=bot_token or self.slack.bot_token,
            SLACK_APP_TOKEN=self.slack.app_token,
            slack_api_url=self.slack.api_url,
            contentstack_region="na",
            contentstack_api_url=self._url,
            contentstack_organization_uid=organization,
            contentstack_authtoken=SecretStr(authtoken),
            rollcall_channel=channel,
            rollcall_data_dir=self._directory / "data",
        )


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    contentstack, slack = (
        ContentstackSandbox(members=60),
        WorkspaceSandbox(read_manifest(), timing=PATIENT, rate_scale=None),
    )
    async with contentstack.serve() as url, slack.serve():
        yield Town(url, slack, tmp_path)


async def test_a_binding_that_is_refused_is_left_out(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """A Slack token that is not accepted, and the same organization twice: the first one is served."""
    bindings = [
        town.settings(seed.ORG_UID),
        town.settings(seed.LABS_UID, bot_token="xoxb-of-nobody"),
        town.settings(seed.ORG_UID),
    ]
    with caplog.at_level(logging.ERROR, "rollcall"):
        async with running(bindings, Seams()) as bots:
            assert [bot.house.binding.organization for bot in bots] == [seed.ORG_UID]
    told = [one.message.removeprefix("organization ") for one in caplog.records if one.name == "rollcall"]
    refused = "SLACK_BOT_TOKEN: Slack does not accept it (invalid_auth): copy it again"
    twice = "another binding has the same workspace and organization: remove one of the two"
    assert told == [f"{seed.LABS_UID} is left out: {refused}", f"{seed.ORG_UID} is left out: {twice}"]


async def test_a_credential_that_contentstack_refuses_stops_nobody(town: Town) -> None:
    """Both are served; the one finds its operations held, the other works."""
    bindings = [town.settings(seed.LABS_UID, authtoken="blt-of-nobody"), town.settings(seed.ORG_UID)]
    async with running(bindings, Seams()) as bots:
        assert [bot.house.binding.organization for bot in bots] == [seed.LABS_UID, seed.ORG_UID]
        directory = await bots[1].house.contentstack.directory(max_age=60)
        assert len(directory.members) == 60


async def test_no_binding_at_all_is_no_start(town: Town) -> None:
    """A process that serves nobody would look healthy."""
    bindings = [town.settings(uid, bot_token="xoxb-of-nobody") for uid in (seed.ORG_UID, seed.LABS_UID)]
    with pytest.raises(CannotStart, match="no binding can start"):
        async with running(bindings, Seams()):
            pass


async def test_a_bot_without_an_engine_does_not_go_on(town: Town, tmp_path: Path) -> None:
    """Slack is connected while the engine is loaded; where it cannot start, the process says why and ends."""
    prepare(tmp_path / "data")
    (tmp_path / "data" / "engine.db").write_bytes(b"no database" * 1_000)
    with pytest.raises(CannotStart, match=r"the engine cannot start \(DatabaseError.*engine\.db"):
        await _run([town.settings(seed.ORG_UID)], Seams())


async def test_a_run_goes_to_the_house_of_its_binding(tmp_path: Path) -> None:
    """An operation of a binding that is not served is left alone, an unknown one has nothing to run."""
    store = await open_store(tmp_path / "data", clock=STILL, entropy=bytes)
    acme, umbra = Recorder(batches=2), Recorder(batches=3)
    places = {"op_1": "acme", "op_2": "umbra", "op_3": "gone"}

    def fill(tx: Transaction) -> None:
        for uid, binding in places.items():
            tx.add_operation(operation(uid, binding=binding))

    await store.write(fill)
    board = Switchboard(store, {"acme": acme, "umbra": umbra})
    assert [await board.begin(uid, 1) for uid in ("op_1", "op_2", "op_4")] == [2, 3, 0]
    assert [await board.batch(uid, 1, 0) for uid in ("op_1", "op_2", "op_4")] == [True, True, False]
    for uid in ("op_1", "op_2", "op_4"):
        await board.finish(uid, 1)
    with pytest.raises(NoHouse):
        await board.begin("op_3", 1)
    await store.close()
    assert (acme.events, umbra.events) == (
        ["begin op_1", "batch op_1 0", "finish op_1"],
        ["begin op_2", "batch op_2 0", "finish op_2"],
    )


async def test_a_database_older_than_the_posted_head_holds_what_is_older(town: Town, tmp_path: Path) -> None:
    """The head in the channel is not in the chain: what waited before it is held; once, and nothing else."""
    key = binding_key(TEAM, seed.ORG_UID)
    client = AsyncWebClient(town.slack.bot_token, base_url=town.slack.api_url)
    await post_head(client, Head(4711, "f" * 64))
    store = await open_store(tmp_path / "data", clock=STILL, entropy=bytes)

    def fill(tx: Transaction) -> None:
        tx.add_operation(operation("op_1", binding=key, state=State.QUEUED))
        tx.add_operation(replace(operation("op_2", binding=key, state=State.HELD), changed_at=TOMORROW))
        tx.add_operation(operation("op_3", binding="other", state=State.QUEUED))

    await store.write(fill)
    await store.close()
    settings = town.settings(seed.ORG_UID, channel=CHANNEL)

    async def start() -> list[State]:
        async with running([settings], Seams()) as [bot]:
            states = await bot.house.store.read(
                lambda tx: [tx.standing(uid) for uid in ("op_1", "op_2", "op_3")]
            )
        return [state for state, _ in filter(None, states)]

    assert await start() == [State.HELD, State.HELD, State.QUEUED]
    store = await open_store(tmp_path / "data", clock=STILL, entropy=bytes)
    held = await store.read(lambda tx: tx.operation("op_1"))
    assert held is not None
    assert held.held_reason == "store_behind"
    await store.write(lambda tx: tx.move("op_1", State.HELD, State.QUEUED, TOMORROW, new_run=True))
    await store.close()
    assert await start() == [State.QUEUED, State.HELD, State.QUEUED]


async def test_a_database_older_than_the_sinks_newest_head_is_held_too(town: Town, tmp_path: Path) -> None:
    """Also where no channel tells of it."""
    key, sink = binding_key(TEAM, seed.ORG_UID), tmp_path / "heads"
    await FileSink(sink).keep(Head(4711, "f" * 64), "op_0", TOMORROW)
    store = await open_store(tmp_path / "data", clock=STILL, entropy=bytes)
    await store.write(adding(operation("op_1", binding=key, state=State.QUEUED)))
    await store.close()
    settings = town.settings(seed.ORG_UID).model_copy(update={"rollcall_audit_sink": sink})
    async with running([settings], Seams()) as [bot]:
        standing = await bot.house.store.read(lambda tx: tx.standing("op_1"))
    assert standing == (State.HELD, 0)


async def test_a_head_that_somebody_else_wrote_is_none(town: Town) -> None:
    """Only what our own bot posted, as the head of an operation, is believed; the highest number counts."""
    client = AsyncWebClient(town.slack.bot_token, base_url=town.slack.api_url)
    assert await newest_head(client, CHANNEL, BOT_ID) is None
    await post_head(client, Head(8, "a" * 64))
    await post_head(client, Head(7, "b" * 64))
    seen = await newest_head(client, CHANNEL, BOT_ID)
    assert seen is not None
    assert seen.head == Head(8, "a" * 64)
    assert [await newest_head(client, CHANNEL, "B0OTHER"), await newest_head(client, "", BOT_ID)] == [
        None,
        None,
    ]


async def post_head(client: AsyncWebClient, posted: Head) -> None:
    """An operation's message with its thread, as Rollcall posts them."""
    main = await client.chat_postMessage(channel=CHANNEL, text="x", metadata=metadata("op_0", "main"))
    message = head.build("op_0", posted)
    await client.chat_postMessage(
        channel=CHANNEL,
        thread_ts=main["ts"],
        text=message.text,
        blocks=list(message.blocks),
        metadata=message.metadata,
    )
