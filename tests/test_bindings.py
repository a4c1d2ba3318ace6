"""Several bindings in one process: one that is refused stops no other, and a run goes to its own house."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.bootstrap import CannotStart, Seams, running
from bot.manifest import read_manifest
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.service.run.switchboard import NoHouse, Switchboard
from bot.settings import Settings
from bot.store.database import open_store
from tests.engine.recorder import Recorder
from tests.store.samples import STILL, operation


class Town:
    """Both simulated systems, and the settings of bindings to them."""

    def __init__(self, contentstack_url: str, slack: WorkspaceSandbox, directory: Path) -> None:
        self._url = contentstack_url
        self._slack = slack
        self._directory = directory

    def settings(
        self, organization: str, bot_token: str = "", authtoken: str = seed.BOT_AUTHTOKEN
    ) -> Settings:
        return Settings(
            SLACK_BOT_TOKEN=bot_token or self._slack.bot_token,
            SLACK_APP_TOKEN=self._slack.app_token,
            slack_api_url=self._slack.api_url,
            contentstack_region="na",
            contentstack_api_url=self._url,
            contentstack_organization_uid=organization,
            contentstack_authtoken=SecretStr(authtoken),
            rollcall_data_dir=self._directory / "data",
        )


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    contentstack, slack = ContentstackSandbox(members=60), WorkspaceSandbox(read_manifest())
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
