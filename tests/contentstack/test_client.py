from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.contentstack.client import Ask, Client, Credential, Limits, seconds_of
from bot.contentstack.pacing import Pacing, Priority
from bot.ports.contentstack import (
    ContentstackError,
    CredentialRefused,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
)
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.faults import Kind
from tests.contentstack.support import PATIENT, QUICK, Bench, LeapClock

ROLES = f"/v3/organizations/{seed.ORG_UID}/roles"
SHARE = f"/v3/organizations/{seed.ORG_UID}/share"


async def read(client: Client, path: str = ROLES) -> int:
    """Read roles; how many came."""
    ask = Ask("GET", path, {"limit": "100"}, harmless=True)
    document = await client.read(ask, priority=Priority.INTERACTIVE)
    roles = document["roles"]
    assert isinstance(roles, list)
    return len(roles)


def remove(*emails: str) -> Ask:
    return Ask("DELETE", SHARE, body={"emails": list(emails)})


PASSING = (
    Kind.RATE_LIMIT,
    Kind.SERVER_ERROR,
    Kind.SERVER_ERROR_AFTER,
    Kind.BAD_GATEWAY,
    Kind.HANG_BEFORE,
    Kind.HANG_AFTER,
    Kind.DROP_BEFORE,
    Kind.DROP_AFTER,
    Kind.ANSWER,  # a 503, where nothing else is ordered
)
REFUSING = (Kind.NULL_ERRORS,)
OF_LISTS = (Kind.TRUNCATED_PAGE, Kind.DUPLICATE_ROW)
SLOW = (Kind.LATENCY, Kind.GATE)


def limits(kind: Kind) -> Limits:
    """Who meets silence does not wait long for it to end."""
    return QUICK if kind in {Kind.HANG_BEFORE, Kind.HANG_AFTER} else PATIENT


def test_every_fault_of_the_sandbox_is_met() -> None:
    """Completeness: those of lists in test_directory.py, the others below."""
    assert {*PASSING, *REFUSING, *OF_LISTS, *SLOW} == set(Kind)


@pytest.mark.parametrize("kind", PASSING)
async def test_a_read_is_repeated_until_it_succeeds(bench: Bench, kind: Kind) -> None:
    """CS §5.1: 429, 5xx, a gateway's page, silence and a cut connection are passing troubles for a read."""
    bench.break_(kind, count=2)
    client = bench.client(limits=limits(kind))
    assert (await read(client), len(bench.asked("/roles"))) == (5, 3)
    await client.close()


@pytest.mark.parametrize(
    ("kind", "error", "removed"),
    [
        (Kind.SERVER_ERROR, OutcomeUnknown, False),
        (Kind.SERVER_ERROR_AFTER, OutcomeUnknown, True),
        (Kind.BAD_GATEWAY, OutcomeUnknown, False),
        (Kind.ANSWER, OutcomeUnknown, False),
        (Kind.HANG_BEFORE, OutcomeUnknown, False),
        (Kind.HANG_AFTER, OutcomeUnknown, True),
        (Kind.DROP_BEFORE, OutcomeUnknown, False),
        (Kind.DROP_AFTER, OutcomeUnknown, True),
        (Kind.NULL_ERRORS, Rejected, False),
    ],
)
async def test_a_write_with_an_uncertain_end_is_never_repeated(
    bench: Bench, kind: Kind, error: type[ContentstackError], removed: bool
) -> None:
    """CS §5.1: whether it happened or not looks the same from here, so it is asked once."""
    bench.break_(kind, count=None)
    client = bench.client(limits=limits(kind))
    with pytest.raises(error):
        await client.write(remove(seed.MIA))
    org = bench.sandbox.state.organizations[seed.ORG_UID]
    assert (len(bench.asked("/share")), seed.MIA not in org.by_email) == (1, removed)
    await client.close()


@pytest.mark.parametrize("kind", SLOW)
async def test_an_answer_that_comes_too_late_leaves_a_write_unknown(bench: Bench, kind: Kind) -> None:
    """The write time-out ends the waiting, not what Contentstack is doing."""
    bench.break_(kind, ms=600)
    client = bench.client(limits=QUICK)
    with pytest.raises(OutcomeUnknown):
        await client.write(remove(seed.MIA))
    assert seed.MIA not in bench.sandbox.state.organizations[seed.ORG_UID].by_email
    await client.close()


async def test_a_refused_read_is_not_repeated(bench: Bench) -> None:
    """A 422 stays a 422, `errors: null` and all."""
    bench.break_(Kind.NULL_ERRORS)
    client = bench.client()
    with pytest.raises(Rejected, match="doesn't exist"):
        await read(client)
    assert len(bench.asked("/roles")) == 1
    await client.close()


async def test_a_write_answered_429_is_repeated(bench: Bench) -> None:
    """CS §5.1: a 429 was not executed."""
    bench.break_(Kind.RATE_LIMIT, count=2)
    client = bench.client()
    reply = await client.write(remove(seed.MIA))
    assert (reply.status, len(bench.asked("/share"))) == (200, 3)
    assert reply.request_id == str(bench.asked("/share")[-1].seq)
    await client.close()


