"""`app.py audit`, as it is typed: what it prints, and with which exit code."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.audit import audit
from bot.domain.actions import ActionKey
from bot.domain.audit import Head
from bot.sandbox.contentstack import seed
from bot.sink import FileSink
from tests.service.stage import staged
from tests.store.samples import NOON
from tests.test_audit_log import edit


@pytest.fixture
async def head(tmp_path: Path) -> Head:
    """One removal, approved and run; the head then."""
    async with staged(tmp_path) as stage:
        await stage.run(await stage.queued(ActionKey.REMOVE, seed.PLUS, reason="=1+1"))
        return await stage.house.store.read(lambda tx: tx.head())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ROLLCALL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CONTENTSTACK_REGION", "na")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(audit, arguments, input=typed)


def test_a_sound_log_holds_and_says_what_it_cannot_know(head: Head, data: Path) -> None:
    """Without a witness nobody knows of a tail that was cut."""
    alone = run("verify")
    assert (alone.exit_code, alone.stdout) == (
        0,
        (
            f"The audit log holds. Head {head}\n"
            "Only a head that was seen elsewhere (--head, --sink) shows that nothing was cut off.\n"
        ),
    )
    short = f"{head.seq}:{head.hash[:32].upper()}"
    assert run("verify", "--head", short).stdout == f"The audit log holds. Head {head}\n"


async def test_heads_come_from_the_sink_too(head: Head, data: Path, tmp_path: Path) -> None:
    """A cut tail is found by it, and the first missing row named."""
    await FileSink(tmp_path / "heads").keep(head, "op", NOON)
    edit(data, f"DELETE FROM audit WHERE seq > {head.seq - 2}")
    # In a thread: the command has a loop of its own.
    found = await asyncio.to_thread(run, "verify", "--sink", str(tmp_path / "heads"))
    assert (found.exit_code, found.stdout) == (
        1,
        (
            f"The audit log is broken at row {head.seq - 1}: "
            f"cut off: a head with number {head.seq} was posted.\n"
        ),
    )


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE plan SET text = replace(text, 'remove', 'unlock')", "is not the one that was proposed"),
        ("DELETE FROM approval; DELETE FROM call_result", None),
    ],
)
def test_an_operation_is_held_against_its_row(head: Head, data: Path, sql: str, said: str | None) -> None:
    """Its plan may not change; what no row vouches for is no matter of the chain."""
    for statement in sql.split(";"):
        edit(data, statement)
    found = run("verify")
    assert (found.exit_code, said is None or said in found.stdout) == (int(said is not None), True)


def test_a_file_that_is_no_database_is_told(head: Head, data: Path) -> None:
    """No traceback, and no proof."""
    (data / "rollcall.db").write_bytes(b"no database at all" * 100)
    found = run("verify")
    assert (found.exit_code, found.stderr) == (
        1,
        "Error: the database cannot be read, so it proves nothing: file is not a database\n",
    )


def test_no_cell_of_an_export_is_a_formula(head: Head, data: Path) -> None:
    """Also where somebody wrote one into the database."""
    edit(data, "UPDATE audit SET operation = '=1+1', actor = '@x' WHERE seq = 2")
    rows = list(csv.reader(io.StringIO(run("export", "--format", "csv").stdout)))
    assert len(rows) == head.seq + 1
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    assert rows[2][3] == "'=1+1"


def test_a_redaction_asks_first_and_says_what_is_left(head: Head, data: Path) -> None:
    """Nothing happens without a yes; afterwards the log still holds, one row longer."""
    would = (
        "The personal data of 1 person would be deleted, and the reasons and comments of 1 operation in "
        "which they have a part.\n"
    )
    refused = run("redact", "--email", seed.PLUS, typed="n\n")
    assert (refused.exit_code, refused.stdout) == (1, f"{would}Delete it? There is no way back [y/N]: n\n")
    done = run("redact", "--email", seed.PLUS, "--yes")
    assert (done.exit_code, done.stdout) == (
        0,
        (
            f"{would}Deleted: the personal data of 1 person, the reasons and comments of 1 operation. "
            "Backups made before still have it.\n"
        ),
    )
    nobody = run("redact", "--email", seed.PLUS, "--yes")
    assert (nobody.exit_code, nobody.stdout) == (0, "There is nobody whose data could be deleted.\n")
    assert f"Head {head.seq + 1}:" in run("verify", "--head", str(head)).stdout


def test_a_redaction_needs_to_know_whom(head: Head, data: Path) -> None:
    """One way or the other; recent people are not idle."""
    assert run("redact").exit_code == 2
    assert run("redact", "--email", "a@x", "--older-than", "3").exit_code == 2
    assert run("redact", "--older-than", "3", "--yes").stdout == (
        "There is nobody whose data could be deleted.\n"
    )
