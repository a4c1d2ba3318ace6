"""What ships beside the code: locks that agree, an image without secrets, a unit that starts not in vain."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

ROOT = Path(__file__).parent.parent


def pins(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Distribution -> its requirement with marker, and its hashes."""
    text = (ROOT / name).read_text("utf-8")
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for block in re.split(r"\n(?=[a-z])", text):
        line = block.splitlines()[0].removesuffix(" \\")
        found[line.split("==")[0]] = (line, frozenset(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block)))
    return found


def test_what_runs_in_production_is_what_was_tested() -> None:
    """Every pin of the run lock stands in the whole lock, with the same marker and the same hashes."""
    run, whole = pins("requirements-run.lock"), pins("requirements.lock")
    assert {name: pin for name, pin in run.items() if whole.get(name) != pin} == {}
    assert {"slack-bolt", "httpx", "dbos", "sqlite-utils"} <= run.keys()
    assert {"pytest", "hypothesis", "ruff", "playwright"} & run.keys() == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock"])
def test_locks_name_no_index(name: str) -> None:
    """Hashes for everything and no address, so that any mirror serves them."""
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert [one for one, (_, hashes) in pins(name).items() if not hashes] == []


def test_the_image_takes_only_what_runs() -> None:
    """The build context is a list of what goes in: no .env, no data directory, no history."""
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split("\n")
    allowed = [line[1:] for line in ignored if line.startswith("!")]
    docker = (ROOT / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", docker, re.MULTILINE)
    assert ignored[1] == "*"
    assert sorted(" ".join(copied).split()) == sorted(allowed)
    assert [name for name in allowed if not (ROOT / name).exists()] == []
    assert re.search(r"^USER 10001$", docker, re.MULTILINE)
    assert "--require-hashes" in docker


def healthcheck() -> list[str]:
    """The image's health check, to be run by the Python at hand."""
    docker = (ROOT / "Dockerfile").read_text("utf-8")
    found = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.+\])$", docker, re.MULTILINE)
    assert found is not None
    command: list[str] = json.loads(found[1])
    assert command[0] == "python"
    return [sys.executable, *command[1:]]


@pytest.fixture
async def healthy() -> AsyncIterator[int]:
    """A port where `/health` is answered."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_get("/health", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def _check(listen: str) -> int:
    environment = {**os.environ, "ROLLCALL_LISTEN": listen}
    process = await asyncio.create_subprocess_exec(*healthcheck(), env=environment, stderr=subprocess.DEVNULL)
    return await process.wait()


async def test_the_health_check_asks_where_the_bot_listens(healthy: int) -> None:
    """Good where it answers, bad where nobody does, good in Socket Mode, which has nothing to ask."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
        found = [await _check(f"0.0.0.0:{healthy}"), await _check(f"0.0.0.0:{nobody}"), await _check("")]
    assert found == [0, 1, 0]


def test_the_service_does_not_try_again_with_unusable_settings() -> None:
    """The unit knows the exit code of the command line, and gives the stop the time that it needs."""
    unit = (ROOT / "deploy" / "rollcall.service").read_text("utf-8")
    lines = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    assert lines["RestartPreventExitStatus"] == str(os.EX_CONFIG)
    assert (lines["Restart"], lines["TimeoutStopSec"]) == ("on-failure", "15")
    assert (lines["ProtectSystem"], lines["NoNewPrivileges"]) == ("strict", "yes")
    assert (lines["StateDirectory"], lines["StateDirectoryMode"]) == ("rollcall", "0700")
