"""Work after the acknowledgement: never lost, never silent."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.slack.tasks import Tasks


async def test_a_failure_is_told_to_the_person_and_logged_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Type and place are enough to find it; the text may hold an address."""
    tasks, told = Tasks(), list[Exception]()

    async def work() -> None:
        raise ValueError("mia.member@example.com")

    async def tell(error: Exception) -> None:
        told.append(error)

    with caplog.at_level(logging.ERROR):
        tasks.start(work(), "a click", tell)
        assert await tasks.settle(1)
    assert [str(error) for error in told] == ["mia.member@example.com"]
    (record,) = caplog.records
    assert record.getMessage().startswith("a click failed: ValueError at ")
    assert "mia.member" not in caplog.text


async def test_nobody_to_tell_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    """Telling may fail as well."""
    tasks = Tasks()

    async def work() -> None:
        raise ValueError

    async def tell(error: Exception) -> None:
        raise KeyError from error

    with caplog.at_level(logging.ERROR):
        tasks.start(work(), "a click", tell)
        await tasks.settle(1)
    assert [record.getMessage().split(" at ")[0] for record in caplog.records] == [
        "a click failed: ValueError",
        "a click: nobody could be told: KeyError",
    ]


async def test_a_stop_waits_for_what_runs_and_cuts_off_what_takes_too_long() -> None:
    """Quick work ends by itself, slow work is cancelled, idle work is not waited for."""
    tasks, seen = Tasks(), list[str]()

    async def work(name: str, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            seen.append(f"{name} done")
        except asyncio.CancelledError:
            seen.append(f"{name} cut")
            raise

    tasks.start(work("quick", 0.01), "quick")
    tasks.start(work("slow", 60), "slow")
    tasks.start_idle(work("idle", 60), "idle")
    await asyncio.sleep(0)
    await tasks.close(0.1)
    assert (sorted(seen), tasks.running) == (["idle cut", "quick done", "slow cut"], 0)


async def test_work_waits_until_requests_cease_and_begins_in_their_order() -> None:
    """Whoever comes in the same moment is acknowledged before anybody's work begins."""
    tasks, seen = Tasks(lull=0.05), list[str]()

    async def work(name: str) -> None:
        seen.append(name)

    for name in ("ada", "grace", "mia"):
        tasks.start(work(name), name)
        await asyncio.sleep(0)
        seen.append(f"{name} acknowledged")
    assert await tasks.settle(10)
    assert seen == ["ada acknowledged", "grace acknowledged", "mia acknowledged", "ada", "grace", "mia"]


async def test_work_begins_though_requests_never_cease() -> None:
    """A crowd that goes on clicking does not keep anybody's work from beginning."""
    tasks, seen = Tasks(lull=60, longest=0.05), list[str]()

    async def work() -> None:
        seen.append("begun")

    tasks.start(work(), "a click")
    assert await tasks.settle(10)
    assert seen == ["begun"]


async def test_work_that_was_not_begun_is_cut_off_by_a_stop() -> None:
    """Nothing stays behind that would warn of itself later."""
    tasks, seen = Tasks(lull=60, longest=60), list[str]()

    async def work() -> None:
        seen.append("begun")

    tasks.start(work(), "a click")
    await tasks.close(0.01)
    assert (seen, tasks.running) == ([], 0)
