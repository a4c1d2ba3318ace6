"""Measures typeahead and memory: ``python -m tests.contentstack.bench_directory [members]``.

Not a test: nothing here asserts a time. `measure` gives the numbers for whoever compares them.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from random import Random

from bot.contentstack.bodies import ShareRow
from bot.contentstack.parse import Standing, member_of, rows
from bot.contentstack.search import Index
from bot.contentstack.snapshot import dumps, loads
from bot.domain.members import Directory, Organization, OrgRole
from bot.sandbox.contentstack.people import crowd

MEGABYTE = 2**20


@dataclass(frozen=True)
class Measured:
    """Megabytes of 2^20, milliseconds, seconds."""

    members: int
    directory_megabytes: float
    lookup_megabytes: float
    index_megabytes: float
    restored_megabytes: float
    search_median_ms: float
    search_p99_ms: float
    search_worst_ms: float
    worst_query: str
    build_index_seconds: float
    snapshot_megabytes: float
    dump_seconds: float
    load_seconds: float


def measure(members: int = 50_000) -> Measured:
    """Read so many shares as the API sends them, then search as people type."""
    random = Random(1)
    tracemalloc.start()
    gc.collect()
    empty, _ = tracemalloc.get_traced_memory()
    directory = _directory(members, random)
    read = _memory()
    directory.with_email("nobody@example.com"), directory.share("nobody")
    looked_up = _memory()
    index = Index(directory.members)
    indexed = _memory()
    data = dumps(directory)
    before = _memory()
    restored = loads(data)
    after = _memory()
    tracemalloc.stop()
    del restored
    build, dump, load = (
        _seconds(lambda: Index(directory.members)),
        _seconds(lambda: dumps(directory)),
        _seconds(lambda: loads(data)),
    )
    times = {query: _seconds(partial(index.search, query, 100)) for query in _typed(random)}
    worst = max(times, key=lambda query: times[query])
    ordered = sorted(times.values())
    return Measured(
        members=members,
        directory_megabytes=_mb(read - empty),
        lookup_megabytes=_mb(looked_up - read),
        index_megabytes=_mb(indexed - looked_up),
        restored_megabytes=_mb(after - before),
        search_median_ms=round(statistics.median(ordered) * 1000, 2),
        search_p99_ms=round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        search_worst_ms=round(ordered[-1] * 1000, 2),
        worst_query=worst,
        build_index_seconds=round(build, 2),
        snapshot_megabytes=_mb(len(data)),
        dump_seconds=round(dump, 2),
        load_seconds=round(load, 2),
    )


def _directory(members: int, random: Random) -> Directory:
    standing = Standing((OrgRole("blt0a11ca11ad000002", "Member"),))
    found = []
    for start in range(0, members, 100):  # page by page, as read: the raw rows do not stay
        page = [_share(number, random, *person) for number, person in _people(start)]
        found += [member_of(row, standing) for row in rows(ShareRow, json.loads(json.dumps(page)))]
    return Directory(
        organization=Organization("blt1", "Example"),
        members=tuple(found[:members]),
        roles=tuple(standing.roles),
        stacks=(),
        read_at=datetime.now(UTC),
        expected=members,
    )


_CROWD = crowd()


def _people(start: int) -> list[tuple[int, tuple[str, str, str]]]:
    return list(enumerate(islice(_CROWD, 100), start))


def _share(number: int, random: Random, first: str, last: str, email: str) -> dict[str, object]:
    created = _moment(2020, number)
    return {
        "uid": f"blt{random.getrandbits(64):016x}",
        "email": email,
        "user_uid": f"blt{random.getrandbits(64):016x}",
        "org_roles": ["blt0a11ca11ad000002"],
        "invited_by": "blt00000000000000a1",
        "invited_at": created,
        "created_at": created,
        "update_at": created,
        "status": "accepted",
        "user": {
            "first_name": first,
            "last_name": last,
            "tfa_status": "disabled",
            "last_login_at": _moment(2026, random.randrange(10**6)),
        },
    }


def _moment(year: int, number: int) -> str:
    day, clock = f"{1 + number % 12:02}-{1 + number % 28:02}", f"{number % 24:02}:{number % 60:02}:00"
    return f"{year}-{day}T{clock}.{number % 1000:03}Z"


def _typed(random: Random) -> list[str]:
    """What people type, key by key: beginnings of e-mails and names, whole addresses, two words."""
    people = list(islice(crowd(), 20_000))
    queries: dict[str, None] = {}
    for first, last, email in random.sample(people, 150):
        for text in (email, f"{first} {last}", last):
            for length in range(1, len(text) + 1):
                queries[text[:length]] = None
    return list(queries)


def _memory() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _mb(size: float) -> float:
    return round(size / MEGABYTE, 1)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    sys.stdout.write(json.dumps(asdict(measure(count)), indent=1, ensure_ascii=False) + "\n")
