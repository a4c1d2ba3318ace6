"""What other processes, and their sudden end, cannot break."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.domain.audit import EventKind, Head, verify
from bot.domain.operation import State
from bot.ports.store import PersonData, Transaction
from bot.service.redaction import redact_person
from bot.store.database import SqliteStore, open_store, open_to_write_beside
from bot.store.errors import StoreInUse
from tests.store.samples import STILL, adding, operation

ROOT = Path(__file__).parents[2]
Child = subprocess.Popen[str]


@pytest.fixture
def start() -> Iterator[Callable[..., Child]]:
    """Starts a child process; none outlives the test."""
    children: list[Child] = []

    def run(*arguments: object) -> Child:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.store.child", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        children.append(child)
        return child

    yield run
    for child in children:
        child.kill()
        child.communicate()


def _said(child: Child) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


async def _kept(directory: Path) -> tuple[int, list[str], list[str]]:
    """After a crash: how long the (sound) chain is, and which operations and outbox rows there are."""

    def look(tx: Transaction) -> tuple[object, list[str], list[str]]:
        operations = sorted(tx.operations("acme", limit=100_000))
        return verify(tx.rows()), operations, [row.operation for row in tx.outbox()]

    store = await open_store(directory, clock=STILL, entropy=bytes)
    head, operations, outbox = await store.read(look)
    await store.close()
    assert isinstance(head, Head)
    return head.seq, operations, outbox


async def test_a_process_killed_inside_a_transaction_leaves_nothing_of_it(
    start: Callable[..., Child], directory: Path
) -> None:
    """Everything committed before stands, the torn step is gone in all its parts."""
    child = start("append", directory, 4)
    said = [_said(child) for _ in range(4)]
    child.kill()
    child.wait()
    steps = ["op_000001", "op_000002", "op_000003"]
    assert (said, await _kept(directory)) == (
        ["committed 1", "committed 2", "committed 3", "inside 4"],
        (3, steps, steps),
    )


async def test_killed_again_and_again_the_store_keeps_every_step_it_confirmed(
    start: Callable[..., Child], directory: Path
) -> None:
    """Whenever the kill comes, steps are whole, none that was confirmed is missing, and the chain holds."""
    for round_ in range(5):
        child = start("append", directory, 0)
        for _ in range(7 * round_ + 3):
            confirmed = int(_said(child).removeprefix("committed "))
        child.kill()
        child.wait()
        length, operations, outbox = await _kept(directory)
        assert confirmed <= length
        assert operations == outbox == [f"op_{number:06}" for number in range(1, length + 1)]


@pytest.mark.parametrize("other", ["TWO", "INSTEAD"])
async def test_two_processes_never_win_the_same_step(
    start: Callable[..., Child], store: SqliteStore, directory: Path, other: str
) -> None:
    """One of two compare-and-sets wins, one of two decisions of one person counts, the chain never forks.

    Also where the other one is made in his place.
    """
    count = 60
    ids = [f"op_{number}" for number in range(count)]
    await store.write(adding(*(operation(one, state=State.QUEUED) for one in ids)))
    racers = [start("race", directory, name, count) for name in ("ONE", other)]
    assert [_said(racer) for racer in racers] == ["ready", "ready"]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [line for racer in racers for line in racer.communicate(timeout=60)[0].splitlines()]
    assert sorted(won) == sorted(line for one in ids for line in _one_winner(one, won))
    rows = await store.read(lambda tx: list(tx.rows()))
    assert isinstance(verify(rows), Head)
    assert sorted(row.event.operation for row in rows) == sorted(ids)


def _one_winner(operation_id: str, won: list[str]) -> list[str]:
    """What both say of an operation: one won each of the two things, perhaps both, perhaps one each."""
    both = [f"{operation_id} 1 1", f"{operation_id} 0 0"]
    each = [f"{operation_id} 1 0", f"{operation_id} 0 1"]
    return each if each[0] in won else both


async def test_redactions_beside_a_writing_process_keep_the_chain_whole(
    start: Callable[..., Child], directory: Path
) -> None:
    """Both append to it, each in transactions of its own; neither waits for the other to end."""
    child = start("append", directory, 0)
    assert _said(child) == "committed 1"
    store = await open_to_write_beside(directory, entropy=secrets.token_bytes)
    people = [PersonData(f"{number}@example.com") for number in range(20)]
    await store.write(lambda tx: [tx.pseudonym("acme", person) for person in people])
    for email in [person.email for person in people]:
        done = await redact_person(store, STILL, email)
        assert len(done["acme"].people) == 1
    while int(_said(child).removeprefix("committed ")) < 40:
        pass
    child.kill()
    child.wait()
    rows = await store.read(lambda tx: list(tx.rows()))
    await store.close()
    assert isinstance(verify(rows), Head)
    assert sum(row.event.kind is EventKind.REDACTED for row in rows) == 20


async def test_a_running_process_keeps_others_out_until_it_dies(
    start: Callable[..., Child], directory: Path
) -> None:
    """The lock goes with the process, even when it is killed."""
    child = start("append", directory, 1)
    assert _said(child) == "inside 1"
    with pytest.raises(StoreInUse):
        await open_store(directory, clock=STILL, entropy=bytes)
    child.kill()
    child.wait()
    await (await open_store(directory, clock=STILL, entropy=bytes)).close()
