from __future__ import annotations

import asyncio
import gzip
import math
import operator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.contentstack.client import Limits
from bot.contentstack.snapshot import dumps, loads
from bot.domain.members import Directory, Known, Status
from bot.ports.contentstack import CredentialRefused, Loading, Unavailable
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from tests.contentstack.support import Bench, LeapClock, until

SHARES = "/share$"


async def test_the_whole_organization_is_read(bench: Bench) -> None:
    """Every page, role, stack, team; compared with the API's own count."""
    api = bench.api()
    found = await api.directory(max_age=0)
    org = bench.sandbox.state.organizations[seed.ORG_UID]
    assert (found.expected, found.complete) == (250, True)
    assert {member.share_uid for member in found.members} == set(org.shares)
    assert {role.uid for role in found.roles} == set(org.roles)
    assert {stack.uid for stack in found.stacks} == {stack.uid for stack in org.stacks.values()}
    assert [team.name for team in found.teams or ()] == ["Night shift", "Newsroom"]
    assert len(bench.asked("/share")) == 3


@pytest.mark.parametrize(
    ("email", "admin", "is_owner", "status"),
    [
        (seed.OWNER, Known.NO, True, Status.ACCEPTED),
        (seed.ADA, Known.YES, False, Status.ACCEPTED),
        (seed.IN_TEAM, Known.YES, False, Status.ACCEPTED),
        (seed.MIA, Known.NO, False, Status.ACCEPTED),
        (seed.SECURITY, Known.NO, False, Status.ACCEPTED),
        (seed.PENDING, Known.NO, False, Status.PENDING),
    ],
)
async def test_admins_are_those_with_the_flag_also_through_a_team(
    bench: Bench, email: str, admin: Known, is_owner: bool, status: Status
) -> None:
    """The seed's people, from the directory and from a fresh search alike."""
    api = bench.api()
    directory = await api.directory(max_age=0)
    (listed,) = directory.with_email(email)
    (searched,) = await api.members([email])
    for member in (listed, searched):
        assert (member.admin, member.is_owner, member.status) == (admin, is_owner, status)


async def test_stack_roles_are_known_by_account(bench: Bench) -> None:
    """What the sandbox's state says is what the directory says; the archive is closed to the bot."""
    directory = await bench.api().directory(max_age=0)
    truth = {
        key: {uid: tuple(sorted(held)) for uid, held in stack.users.items() if held}
        for key, stack in bench.sandbox.state.stacks.items()
    }
    assert {stack.api_key: stack.holders for stack in directory.stacks} == {**truth, seed.ARCHIVE: None}


async def test_a_page_cut_short_loses_nobody(bench: Bench) -> None:
    """CS §8.1 "truncated page": reading goes on from what really came."""
    bench.break_(Kind.TRUNCATED_PAGE, SHARES, after=1)
    found = await bench.api().directory(max_age=0)
    assert (len(found.members), found.complete, len(bench.asked("/share"))) == (250, True, 3)


async def test_a_repeated_row_counts_once_and_the_list_is_read_again(bench: Bench) -> None:
    """CS §5.2: one row twice means another one missing; the second reading is whole."""
    bench.break_(Kind.DUPLICATE_ROW, SHARES, after=1)
    found = await bench.api().directory(max_age=0)
    assert (len(found.members), found.complete, len(bench.asked("/share"))) == (250, True, 6)


async def test_a_list_that_never_agrees_with_its_count_is_told_as_incomplete(bench: Bench) -> None:
    """Two readings, then honesty."""
    bench.break_(Kind.DUPLICATE_ROW, SHARES, after=1)
    bench.break_(Kind.DUPLICATE_ROW, SHARES, after=3)  # the second page of the second reading
    found = await bench.api().directory(max_age=0)
    assert (len(found.members), found.expected, found.complete) == (249, 250, False)


