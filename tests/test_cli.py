"""The command line, as processes: what each command prints, where, and with which exit code."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.stands import ENTRY
from bot.manifest import read_manifest
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.workspace.core import PATIENT
from bot.sandbox.workspace.server import WorkspaceSandbox

ROOT = Path(__file__).parent.parent
COMMANDS = ["audit", "backup", "demo", "doctor", "key", "login", "manifest", "policy", "sandbox"]
EX_CONFIG = 78


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without any setting of ours."""
    ours = ("SLACK_", "CONTENTSTACK_", "ROLLCALL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | dict(more or {})


async def run(*arguments: str, cwd: Path, settings: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run `app.py` to its end: exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "app.py"), *arguments,
        cwd=cwd, env=clean_environment(settings), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode(), err.decode()


async def test_help_names_every_command(tmp_path: Path) -> None:
    """Every command, each with a line."""
    code, out, _ = await run("--help", cwd=tmp_path)
    listed = [line.split()[0] for line in out.partition("Commands:\n")[2].splitlines()]
    assert (code, listed) == (0, COMMANDS)


def test_the_demo_starts_what_anybody_starts() -> None:
    """The bot of `app.py demo` is `app.py`."""
    assert ENTRY == ROOT / "app.py"


async def test_a_start_without_settings_names_the_variables(tmp_path: Path) -> None:
    """Exit code 78 so that a service manager does not try again, and no traceback."""
    code, out, err = await run(cwd=tmp_path)
    assert (code, out) == (EX_CONFIG, "")
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "CONTENTSTACK_REGION",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "CONTENTSTACK_ORGANIZATION_UID",
        "See docs/settings.md, or run `python app.py doctor`.",
    ]


def where(slack: WorkspaceSandbox, url: str, directory: Path) -> dict[str, str]:
    """The settings of a bot beside both systems, without its tokens."""
    return {
        "SLACK_API_URL": slack.api_url,
        "CONTENTSTACK_REGION": "na",
        "CONTENTSTACK_API_URL": url,
        "CONTENTSTACK_ORGANIZATION_UID": seed.ORG_UID,
        "CONTENTSTACK_AUTHTOKEN": seed.BOT_AUTHTOKEN,
        "ROLLCALL_DATA_DIR": str(directory / "data"),
    }


@pytest.mark.parametrize(
    ("variable", "wrong"), [("SLACK_BOT_TOKEN", "xoxb-0-wrong"), ("SLACK_APP_TOKEN", "xapp-1-A0-0-wrong")]
)
async def test_a_start_with_a_token_that_slack_refuses_ends_with_its_name(
    tmp_path: Path, variable: str, wrong: str
) -> None:
    """In one sentence, at once and without a traceback."""
    contentstack, slack = ContentstackSandbox(members=60), WorkspaceSandbox(read_manifest(), timing=PATIENT)
    async with contentstack.serve() as url, slack.serve():
        tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
        settings = {**where(slack, url, tmp_path), **tokens}
        code, _, err = await run(cwd=tmp_path, settings={**settings, variable: wrong})
    assert (code, "Traceback" in err) == (1, False)
    assert f"{variable}: Slack does not accept it (invalid_auth)" in err.splitlines()[-1]


async def test_login_without_a_region_names_it(tmp_path: Path) -> None:
    """The one thing that cannot be asked at the prompt, since a wrong one looks like a wrong password."""
    code, _, err = await run("login", cwd=tmp_path)
    assert (code, err.split(":")[0]) == (EX_CONFIG, "CONTENTSTACK_REGION")


async def test_doctor_tells_broken_settings_and_fails(tmp_path: Path) -> None:
    """The same lines as at the start, as findings."""
    code, out, _ = await run("doctor", "--json", cwd=tmp_path)
    document = json.loads(out)
    subjects = [check["subject"] for check in document["checks"]]
    assert (code, document["healthy"]) == (1, False)
    assert subjects[0] == "CONTENTSTACK_REGION"


async def test_doctor_fails_exactly_when_something_is_broken(tmp_path: Path) -> None:
    """Exit code 0 against healthy systems, 1 once a token is refused; nothing on standard error."""
    contentstack, slack = (
        ContentstackSandbox(members=60),
        WorkspaceSandbox(read_manifest(), timing=PATIENT, rate_scale=None),
    )
    async with contentstack.serve() as url, slack.serve():
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "CONTENTSTACK_REGION": "na",
            "CONTENTSTACK_API_URL": url,
            "CONTENTSTACK_ORGANIZATION_UID": seed.ORG_UID,
            "CONTENTSTACK_AUTHTOKEN": seed.BOT_AUTHTOKEN,
        }
        well = await run("doctor", cwd=tmp_path, settings=settings)
        contentstack.state.sessions.clear()
        sick = await run("doctor", cwd=tmp_path, settings=settings)
    assert (well[0], well[1].splitlines()[-1], well[2]) == (0, "Everything works.", "")
    assert (sick[0], sick[1].splitlines()[-1], sick[2]) == (1, "1 to mend.", "")


def _settings(lines: list[str]) -> dict[str, str]:
    """What a sandbox printed, as the environment."""
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("system", ["contentstack", "slack"])
async def test_a_sandbox_runs_alone_and_prints_settings_that_fit(tmp_path: Path, system: str) -> None:
    """What it prints can be used as it stands, and an interrupt ends it quietly."""
    count = 4
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", str(ROOT / "app.py"), "sandbox", system,
        cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            printed = [(await process.stdout.readline()).decode().strip() for _ in range(count)]
        await (_ask_contentstack if system == "contentstack" else _ask_slack)(_settings(printed))
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, err.decode()) == (0, "")


async def _ask_contentstack(settings: Mapping[str, str]) -> None:
    async with httpx.AsyncClient(base_url=settings["CONTENTSTACK_API_URL"], verify=False) as http:
        headers = {"authtoken": settings["CONTENTSTACK_AUTHTOKEN"]}
        path = f"/v3/organizations/{settings['CONTENTSTACK_ORGANIZATION_UID']}"
        answer = await http.get(path, headers=headers)
    assert (answer.status_code, answer.json()["organization"]["name"]) == (200, seed.ORG_NAME)


async def _ask_slack(settings: Mapping[str, str]) -> None:
    client = AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
    assert (await client.auth_test())["team"] == "Sandbox Workspace"
    opened = await AsyncWebClient(base_url=settings["SLACK_API_URL"]).apps_connections_open(
        app_token=settings["SLACK_APP_TOKEN"]
    )
    assert opened["url"].startswith("ws://127.0.0.1:")


async def test_the_start_hook_connects_with_slack_runs_own_tokens(tmp_path: Path) -> None:
    """As `slack run` starts it: through a shell, tokens under its names; a SIGTERM ends it cleanly."""
    hooks = json.loads((ROOT / ".slack" / "hooks.json").read_text("utf-8"))["hooks"]
    contentstack, slack = ContentstackSandbox(members=60), WorkspaceSandbox(read_manifest(), timing=PATIENT)
    async with contentstack.serve() as url, slack.serve():
        tokens = {"SLACK_CLI_XOXB": slack.bot_token, "SLACK_CLI_XAPP": slack.app_token}
        settings = {**where(slack, url, tmp_path), **tokens}
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", hooks["start"], cwd=ROOT, env=clean_environment(settings),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(60):
                while not slack.core.connections:
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
            os.killpg(process.pid, signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 60) in {0, -signal.SIGTERM}
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
