"""The second witness: a line for every head that is posted, in a file that is only added to."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.doctor.report import Check, broken, note, well
from bot.doctor.sink import check_sink
from bot.domain.audit import Event, EventKind, Head
from bot.sink import FileSink, newest_kept, read_heads
from bot.store.database import open_store
from tests.store.samples import NOON, STILL, later

FIRST, SECOND = Head(7, "a" * 64), Head(9, "b" * 64)


async def test_every_head_is_a_line_of_its_own(tmp_path: Path) -> None:
    """Behind whatever stands there; the file that we make is our own alone."""
    path = tmp_path / "heads"
    sink = FileSink(path)
    await sink.keep(FIRST, "op_1", NOON)
    await sink.keep(SECOND, "op_2", later(61))
    assert path.read_text() == (
        f"7:{'a' * 64} 2026-03-04T12:00:00Z op_1\n9:{'b' * 64} 2026-03-04T12:01:01Z op_2\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_heads(path) == [FIRST, SECOND]


async def test_a_sink_that_fails_is_told_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And again when it had worked in between."""
    path = tmp_path / "away" / "heads"
    sink = FileSink(path)
    for _ in range(3):
        await sink.keep(FIRST, "op_1", NOON)
    path.parent.mkdir()
    await sink.keep(FIRST, "op_1", NOON)
    path.unlink()
    path.parent.rmdir()
    await sink.keep(FIRST, "op_1", NOON)
    assert [record.getMessage() for record in caplog.records] == [
        "an audit head is missing in ROLLCALL_AUDIT_SINK: No such file or directory"
    ] * 2


async def test_the_newest_head_is_known_at_the_next_start(tmp_path: Path) -> None:
    """By its number, wherever it stands; no file, or one that is no sink, tells of none."""
    path = tmp_path / "heads"
    assert (newest_kept(None), newest_kept(path)) == (None, None)
    await FileSink(path).keep(SECOND, "op_2", later(61))
    await FileSink(path).keep(FIRST, "op_1", NOON)
    assert newest_kept(path) == (SECOND, later(61))
    path.write_text("whatever\n")
    assert newest_kept(path) is None


def test_a_line_without_a_head_is_named(tmp_path: Path) -> None:
    """A file that is no sink is not taken for an empty one."""
    path = tmp_path / "heads"
    path.write_text(f"{FIRST} 2026-03-04T12:00:00Z op_1\nwhatever\n")
    with pytest.raises(ValueError, match=r"line 2 of .* does not begin with a head"):
        read_heads(path)


async def examined(path: Path | None, data: Path) -> Check | None:
    checks = await check_sink(path, data)
    return checks[0] if checks else None


async def test_doctor_says_how_the_sink_stands(tmp_path: Path) -> None:
    """None is no line; not writable, in the wrong place, or of another log: each is said."""
    data, path = tmp_path / "data", tmp_path / "heads"
    store = await open_store(data, clock=STILL, entropy=bytes)
    head = await store.write(lambda tx: tx.append(Event(EventKind.STARTED, "acme"), NOON))
    await store.close()
    assert await examined(None, data) is None
    assert await examined(path, data) == well("audit sink", f"{path} takes heads, 0 so far")
    await FileSink(path).keep(head, "op_1", NOON)
    assert await examined(path, data) == well("audit sink", f"{path} takes heads, 1 so far")
    await FileSink(path).keep(SECOND, "op_1", NOON)
    assert await examined(path, data) == broken(
        "audit sink",
        f"its newest head, number 9, is not in the audit log: run python app.py audit verify --sink {path}",
    )
    away = tmp_path / "nowhere" / "heads"
    assert await examined(away, data) == broken(
        "audit sink", f"{away} cannot be appended to, so heads stand in Slack alone: let this user"
    )
    inside = data / "heads"
    assert await examined(inside, data) == note(
        "audit sink", f"{inside} is in the data directory, so it proves nothing more: move it elsewhere"
    )
