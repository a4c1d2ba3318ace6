"""What holds for every plan, every result and every edit of the chain."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from bot.domain.actions import ActionKey, Parameters
from bot.domain.audit import Broken, Event, EventKind, Head, Row, verify
from bot.domain.members import Access, Status
from bot.domain.outcome import Failed, Outcome, Partial, Result, ResultKind, Unknown, document, fold, parse
from bot.domain.plan import Credential, Decision, Flag, Line, LineVerdict, Plan, Why
from bot.domain.sealed import read_plan
from bot.store.connection import connect_writer
from bot.store.directory import DATABASE
from bot.store.migrations import MIGRATIONS, migrate
from bot.store.transaction import SqliteTransaction
from tests.store.samples import STILL, later

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAMES = st.lists(TEXT, max_size=3, unique=True).map(lambda names: tuple(sorted(names)))
HELD = NAMES.filter(lambda roles: roles != ("unknown",))
ACCESS = st.builds(
    Access,
    status=st.none() | st.sampled_from(Status),
    org_roles=NAMES,
    stacks=st.dictionaries(TEXT, st.none() | HELD, max_size=3),
)
LINES = st.builds(
    Line,
    number=st.integers(1, 10_000),
    person=TEXT,
    share_uid=TEXT,
    user_uid=st.none() | TEXT.filter(bool),
    verdict=st.builds(LineVerdict, st.sampled_from(Decision), st.none() | st.sampled_from(Why)),
    before=ACCESS,
    after=ACCESS,
    flags=st.lists(st.sampled_from(Flag), unique=True).map(lambda flags: tuple(sorted(flags))),
)
PLANS = st.builds(
    Plan,
    binding=TEXT,
    action=st.sampled_from(ActionKey),
    parameters=st.builds(Parameters, org_roles=NAMES, stacks=st.dictionaries(TEXT, NAMES, max_size=3)),
    lines=st.lists(LINES, max_size=5).map(tuple),
    policy_digest=TEXT,
    credential=st.builds(Credential, kind=TEXT, subject=TEXT),
)
RESULTS = st.lists(
    st.builds(Result, st.sampled_from(ResultKind), TEXT, st.booleans()),
    min_size=1,
    max_size=6,
)


@given(PLANS)
def test_a_plan_survives_its_canonical_form(plan: Plan) -> None:
    """What is read back is the plan that was sealed, with the same digest."""
    back = read_plan(plan.pieces)
    assert (back, back.digest) == (plan, plan.digest)


@given(PLANS, PLANS)
def test_different_plans_have_different_digests(one: Plan, other: Plan) -> None:
    """Equal digests mean equal plans."""
    assert (one.digest == other.digest) == (one == other)


@given(RESULTS)
def test_doubt_is_never_folded_away(results: list[Result]) -> None:
    """A line is Unknown exactly if one of its calls is."""
    doubtful = any(result.kind is ResultKind.UNKNOWN for result in results)
    assert isinstance(fold(results), Unknown) == doubtful


@given(RESULTS)
def test_nothing_that_took_effect_is_called_failed(results: list[Result]) -> None:
    """Failed, Skipped and NotRun say that nothing was done, so no call of theirs took effect."""
    effect = {ResultKind.VERIFIED, ResultKind.ACCEPTED}
    outcome = fold(results)
    took_effect = any(result.kind in effect for result in results)
    told = type(outcome).__name__ in {"Done", "Accepted", "Partial", "Unknown"}
    assert told or not took_effect


@given(RESULTS, st.randoms(use_true_random=False))
def test_the_order_of_calls_changes_no_kind(results: list[Result], random: Random) -> None:
    """Only the reasons stand in the order of the calls."""
    shuffled = list(results)
    random.shuffle(shuffled)
    assert _without_reason(fold(shuffled)) == _without_reason(fold(results))


@given(RESULTS)
def test_every_outcome_survives_its_document(results: list[Result]) -> None:
    """What the store reads back is what was folded."""
    outcome = fold(results)
    assert parse(document(outcome)) == outcome


@given(st.lists(st.builds(Result, st.sampled_from([ResultKind.VERIFIED, ResultKind.FAILED])), min_size=1))
def test_a_mixture_is_partial(results: list[Result]) -> None:
    """Partial means that some took effect and others did not."""
    kinds = {result.kind for result in results}
    assert isinstance(fold(results), Partial) == (len(kinds) == 2)


def _without_reason(outcome: Outcome) -> tuple[str, bool]:
    return type(outcome).__name__, isinstance(outcome, Failed) and outcome.retryable


ROWS = 6
COLUMNS = ("seq", "at", "kind", "binding", "operation", "actor", "data", "prev_hash", "hash")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a chain of its own, and with the guards taken off as an intruder would."""
    path = tmp_path_factory.mktemp("chain") / DATABASE
    db = connect_writer(path)
    migrate(db, STILL, MIGRATIONS)
    tx = SqliteTransaction(db, bytes)
    for number in range(ROWS):
        kind = list(EventKind)[number]
        tx.append(Event(kind, "acme", f"op_{number % 2}", "a" * 32, {"n": number}), later(number))
    db.execute("DROP TRIGGER audit_never_changes")
    db.execute("DROP TRIGGER audit_never_goes")
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    return path


