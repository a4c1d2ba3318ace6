from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.domain.actions import Readiness
from bot.domain.circles import Stage
from bot.domain.operation import State
from bot.domain.outcome import KINDS, ResultKind
from bot.domain.verdict import parse_verdict
from bot.store.connection import connect_writer
from bot.store.database import SqliteStore, open_store, open_to_write_beside
from bot.store.directory import DATABASE
from bot.store.errors import NewerStore, OlderStore, StoreError, StoreMissing
from bot.store.migrations import MIGRATIONS, migrate
from tests.store.samples import STILL

NOON_TEXT = "2026-03-04T12:00:00.000000Z"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = connect_writer(tmp_path / "any.db")
    yield opened
    opened.close()


def _m1(db: Database) -> None:
    db.execute("CREATE TABLE one (id INTEGER) STRICT")


def _m2_failing(db: Database) -> None:
    db.execute("CREATE TABLE two (id INTEGER) STRICT")
    raise LookupError("no")


def test_each_migration_runs_once_with_its_record(db: Database) -> None:
    """A second start finds nothing to do; a later program adds only what is new."""
    migrate(db, STILL, [_m1])
    migrate(db, STILL, [_m1])
    assert list(db.query("SELECT * FROM migration")) == [{"name": "_m1", "at": NOON_TEXT}]


def test_a_migration_that_fails_leaves_neither_tables_nor_record(db: Database) -> None:
    """The ones before it stand."""
    with pytest.raises(LookupError):
        migrate(db, STILL, [_m1, _m2_failing])
    assert (db.table_names(), [row["name"] for row in db.query("SELECT name FROM migration")]) == (
        ["migration", "one"],
        ["_m1"],
    )


async def test_a_store_of_a_newer_program_is_left_alone(directory: Path) -> None:
    """Going on could damage what it wrote."""
    await (await open_store(directory, clock=STILL, entropy=bytes)).close()
    with sqlite3.connect(directory / DATABASE) as connection:
        connection.execute("INSERT INTO migration VALUES ('m9999_later', '')")
    connection.close()
    with pytest.raises(NewerStore, match="newer Rollcall"):
        await open_store(directory, clock=STILL, entropy=bytes)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("DELETE FROM migration WHERE name = 'm0013_redactable_people'", OlderStore),
        ("INSERT INTO migration (name, at) VALUES ('m9999_later', '')", NewerStore),
    ],
)
async def test_a_command_beside_a_bot_of_another_version_changes_nothing(
    directory: Path, change: str, refused: type[StoreError]
) -> None:
    """It neither brings the tables up to date under a running bot nor writes into tables it does not know."""
    await (await open_store(directory, clock=STILL, entropy=bytes)).close()
    with sqlite3.connect(directory / DATABASE) as db:
        db.execute(change)
        before = list(db.iterdump())
    with pytest.raises(refused, match="Rollcall"):
        await open_to_write_beside(directory, entropy=bytes)
    with pytest.raises(StoreMissing):
        await open_to_write_beside(directory / "elsewhere", entropy=bytes)
    assert list(db.iterdump()) == before
    db.close()


async def test_every_table_is_strict_and_every_migration_recorded(
    store: SqliteStore, directory: Path
) -> None:
    """Types are enforced by the database itself."""
    connection = sqlite3.connect(directory / DATABASE)
    tables = connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    recorded = connection.execute("SELECT name FROM migration ORDER BY name").fetchall()
    connection.close()
    loose = {name for name, strict in tables if not strict and not name.startswith("sqlite_")}
    assert (loose, [name for (name,) in recorded]) == (set(), [one.__name__ for one in MIGRATIONS])


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("operation", "state", {state.value for state in State}),
        ("call_result", "kind", {kind.value for kind in ResultKind}),
        ("outcome", "kind", {re.sub("(?<!^)(?=[A-Z])", "_", kind.__name__).lower() for kind in KINDS}),
        ("capability", "readiness", {readiness.value for readiness in Readiness}),
    ],
)
async def test_the_tables_know_every_word_of_the_domain(
    store: SqliteStore, directory: Path, table: str, column: str, words: set[str]
) -> None:
    """A state or kind that is new in the domain needs its migration."""
    connection = sqlite3.connect(directory / DATABASE)
    [(sql,)] = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [table]).fetchall()
    connection.close()
    found = re.search(rf"{column} TEXT NOT NULL CHECK \({column} IN \((.*?)\)\)", sql, re.DOTALL)
    assert found is not None
    assert set(re.findall(r"'(\w+)'", found[1])) == words


def test_decisions_from_before_there_were_stages_count_as_they_did(db: Database) -> None:
    """For the first stage, as one of the organization's admins, and for whoever made them."""
    older = [one for one in MIGRATIONS if one.__name__ < "m0009"]
    migrate(db, STILL, older)
    columns = "id, binding, state, plan, digest, requester_slack_user, requester_user_uid, requester_person, "
    columns += "reason, channel, approvals_needed, rule, identity, created_at, changed_at, held_reason, run, "
    columns += "stopped_by, origin, consequences, names"
    values = ["op_1", "acme", "awaiting_approval", "{}", "0" * 64, "U0ADA", "blt_ada", "a", "why", "C0", 2]
    values += ["built-in:remove", "email", NOON_TEXT, NOON_TEXT, "", 0, "", "asked", "{}", "{}"]
    marks = ", ".join("?" * len(values))
    db.execute(f"INSERT INTO operation ({columns}) VALUES ({marks})", values)
    db.execute(
        """INSERT INTO approval (operation, slack_user, user_uid, person, approved, at, comment)
           VALUES ('op_1', 'U0BEN', 'blt_ben', 'b', 1, ?, '')""",
        [NOON_TEXT],
    )
    migrate(db, STILL, MIGRATIONS)
    [kept] = db.query(
        "SELECT stage, circles, second, escalated, for_slack_user, for_user_uid, for_person FROM approval"
    )
    assert list(kept.values()) == [0, "[0]", "[]", 0, "U0BEN", "blt_ben", "b"]
    [asked] = db.query("SELECT verdict FROM operation")
    verdict = parse_verdict(json.loads(asked["verdict"]))
    assert (verdict.rule, verdict.stages) == ("built-in:remove", (Stage(2),))


def test_a_plan_moves_to_its_own_table_as_it_stands(db: Database) -> None:
    """Byte for byte, since its digest is over its text; the bench's ten thousand lines are 5 MB of it."""
    migrate(db, STILL, [one for one in MIGRATIONS if one.__name__ < "m0014"])
    plans = {"op_1": '{"lines":["grüße"]}', "op_2": "x" * 200_000}
    for operation, plan in plans.items():
        values = [operation, "acme", "done", plan, "0" * 64, "U0ADA", "blt_ada", "a", "why", "C0", 0]
        values += ["", "email", NOON_TEXT, NOON_TEXT, "", 0, "", "asked", "{}", "{}", "{}"]
        columns = "id, binding, state, plan, digest, requester_slack_user, requester_user_uid, "
        columns += "requester_person, reason, channel, approvals_needed, rule, identity, created_at, "
        columns += "changed_at, held_reason, run, stopped_by, origin, consequences, names, verdict"
        db.execute(f"INSERT INTO operation ({columns}) VALUES ({', '.join('?' * len(values))})", values)
    migrate(db, STILL, MIGRATIONS)
    assert {row["operation"]: row["text"] for row in db.query("SELECT * FROM plan")} == plans
    assert [row["id"] for row in db.query("SELECT id FROM operation")] == list(plans)
