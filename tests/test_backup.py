"""A backup beside a running bot, and what the first start on the copy does."""

import asyncio
import stat
from pathlib import Path

import pytest

from bot.backup import CannotBackUp, back_up
from bot.domain.actions import ActionKey
from bot.domain.audit import Head, verify
from bot.domain.operation import Operation, State
from bot.engine.runs import DbosRuns
from bot.ports.store import Transaction
from bot.sandbox.contentstack import seed
from bot.service.decide import confirm, resume
from bot.service.restored import hold_if_restored
from bot.store.database import open_store
from tests.engine.recorder import Recorder, SystemClock, ask
from tests.service.stage import ADA, staged
from tests.store.samples import NOON, STILL, operation

STATES = (
    State.PROPOSED,
    State.AWAITING_APPROVAL,
    State.SCHEDULED,
    State.QUEUED,
    State.RUNNING,
    State.CANCELLING,
    State.DONE,
)


async def test_a_restored_copy_starts_with_everything_held(tmp_path: Path) -> None:
    """What waits or runs is held, a preview is gone, what is over stays; the second start changes nothing."""
    source = await open_store(tmp_path / "data", clock=STILL, entropy=bytes)

    def fill(tx: Transaction) -> None:
        for number, state in enumerate(STATES):
            tx.add_operation(operation(f"op_{number}", binding=f"b{number}", state=state))

    await source.write(fill)
    made = back_up(tmp_path / "data", tmp_path / "copy")
    await source.write(lambda tx: tx.move("op_3", State.QUEUED, State.RUNNING, NOON))
    await source.close()

    async def states() -> list[str]:
        copy = await open_store(tmp_path / "copy", clock=STILL, entropy=bytes)
        await hold_if_restored(copy, STILL)
        found = await copy.read(lambda tx: [tx.standing(f"op_{number}") for number in range(len(STATES))])
        chain = await copy.read(lambda tx: verify(tx.rows()))
        await copy.close()
        assert isinstance(chain, Head)
        return [state for state, _ in filter(None, found)] + [str(chain.seq)]

    expected = ["discarded", "held", "held", "held", "held", "cancelling", "done", "5"]
    assert [path.name for path in made] == ["rollcall.db"]
    assert [await states(), await states()] == [expected, expected]


async def test_a_backup_beside_a_running_engine_has_both_files(tmp_path: Path) -> None:
    """Both copies open, are private, and the copied engine does nothing for an operation that is held."""
    store = await open_store(tmp_path / "data", clock=STILL, entropy=bytes)
    worker = Recorder(batches=1)
    worker.hold("batch op_1 0")
    runs = DbosRuns(tmp_path / "data", store, SystemClock(), poll_seconds=0.05, settle_seconds=0.1)
    await ask(store, [operation("op_1")])
    await runs.start(worker)
    await worker.has_begun("batch op_1 0")
    made = await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    await runs.stop()
    await store.close()
    assert sorted(path.name for path in made) == ["engine.db", "rollcall.db"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700
    copy = await open_store(tmp_path / "copy", clock=STILL, entropy=bytes)
    again = Recorder(batches=1)
    again.refuse.add("batch op_1 0")
    restored = DbosRuns(tmp_path / "copy", copy, SystemClock(), poll_seconds=0.05, settle_seconds=0.1)
    await restored.start(again)
    await again.has_seen("batch op_1 0")
    await restored.stop()
    await copy.close()


@pytest.mark.parametrize("wrong", ["nothing there", "not empty"])
async def test_a_backup_that_cannot_be_made_says_why(tmp_path: Path, wrong: str) -> None:
    """Nothing to copy, or a directory that holds something: no file is touched."""
    data, target = tmp_path / "data", tmp_path / "copy"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    if wrong == "not empty":
        await (await open_store(data, clock=STILL, entropy=bytes)).close()
    with pytest.raises(CannotBackUp, match="has the bot been started" if wrong != "not empty" else wrong):
        back_up(data, target)
    assert [path.name for path in target.iterdir()] == ["mine.txt"]


async def test_what_was_held_before_it_was_agreed_to_goes_back_there(tmp_path: Path) -> None:
    """A Resume skips no approval."""
    async with staged(tmp_path) as stage:
        proposal = await stage.propose(ActionKey.REMOVE, seed.PLUS)
        waiting = await confirm(stage.house, proposal.operation.id, proposal.operation.digest, ADA)
        assert isinstance(waiting, Operation)
        await stage.house.store.write(
            lambda tx: tx.move(waiting.id, State.AWAITING_APPROVAL, State.HELD, NOON, held_reason="restored")
        )
        resumed = await resume(stage.house, waiting.id, ADA)
        assert isinstance(resumed, Operation)
        assert (resumed.state, resumed.run) == (State.AWAITING_APPROVAL, 0)