async def test_a_rate_limit_that_does_not_end_is_told_as_such(bench: Bench) -> None:
    """Tries are capped; nothing happened."""
    bench.break_(Kind.RATE_LIMIT, count=None)
    client = bench.client()
    with pytest.raises(RateLimited) as caught:
        await client.write(remove(seed.MIA))
    assert (caught.value.detail, caught.value.code) == ("Too many requests", 429)
    assert len(bench.asked("/share")) == PATIENT.tries
    await client.close()


async def test_retry_after_is_honoured_and_longer_than_patience_gives_up(bench: Bench) -> None:
    """CS §5.1: honour it if present; nobody waits longer than the patience."""
    clock = LeapClock()
    bench.clock = clock
    bench.break_(Kind.RATE_LIMIT, retry_after="3")
    client = bench.client(limits=replace(PATIENT, patience=5.0))
    assert await read(client) == 5
    assert 3.0 in clock.slept
    bench.break_(Kind.RATE_LIMIT, retry_after="60")
    with pytest.raises(RateLimited):
        await read(client)
    await client.close()


async def test_a_429_halves_the_pace_and_success_raises_it(bench: Bench) -> None:
    """Design §5: AIMD, on what Contentstack really answers."""
    client = bench.client(first_writes=2.0)
    before = client.pacing.writes.rate
    bench.break_(Kind.RATE_LIMIT)
    await client.write(remove(seed.MIA))
    assert (before, client.pacing.writes.rate) == (2.0, 1.25)
    await client.close()


async def test_nobody_listening_is_unavailable_for_reads_and_writes(bench: Bench) -> None:
    """No connection: nothing was sent."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = bench.client(url=f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(Unavailable):
            await read(client)
        with pytest.raises(Unavailable):
            await client.write(remove(seed.MIA))
    await client.close()


async def test_an_answer_that_trickles_is_cut_off_by_the_whole_time(bench: Bench) -> None:
    """A byte now and then keeps no write alive beyond its time-out."""

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        try:
            for _ in range(100):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = bench.client(url=f"http://127.0.0.1:{port}", limits=QUICK)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.write(remove(seed.MIA))
    assert caught.value.detail == "no complete answer from Contentstack (TimeoutError)"
    await client.close()
    server.close()


async def test_a_refused_credential_is_told_at_once(bench: Bench) -> None:
    """CS §6.3: 401/105 is not repeated."""
    client = bench.client(token="blt00000000dead0000")
    with pytest.raises(CredentialRefused) as caught:
        await read(client)
    assert (caught.value.status, caught.value.code, len(bench.asked("/roles"))) == (401, 105, 1)
    await client.close()


@pytest.mark.parametrize(
    ("credential", "header"),
    [
        (Credential("authtoken", "secret-1"), ("authtoken", "secret-1")),
        (Credential("oauth", "secret-2"), ("authorization", "Bearer secret-2")),
    ],
)
async def test_each_kind_of_credential_has_its_own_header(
    credential: Credential, header: tuple[str, str]
) -> None:
    """CS §1.3: an OAuth token in the authtoken header would be refused; organization_uid goes along."""
    seen: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    clock = LeapClock()
    client = Client(
        f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v3/",
        "bltORG",
        credential,
        clock=clock,
        chance=lambda: 0.5,
        pacing=Pacing(clock),
    )
    ask = Ask("GET", "/v3/roles", {"typeahead": "a+b@example.com"}, api_key="bltKEY", harmless=True)
    await client.read(ask, priority=Priority.RUN)
    await client.close()
    server.close()
    name, value = header
    lines = seen[0].split("\r\n")
    expected = {f"{name}: {value.lower()}", "organization_uid: bltorg", "api_key: bltkey"}
    assert lines[0] == "get /v3/roles?typeahead=a%2bb%40example.com http/1.1"
    assert expected <= set(lines)


async def test_neither_secrets_nor_addresses_are_told(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Tokens and e-mails stay out of reprs, errors and logs, whatever the level of the root logger."""
    caplog.set_level(logging.INFO)
    client = bench.client(limits=replace(QUICK, read_timeout=60.0))
    await client.read(Ask("GET", SHARE, {"typeahead": seed.MIA}, harmless=True), priority=Priority.RUN)
    bench.break_(Kind.HANG_AFTER)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.write(remove(seed.MIA))
    told = f"{caplog.text} {caught.value!r} {client.credential!r}"
    assert (seed.MIA in told, seed.BOT_AUTHTOKEN in told) == (False, False)
    await client.close()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 00:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 00:00:30 GMT", 0.0),
        ("Mon, 23 Nov 2026 00:00:30", 0.0),
        ("soon", 0.0),
        ("-3", 0.0),
        ("", 0.0),
    ],
)
def test_retry_after_comes_as_seconds_or_as_a_date(header: str, seconds: float) -> None:
    """RFC 9110 §10.2.3; what is neither counts for nothing."""
    assert seconds_of(header, datetime(2026, 11, 23, tzinfo=UTC)) == seconds


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'"ok"', b""])
async def test_a_success_without_contentstacks_json_is_not_believed(bench: Bench, body: bytes) -> None:
    """A 200 of something in between is no answer: reads fail, writes are unknown."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = bench.client(url=url, limits=Limits(tries=1))
    kinds: list[Any] = []
    for ask in (read(client), client.write(Ask("POST", "/v3/x", body={}))):
        with pytest.raises(ContentstackError) as caught:
            await ask
        kinds.append(caught.type)
    assert kinds == [Unavailable, OutcomeUnknown]
    await client.close()
    server.close()
