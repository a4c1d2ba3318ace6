"""The simulated Contentstack by itself."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import httpx

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.run import run

ROOT = Path(__file__).parents[3]


async def test_it_serves_until_it_is_stopped() -> None:
    """The first line is the address; `unpublished` switches both families on."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    stop = asyncio.Event()
    task = asyncio.create_task(run(lines.put_nowait, members=30, unpublished=True, stop=stop))
    url = (await lines.get()).removeprefix("contentstack ")
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False) as client:
        headers = {"authtoken": seed.BOT_AUTHTOKEN}
        answer = await client.get(f"/v4/organizations/{seed.ORG_UID}/roles", headers=headers)
    stop.set()
    await task
    assert (answer.status_code, await lines.get()) == (200, f"organization {seed.ORG_UID}")


async def test_a_signal_ends_it_well(tmp_path: Path) -> None:
    """As a process of its own it writes its certificate, and ends with 0 on SIGTERM."""
    certificate = tmp_path / "sandbox.pem"
    script = ROOT / "tests" / "interop" / "contentstack_serve.py"
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), str(certificate), cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    line = await process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    code = await process.wait()
    await process.stdout.read()
    assert (line[:27], code) == (b"contentstack https://127.0.", 0)
    assert certificate.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
