from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.contentstack.bodies import StackRow
from bot.contentstack.client import Limits
from bot.contentstack.paging import all_rows
from bot.contentstack.reading import Reader
from bot.domain.members import Team
from bot.ports.contentstack import Unavailable
from bot.sandbox.contentstack.seed import ORG_UID
from tests.contentstack.support import Bench, canned

BASE = f"/v3/organizations/{ORG_UID}"
NIGHT = {"uid": "t1", "name": "Night shift", "users": ["u1"], "organizationRole": "r1"}


@pytest.mark.parametrize(
    ("status", "document", "teams"),
    [
        (
            200,
            {"teams": [NIGHT, NIGHT], "count": 2},
            (Team("t1", "Night shift", frozenset({"u1"}), ("r1",)),),
        ),
        (200, {"teams": [], "count": 0}, ()),
        (403, {"error_message": "no", "error_code": 316}, ()),
        (404, {"error_message": "no", "errors": {"x": ["y"]}}, ()),
        (405, None, ()),
        (422, {"error_message": "no", "errors": None}, None),
        (500, {"error_message": "no"}, None),
    ],
)
async def test_no_teams_and_unreadable_teams_are_told_apart(
    bench: Bench, status: int, document: object, teams: tuple[Team, ...] | None
) -> None:
    """CS §3.8: a plan without teams answers 403 or 404 and has none; anything else is not known."""
    async with canned({f"{BASE}/teams": (status, document)}) as url:
        client = bench.client(url=url, limits=Limits(tries=1))
        assert await Reader(client).teams([StackRow(uid="s")]) == teams
        await client.close()


@pytest.mark.parametrize(
    "document", [{}, {"organization": {"uid": "other"}}, {"user": 3, "organizations": None}]
)
async def test_an_answer_about_somebody_else_is_not_understood(bench: Bench, document: object) -> None:
    """Hostile until parsed: 200 alone proves nothing."""
    async with canned({BASE: (200, document), "/v3/user": (200, document)}) as url:
        client = bench.client(url=url)
        with pytest.raises(Unavailable):
            await Reader(client).organization()
        with pytest.raises(Unavailable):
            await Reader(client).account()
        await client.close()


async def test_the_plans_limits_set_the_pace(bench: Bench) -> None:
    """CS §3.1.2: `getLimit` and `limit` of the plan, of which a share is used."""
    features = [{"uid": "getLimit", "limit": 80}, {"uid": "limit", "limit": 40}]
    document = {"organization": {"uid": ORG_UID, "plan": {"features": features}}}
    async with canned({BASE: (200, document)}) as url:
        client = bench.client(url=url)
        await Reader(client).organization()
        assert (client.pacing.reads.ceiling, client.pacing.writes.ceiling) == (80.0, 40.0)
        await client.close()


@pytest.mark.parametrize(
    ("pages", "rows", "asked"),
    [
        ([{"r": [1, 2], "count": 3}, {"r": [3], "count": 3}], [1, 2, 3], [0, 2]),
        ([{"r": [1, 2]}, {"r": [3]}, {"r": []}], [1, 2, 3], [0, 2, 3]),
        ([{"r": [1, 2], "count": 9}, {"r": [], "count": 9}], [1, 2], [0, 2]),
        ([{"r": [1, 2]}, {"r": [1, 2]}], [1, 2], [0, 2]),
        ([{"r": None}], [], [0]),
        ([{}], [], [0]),
    ],
)
async def test_a_list_is_paged_to_its_end(
    pages: list[Mapping[str, object]], rows: list[object], asked: list[int]
) -> None:
    """The count, an empty page, or the same page again end it (CS §5.2)."""
    seen: list[int] = []
    left = iter(pages)

    async def fetch(query: Mapping[str, str]) -> Mapping[str, object]:
        assert (query["limit"], query["include_count"]) == ("100", "true")
        seen.append(int(query["skip"]))
        return next(left)

    assert (await all_rows(fetch, "r"), seen) == (rows, asked)
