"""What holds for every request: headers, types, limits, faults, journal (CS §1.2, §5, §6, §8.1)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.clock import ManualClock
from bot.sandbox.contentstack.server import ContentstackSandbox
from tests.contentstack.support import until

ORG = f"/v3/organizations/{seed.ORG_UID}"
SHARE = f"{ORG}/share"
INVITE = {"share": {"users": {"fault@example.com": [seed.MEMBER_ROLE]}}}


async def order(client: httpx.AsyncClient, kind: str, **more: Any) -> None:
    answer = await client.post("/_control/faults", json={"kind": kind, **more})
    assert answer.status_code == 200, answer.text


def invited(sandbox: ContentstackSandbox) -> bool:
    return "fault@example.com" in sandbox.state.organizations[seed.ORG_UID].by_email


async def test_unknown_routes_answer_in_text(bot: httpx.AsyncClient) -> None:
    """404 "Cannot GET …", the JavaScript SDK's resend path among them (§3.5, §6.1)."""
    path = f"{ORG}/blt1/resend_invitation"
    answer = await bot.get(path)
    assert (answer.status_code, answer.text) == (404, f"Cannot GET {path}")


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b'{"emails": ["a@example.com"]}', "text/plain", "Please set a valid 'Content-Type' header"),
        (b'{"emails": ["a@example.com"]}', "", "Please set a valid 'Content-Type' header"),
        (b"emails=a", "application/x-www-form-urlencoded", "Please set a valid 'Content-Type' header"),
        (b"{", "application/json", "The request body is not valid JSON."),
        (b"[]", "application/json", "The request body is not valid JSON."),
    ],
)
async def test_bodies_must_be_json_objects(
    bot: httpx.AsyncClient, content: bytes, kind: str, message: str
) -> None:
    """400 for a missing or other content type, also on DELETE with a body (§1.2, §6.3)."""
    headers = {"content-type": kind} if kind else {}
    answer = await bot.request("DELETE", SHARE, content=content, headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"error_message": message})


async def test_answers_carry_the_undocumented_headers(bot: httpx.AsyncClient) -> None:
    """X-REQUEST-ID counts, X-Runtime ends in ms, X-Contentstack-Organization is the uid (§1.2)."""
    headers = (await bot.get(ORG)).headers
    found = (headers["x-request-id"], headers["x-runtime"], headers["x-contentstack-organization"])
    assert found == ("1", "0ms", seed.ORG_UID)


async def test_no_credential_and_a_bad_one_differ(nobody: httpx.AsyncClient) -> None:
    """401/105 with `errors.authtoken` only when something was sent (§6.3)."""
    message = {"error_message": "You're not allowed in here unless you're logged in.", "error_code": 105}
    none = await nobody.get(SHARE)
    bad = await nobody.get(SHARE, headers={"authtoken": "blt0"})
    assert (none.status_code, none.json()) == (401, message)
    assert (bad.status_code, bad.json()) == (401, message | {"errors": {"authtoken": ["is not valid."]}})


async def test_reads_and_writes_have_limits_of_their_own(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox, clock: ManualClock
) -> None:
    """The plan's getLimit and limit per second and organization; both headers count down; 429/429 (§5.1)."""
    sandbox.state.switches.rate_limits = True
    features = sandbox.state.organizations[seed.ORG_UID].features
    features["getLimit"], features["limit"] = 3, 1
    reads = [await bot.get(ORG) for _ in range(4)]
    writes = [await bot.post(f"{SHARE}/search", json={"emails": [seed.MIA]}) for _ in range(2)]
    stack = await bot.get("/v3/roles", headers={"api_key": seed.SHOP})
    clock.advance(1)
    later = await bot.get(ORG)
    assert [answer.status_code for answer in reads] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in reads] == ["2", "1", "0", "0"]
    assert [answer.status_code for answer in writes] == [200, 429]
    assert writes[1].json() == {"error_message": "Too many requests", "error_code": 429}
    assert (stack.status_code, later.status_code, later.headers["x-ratelimit-limit"]) == (429, 200, "3")
    assert "retry-after" not in writes[1].headers


