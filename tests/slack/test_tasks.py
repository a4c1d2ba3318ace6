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
