from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.operation import Actor, Approval, State
from bot.domain.plan import UnknownSchemaError
from bot.ports.store import PlanTampered
from bot.store.database import SqliteStore
from bot.store.directory import DATABASE
from tests.store.samples import ADA, BEN, adding, later, moved, operation


async def test_an_operation_comes_back_as_it_was_added(store: SqliteStore) -> None:
    """Plan, people, texts and times are equal, and the digest still is the plan's."""
    added = operation()
    await store.write(lambda tx: tx.add_operation(added))
    assert await store.read(lambda tx: tx.operation("op_1")) == added


async def test_where_an_operation_stands_is_known_without_its_plan(store: SqliteStore) -> None:
    """State and run, also of one whose plan cannot be read; None where there is none."""
    await store.write(adding(replace(operation(state=State.QUEUED), run=2)))
    standing = await store.read(lambda tx: (tx.standing("op_1"), tx.standing("op_9")))
    assert standing == ((State.QUEUED, 2), None)


async def test_an_unknown_operation_is_none(store: SqliteStore) -> None:
    """An id from nowhere is no error."""
    assert await store.read(lambda tx: tx.operation("op_9")) is None


async def test_an_operation_with_a_foreign_digest_is_refused(store: SqliteStore) -> None:
    """A plan is sealed by its own digest alone."""
    with pytest.raises(ValueError, match="digest of op_1"):
        await store.write(lambda tx: tx.add_operation(replace(operation(), digest="f" * 64)))


async def test_operations_are_listed_newest_first(store: SqliteStore) -> None:
    """By binding, and within it by state, requester and number."""
    first, second = operation("op_1"), operation("op_2", created=1, requester=BEN)
    third, foreign = operation("op_3", created=2, state=State.DONE), operation("op_4", binding="umbra")
    await store.write(adding(first, second, third, foreign))
    listed = await store.read(
        lambda tx: (
            tx.operations("acme"),
            tx.operations("acme", states=[State.PROPOSED, State.HELD]),
            tx.operations("acme", states=[]),
            tx.operations("acme", slack_user="U0BEN"),
            tx.operations("acme", limit=1),
        ),
    )
    assert listed == (["op_3", "op_2", "op_1"], ["op_2", "op_1"], [], ["op_2"], ["op_3"])


async def test_who_waits_in_front_is_counted(store: SqliteStore) -> None:
    """One runs and one was queued earlier: two are ahead; other bindings and later ones do not count."""
    running, earlier = operation("op_1", state=State.RUNNING), operation("op_2", state=State.QUEUED)
    mine = replace(operation("op_3", state=State.QUEUED), changed_at=later(5))
    last = replace(operation("op_4", state=State.QUEUED), changed_at=later(6))
    foreign = operation("op_5", state=State.RUNNING, binding="umbra")
    await store.write(adding(running, earlier, mine, last, foreign))
    ahead = await store.read(lambda tx: [tx.ahead(one) for one in ("op_1", "op_2", "op_3", "op_4")])
    assert ahead == [0, 1, 2, 3]


async def test_a_move_needs_the_state_it_starts_from(store: SqliteStore) -> None:
    """The second of two moves from the same state loses and changes nothing."""
    start = operation(state=State.AWAITING_APPROVAL)
    await store.write(lambda tx: tx.add_operation(start))
    won = await store.write(lambda tx: tx.move("op_1", State.AWAITING_APPROVAL, State.APPROVED, later(1)))
    lost = await store.write(
        lambda tx: tx.move("op_1", State.AWAITING_APPROVAL, State.DENIED, later(2), stopped_by="U0BEN"),
    )
    kept = await store.read(lambda tx: tx.operation("op_1"))
    assert (won, lost, kept) == (True, False, moved(start, State.APPROVED, 1))


async def test_a_move_records_why_it_is_held_who_stopped_it_and_the_run(store: SqliteStore) -> None:
    """The held reason goes with the next move, who stopped it stays, runs count up."""
    start = operation(state=State.QUEUED)
    await store.write(lambda tx: tx.add_operation(start))
    await store.write(
        lambda tx: tx.move("op_1", State.QUEUED, State.HELD, later(1), held_reason="credential")
    )
    held = await store.read(lambda tx: tx.operation("op_1"))
    await store.write(lambda tx: tx.move("op_1", State.HELD, State.RUNNING, later(2), new_run=True))
    await store.write(
        lambda tx: tx.move("op_1", State.RUNNING, State.CANCELLING, later(3), stopped_by="U0BEN")
    )
    await store.write(lambda tx: tx.move("op_1", State.CANCELLING, State.CANCELLED, later(4)))
    ended = await store.read(lambda tx: tx.operation("op_1"))
    assert (held, ended) == (
        replace(moved(start, State.HELD, 1), held_reason="credential"),
        replace(moved(start, State.CANCELLED, 4), run=1, stopped_by="U0BEN"),
    )