async def test_rate_headers_can_be_switched_off(bot: httpx.AsyncClient, sandbox: ContentstackSandbox) -> None:
    """The recorded live answers had neither header (§5.1)."""
    sandbox.state.switches.rate_limits, sandbox.state.switches.rate_headers = True, False
    assert not [name for name in (await bot.get(ORG)).headers if "ratelimit" in name]


async def test_burst_of_429_with_retry_after(bot: httpx.AsyncClient) -> None:
    """Exactly so many answers are 429, the rest pass; Retry-After on request (§5.1)."""
    await order(bot, "rate_limit", count=2, retry_after="5", method="GET", path="/share$")
    answers = [await bot.get(SHARE) for _ in range(3)]
    found = [(answer.status_code, answer.headers.get("retry-after")) for answer in answers]
    assert found == [(429, "5"), (429, "5"), (200, None)]


@pytest.mark.parametrize(
    ("kind", "status", "committed"),
    [
        ("server_error", 500, False),
        ("server_error_after", 500, True),
        ("bad_gateway", 502, False),
        ("null_errors", 422, False),
        ("rate_limit", 429, False),
    ],
)
async def test_failures_commit_or_not(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox, kind: str, status: int, committed: bool
) -> None:
    """Each failure says by its name whether the call took effect; so does the journal (§8.1)."""
    await order(bot, kind, method="POST", path="/share$")
    answer = await bot.post(SHARE, json=INVITE)
    entry = sandbox.journal.entries[-1]
    assert (answer.status_code, invited(sandbox)) == (status, committed)
    assert (entry.faults, entry.committed, entry.status, entry.body) == ([kind], committed, status, INVITE)


async def test_any_answer_of_the_catalogue_can_be_ordered(bot: httpx.AsyncClient) -> None:
    """A 401/161 (environment, not a token problem, §6.3), a plain 503 with Retry-After."""
    body = {"error_message": "Not permitted here.", "error_code": 161}
    await order(bot, "answer", status=401, body=body)
    await order(bot, "answer", status=503, body="try later", retry_after="2")
    first, second = await bot.get(ORG), await bot.get(ORG)
    assert (first.status_code, first.json()) == (401, body)
    assert (second.status_code, second.text, second.headers["retry-after"]) == (503, "try later", "2")


async def test_502_is_no_json_and_errors_can_be_null(bot: httpx.AsyncClient) -> None:
    """A gateway's HTML page; `errors: null` (§6.1, §8.1)."""
    await order(bot, "bad_gateway")
    page = await bot.get(ORG)
    await order(bot, "null_errors")
    body = (await bot.get(ORG)).json()
    assert (page.headers["content-type"], page.text[:6]) == ("text/html; charset=utf-8", "<html>")
    assert body["errors"] is None


@pytest.mark.parametrize(("kind", "committed"), [("drop_before", False), ("drop_after", True)])
async def test_dropped_connections(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox, kind: str, committed: bool
) -> None:
    """The connection ends unanswered, before or after the effect (§8.1)."""
    await order(bot, kind, method="POST")
    with pytest.raises(httpx.TransportError):
        await bot.post(SHARE, json=INVITE)
    assert (invited(sandbox), sandbox.journal.entries[-1].status) == (committed, 0)
    assert (await bot.get(ORG)).status_code == 200


@pytest.mark.parametrize(("kind", "committed"), [("hang_before", False), ("hang_after", True)])
async def test_silence_until_the_client_gives_up(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox, kind: str, committed: bool
) -> None:
    """No answer ever; the entry is in the journal from the start (§8.1: time-out after commit)."""
    await order(bot, kind, method="POST")
    with pytest.raises(httpx.ReadTimeout):
        await bot.post(SHARE, json=INVITE, timeout=0.2)
    entry = sandbox.journal.entries[-1]
    assert (invited(sandbox), entry.method, entry.committed) == (committed, "POST", committed)
    for _ in range(100):
        if entry.status == 0:
            break
        await asyncio.sleep(0.02)
    assert entry.status == 0, "the server notices that the client has gone"


async def test_truncated_page_and_duplicate_row(bot: httpx.AsyncClient) -> None:
    """Half of the rows are missing; the second page begins with the row that ended the first (§8.1)."""
    await order(bot, "truncated_page", path="/share$")
    half = (await bot.get(f"{SHARE}?include_count=true")).json()
    await order(bot, "duplicate_row", path="/share$", after=1)
    pages = [(await bot.get(f"{SHARE}?skip={skip}")).json()["shares"] for skip in (0, 100, 200)]
    assert (len(half["shares"]), half["count"]) == (50, 250)
    assert pages[0][-1]["uid"] == pages[1][0]["uid"]
    assert len({share["uid"] for page in pages for share in page}) == 249, "one is repeated, one is missed"