async def test_a_closed_stack_does_not_fail_the_rest(bench: Bench) -> None:
    """CS §3.1.6: after 403, 412 or 422 its roles and holders are unknown, all others are read."""
    bench.break_(Kind.NULL_ERRORS, "/v3/roles$")  # 422 for the first stack
    bench.sandbox.state.stacks.pop(seed.SHOP)  # its api key is unknown from now on: 412/109
    found = await bench.api().directory(max_age=0)
    closed = [stack.api_key for stack in found.stacks if stack.roles is None and stack.holders is None]
    assert closed == [seed.MARKETING, seed.SHOP, seed.ARCHIVE]
    assert (len(found.members), len(found.stacks)) == (250, 6)


async def test_unreadable_teams_make_admins_unknown_not_absent(bench: Bench) -> None:
    """5xx on teams: nobody with an account is surely no admin."""
    bench.break_(Kind.SERVER_ERROR, "/teams", count=None)
    found = await bench.api(limits=Limits(tries=1)).directory(max_age=0)
    (mia,), (ada,) = found.with_email(seed.MIA), found.with_email(seed.ADA)
    assert (found.teams, mia.admin, ada.admin) == (None, Known.UNKNOWN, Known.YES)


async def test_a_directory_young_enough_is_not_read_again(bench: Bench) -> None:
    """`max_age` decides; several who wait share one read."""
    api = bench.api()
    first, second = await asyncio.gather(api.directory(max_age=60), api.directory(max_age=60))
    third = await api.directory(max_age=60)
    assert (second is first, third is first, len(bench.asked("/share"))) == (True, True, 3)
    again = await api.directory(max_age=0)
    assert (again is first, all(map(operator.is_, again.members, first.members))) == (False, True)


async def test_now_means_a_read_that_begins_now(bench: Bench) -> None:
    """A read under way that began before the question does not answer it."""
    api = bench.api()
    early = asyncio.create_task(api.directory(max_age=60))
    await until(lambda: bool(bench.asked("/share")))
    bench.sandbox.state.organizations[seed.ORG_UID].name = "Renamed"
    fresh = await api.directory(max_age=0)
    assert ((await early).organization.name, fresh.organization.name) == (seed.ORG_NAME, "Renamed")


async def test_the_first_load_shows_its_progress(bench: Bench) -> None:
    """ "loading n of m" while it runs; nothing in memory until it is whole."""
    api = bench.api()
    bench.break_(Kind.LATENCY, SHARES, count=3, ms=50)
    seen: list[Loading | None] = [api.loading()]
    await api.start()
    while api.cached() is None:
        assert api.search("a", 10) is None
        if seen[-1] != api.loading():
            seen.append(api.loading())
        await asyncio.sleep(0.005)
    assert seen[:3] == [Loading(0, None), Loading(100, 250), Loading(200, 250)]
    assert api.loading() is None


async def test_while_nothing_is_in_memory_the_api_is_asked(bench: Bench) -> None:
    """CS §3.2.1: typeahead by e-mail fragment, `+` and all; admin is unknown there."""
    api = bench.api()
    found = await api.typeahead("paul+", 5)
    assert [(member.email, member.admin) for member in found] == [(seed.PLUS, Known.UNKNOWN)]
    assert len(await api.typeahead("example", 5)) == 5


async def test_the_directory_in_memory_is_searchable(bench: Bench) -> None:
    """By name, without accents, with the number of all hits."""
    api = bench.api()
    await api.directory(max_age=0)
    hits = api.search("muller", 2)
    assert hits is not None
    assert (len(hits.members), hits.total > 2) == (2, True)
    assert all(hit.last_name == "Müller" for hit in hits.members)


async def test_a_snapshot_spares_the_wait_and_comes_back_whole(bench: Bench) -> None:
    """What was read is handed out, survives as bytes, and serves the next start while the API is slow."""
    kept: list[Directory] = []

    async def keep(directory: Directory) -> None:
        kept.append(directory)

    read = await bench.api(on_snapshot=keep).directory(max_age=0)
    restored = loads(dumps(kept[0]))
    assert (kept, restored) == ([read], read)
    bench.break_(Kind.LATENCY, count=None, ms=300)
    api = bench.api()
    await api.start(lambda: restored)
    assert await api.directory(max_age=math.inf) == read
    hits = api.search(seed.MIA, 5)
    assert (api.cached(), api.loading(), hits and hits.total) == (read, None, 1)