async def test_a_step_that_the_life_of_an_operation_lacks_is_refused(store: SqliteStore) -> None:
    """Nothing goes from proposed straight to running."""
    with pytest.raises(ValueError, match="never goes from proposed to running"):
        await store.write(lambda tx: tx.move("op_1", State.PROPOSED, State.RUNNING, later(1)))


async def test_a_person_decides_once_whichever_account_he_uses(store: SqliteStore) -> None:
    """The same Slack account or the same Contentstack account is the same person."""
    await store.write(lambda tx: tx.add_operation(operation()))
    decisions = [
        Approval(BEN, approved=True, at=later(1), comment="fine"),
        Approval(replace(BEN, user_uid="blt_other"), approved=False, at=later(2)),
        Approval(replace(BEN, slack_user="U0OTHER"), approved=False, at=later(3)),
        Approval(Actor("U0EVE", "blt_eve"), approved=False, at=later(4), comment="no"),
    ]
    added = await store.write(lambda tx: [tx.add_approval("op_1", decision) for decision in decisions])
    kept = await store.read(lambda tx: tx.operation("op_1"))
    assert kept is not None
    assert (added, kept.approvals) == ([True, False, False, True], (decisions[0], decisions[3]))


async def test_the_same_person_may_decide_on_two_operations(store: SqliteStore) -> None:
    """Once each."""
    await store.write(adding(operation("op_1"), operation("op_2")))
    decision = Approval(ADA, approved=True, at=later(1))
    added = await store.write(lambda tx: [tx.add_approval(one, decision) for one in ("op_1", "op_2")])
    assert added == [True, True]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda plan: plan | {"policy": "1" * 64}, id="another policy"),
        pytest.param(lambda plan: plan | {"lines": plan["lines"][:1]}, id="a line less"),
        pytest.param(lambda plan: plan | {"action": "destroy"}, id="an action that there is not"),
        pytest.param(lambda _: {"schema": 1}, id="everything else gone"),
        pytest.param(lambda _: [], id="no plan"),
    ],
)
async def test_a_plan_that_lost_its_seal_is_never_given_out(
    store: SqliteStore, directory: Path, change: object
) -> None:
    """A plan whose digest is not the stored one names its operation and stops there."""
    await store.write(lambda tx: tx.add_operation(operation()))
    _rewrite_plan(directory, change)
    with pytest.raises(PlanTampered, match="op_1"):
        await store.read(lambda tx: tx.operation("op_1"))
    assert await store.read(lambda tx: tx.operations("acme")) == ["op_1"]


async def test_a_plan_of_an_unknown_schema_is_named_as_such(store: SqliteStore, directory: Path) -> None:
    """It is held, never run; it is not taken for a tampered one."""
    await store.write(lambda tx: tx.add_operation(operation()))
    _rewrite_plan(directory, lambda plan: plan | {"schema": 2})
    with pytest.raises(UnknownSchemaError):
        await store.read(lambda tx: tx.operation("op_1"))


async def test_a_plan_moved_to_another_binding_lost_its_seal(store: SqliteStore, directory: Path) -> None:
    """The organization is part of what was sealed."""
    await store.write(lambda tx: tx.add_operation(operation()))
    _execute(directory, "UPDATE operation SET binding = 'umbra'")
    with pytest.raises(PlanTampered):
        await store.read(lambda tx: tx.operation("op_1"))


def _rewrite_plan(directory: Path, change: object) -> None:
    assert callable(change)
    with sqlite3.connect(directory / DATABASE) as connection:
        [(text,)] = connection.execute("SELECT text FROM plan")
        connection.execute("UPDATE plan SET text = ?", [json.dumps(change(json.loads(text)))])
    connection.close()


def _execute(directory: Path, sql: str) -> None:
    with sqlite3.connect(directory / DATABASE) as connection:
        connection.execute(sql)
    connection.close()