@pytest.fixture
def tampering(original: Path, tmp_path: Path) -> Path:
    return tmp_path / "tampered.db"


def _after(original: Path, copy: Path, statements: list[tuple[str, list[object]]]) -> list[Row] | None:
    """The rows after an edit; None if the tables themselves refuse it."""
    shutil.copy(original, copy)
    db = connect_writer(copy)
    db.execute("PRAGMA ignore_check_constraints = ON")
    try:
        for sql, parameters in statements:
            db.execute(sql, parameters)
        return list(SqliteTransaction(db, bytes).rows())
    except sqlite3.IntegrityError:
        return None
    finally:
        db.close()


def _chain(original: Path) -> list[Row]:
    db = connect_writer(original)
    rows = list(SqliteTransaction(db, bytes).rows())
    db.close()
    return rows


SHARED = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@SHARED
@example(number=ROWS, column="seq", text="", other=0)
@given(number=st.integers(1, ROWS), column=st.sampled_from(COLUMNS), text=TEXT, other=st.integers(-3, 40))
def test_every_edit_of_a_row_breaks_the_chain(
    original: Path, tampering: Path, number: int, column: str, text: str, other: int
) -> None:
    """Whatever column, whatever new value: the chain is broken at that row or before."""
    value: object = other if column == "seq" else text
    [row] = [row for row in _chain(original) if row.seq == number]
    assume(value not in {row.seq, row.at, row.event.kind.value, *_texts(row)})
    edited = _after(original, tampering, [(f"UPDATE audit SET {column} = ? WHERE seq = ?", [value, number])])
    assert edited is None or isinstance(verify(edited), Broken)


def _texts(row: Row) -> tuple[str, ...]:
    return row.event.binding, row.event.operation, row.event.actor


@pytest.mark.parametrize("data", ['{"n": 0}', '{"n":0,"n":0}', '{"n":false}', "[]", "null", "{", '{"n":0} '])
def test_even_an_edit_that_means_the_same_breaks_the_chain(
    original: Path, tampering: Path, data: str
) -> None:
    """The stored text itself is what was witnessed."""
    edited = _after(original, tampering, [("UPDATE audit SET data = ? WHERE seq = 1", [data])])
    assert edited is not None
    assert verify(edited) == Broken(1, "changed")


@SHARED
@given(number=st.integers(1, ROWS))
def test_every_deletion_breaks_the_chain(original: Path, tampering: Path, number: int) -> None:
    """In the middle by itself, at the tail by the head that was posted."""
    rows = _chain(original)
    edited = _after(original, tampering, [("DELETE FROM audit WHERE seq = ?", [number])])
    assert edited is not None
    why = "missing or out of order" if number < ROWS else f"cut off: a head with number {number} was posted"
    assert verify(edited, [Head(ROWS, rows[-1].hash)]) == Broken(number, why)


@SHARED
@given(one=st.integers(1, ROWS), other=st.integers(1, ROWS))
def test_every_swap_breaks_the_chain(original: Path, tampering: Path, one: int, other: int) -> None:
    """Two rows cannot change places, wherever they stand."""
    assume(one != other)
    swap = "UPDATE audit SET seq = ? WHERE seq = ?"
    edited = _after(original, tampering, [(swap, [-1, one]), (swap, [one, other]), (swap, [other, -1])])
    assert edited is not None
    assert verify(edited) == Broken(min(one, other), "changed")


def test_the_untouched_chain_holds(original: Path) -> None:
    """The chain that the edits start from is sound."""
    rows = _chain(original)
    assert verify(rows, [Head(ROWS, rows[-1].hash)]) == Head(ROWS, rows[-1].hash)