class Waiting(LeapClock):
    """Whoever sleeps wakes when he is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await self.go_on.wait()


async def test_a_kept_directory_serves_before_the_first_read(bench: Bench) -> None:
    """A restart takes up its runs first: reading everybody anew begins some seconds later."""
    read = await bench.api().directory(max_age=0)
    asked = len(bench.asked("/share"))
    bench.clock = clock = Waiting()
    api = bench.api()
    await api.start(lambda: read)
    await until(lambda: bool(clock.slept))
    assert (api.cached(), clock.slept, len(bench.asked("/share"))) == (read, [5.0], asked)
    clock.go_on.set()
    await until(lambda: len(bench.asked("/share")) > asked)


async def test_a_snapshot_that_cannot_be_kept_spoils_nothing(bench: Bench) -> None:
    """A full disk costs the next start a wait, not this one its directory."""

    async def fail(directory: Directory) -> None:
        raise OSError("no space left")

    api = bench.api(on_snapshot=fail)
    assert (await api.directory(max_age=0)).complete


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"version": 1, "directory": {}}', b"\xff"])
def test_what_is_no_snapshot_is_none(data: bytes) -> None:
    """A broken snapshot costs a wait, not the start."""
    assert loads(data) is None


async def test_a_snapshot_of_another_version_is_none(bench: Bench) -> None:
    """Formats may change; the past is read anew."""
    directory = await bench.api().directory(max_age=0)
    data = dumps(replace(directory, members=directory.members[:1]))
    text = gzip.decompress(data)
    assert text.startswith(b'{"version":2,')
    assert loads(gzip.compress(text.replace(b'{"version":2,', b'{"version":3,'))) is None


async def test_half_a_snapshot_is_none(bench: Bench) -> None:
    """Nobody is missing silently."""
    data = dumps(await bench.api().directory(max_age=0))
    assert loads(data[: len(data) // 2]) is None


async def test_the_directory_is_refreshed_in_the_background(bench: Bench) -> None:
    """Trouble is waited out: the first reads fail, a later one succeeds by itself."""
    bench.break_(Kind.BAD_GATEWAY, f"/organizations/{seed.ORG_UID}$", count=1)
    api = bench.api(limits=Limits(tries=1), refresh_seconds=0.05)
    await api.start()
    await until(lambda: api.cached() is not None)
    first = api.cached()
    assert first is not None
    await until(lambda: api.cached() is not first)
    again = api.cached()
    assert again is not None
    assert again.read_at - first.read_at >= timedelta(seconds=0.05)


async def test_errors_reach_whoever_waits(bench: Bench) -> None:
    """A refused credential and an absent Contentstack are told apart."""
    with pytest.raises(CredentialRefused):
        await bench.api(token="blt0000dead").directory(max_age=0)
    with pytest.raises(Unavailable):
        await bench.api(url="http://127.0.0.1:1", limits=Limits(tries=1)).directory(max_age=0)


async def test_fifty_stacks_of_which_one_breaks_raise_one_error(bench: Bench) -> None:
    """Reads side by side fail as one of the port's errors, not as a group."""
    bench.break_(Kind.BAD_GATEWAY, "/v3/roles$", count=None)
    with pytest.raises(Unavailable):
        await bench.api(limits=Limits(tries=1)).directory(max_age=0)


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (401, 105, "CredentialRefused: renew it (python app.py login), or correct CONTENTSTACK_REGION"),
        (403, 316, "NotPermitted: correct CONTENTSTACK_ORGANIZATION_UID, or give the account the right"),
        (502, 0, "Unavailable"),
    ],
)
async def test_what_to_correct_is_in_the_log_by_the_name_of_its_setting(
    bench: Bench, caplog: pytest.LogCaptureFixture, status: int, code: int, advice: str
) -> None:
    """A wrong region looks like an ended token, a wrong organization like a missing right (CS §6.3)."""
    bench.break_(Kind.ANSWER, count=None, status=status, body={"error_message": "No.", "error_code": code})
    api = bench.api(limits=Limits(tries=1))
    await api.start()
    await until(lambda: bool(caplog.messages))
    await api.close()
    assert caplog.messages[0].startswith(f"directory not read: {advice}")