async def test_latency_is_added_to_every_answer(bot: httpx.AsyncClient) -> None:
    """`ms` more for each matching call until it is taken back (§8.1)."""
    await order(bot, "latency", ms=80, count=None, path="/share$")
    started = time.monotonic()
    await bot.get(SHARE)
    slow = time.monotonic() - started
    await bot.delete("/_control/faults")
    assert slow >= 0.08


async def test_latency_and_another_fault_go_together(bot: httpx.AsyncClient) -> None:
    """A slow 500 is a latency order and a failure order."""
    await order(bot, "latency", ms=50, count=None)
    await order(bot, "server_error")
    started = time.monotonic()
    answer = await bot.get(ORG)
    assert (answer.status_code, time.monotonic() - started >= 0.05) == (500, True)


async def test_a_gate_keeps_the_answer_back_until_it_is_opened(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """The call has its effect at once; its answer comes when the order, used up or not, is taken back."""
    await order(bot, "gate", method="POST")
    [gate] = sandbox.faults.orders
    invitation = asyncio.create_task(bot.post(SHARE, json=INVITE))
    await until(lambda: invited(sandbox))
    beside = await bot.get(ORG)
    assert (beside.status_code, invitation.done(), sandbox.faults.orders) == (200, False, [])
    await bot.delete(f"/_control/faults/{gate.uid}")
    assert (await invitation).status_code == 201


async def test_clearing_the_faults_opens_every_gate(
    bot: httpx.AsyncClient, sandbox: ContentstackSandbox
) -> None:
    """Whether its order is used up or still in force."""
    await order(bot, "gate", count=1)
    await order(bot, "gate", count=None, path="/share$")
    calls = [asyncio.create_task(bot.get(path)) for path in (ORG, SHARE)]
    await until(lambda: len(sandbox.journal.entries) == 2)
    await bot.delete("/_control/faults")
    assert [(await call).status_code for call in calls] == [200, 200]


async def test_a_forgotten_gate_opens_by_itself(bot: httpx.AsyncClient) -> None:
    """After `ms` milliseconds the answer comes all the same."""
    await order(bot, "gate", ms=40, count=None)
    started = time.monotonic()
    answer = await bot.get(ORG)
    assert (answer.status_code, time.monotonic() - started >= 0.04) == (200, True)


async def test_journal_tells_all_but_secrets(bot: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
    """Method, path, query, who, body, status; no passwords or acceptance tokens; no control calls."""
    await nobody.post("/v3/user-session", json={"user": {"email": seed.MIA, "password": "secret"}})
    await bot.get(f"{SHARE}?limit=1")
    await nobody.post("/v3/user/accept/blt5ec2e7")
    body = (await nobody.get("/_control/journal")).json()
    found = [
        (row["method"], row["path"], row["query"], row["who"], row["body"], row["status"], row["org"])
        for row in body["entries"]
    ]
    assert found == [
        (
            "POST",
            "/v3/user-session",
            "",
            None,
            {"user": {"email": seed.MIA, "password": "[redacted]"}},
            422,
            None,
        ),
        ("GET", SHARE, "limit=1", seed.BOT, None, 200, seed.ORG_UID),
        ("POST", "/v3/user/accept/[redacted]", "", None, None, 422, None),
    ]


async def test_journal_is_read_in_steps(bot: httpx.AsyncClient) -> None:
    """`since` goes on after a number; method and path filter."""
    for _ in range(3):
        await bot.get(ORG)
    await bot.post(f"{SHARE}/search", json={"emails": [seed.MIA]})
    first = (await bot.get("/_control/journal?limit=2")).json()
    rest = (await bot.get(f"/_control/journal?since={first['next']}")).json()
    posts = (await bot.get("/_control/journal?method=POST&path=search$")).json()
    seqs = [[row["seq"] for row in body["entries"]] for body in (first, rest, posts)]
    assert (seqs, rest["seq"]) == ([[1, 2], [3, 4], [4]], 4)
