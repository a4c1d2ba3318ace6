"""The app manifest: within Slack's limits, each scope explained, handed to Slack's command line as JSON."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.manifest import MANIFEST, bot_scopes, read_manifest

ROOT = Path(__file__).parent.parent
HOOKS = json.loads((ROOT / ".slack" / "hooks.json").read_text("utf-8"))

SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "users:read.email",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "im:write",
    "files:read",
    "files:write",
    "usergroups:read",
)


@pytest.fixture
def manifest() -> dict[str, Any]:
    return read_manifest()


def test_the_scopes_are_those_that_are_used_each_with_its_reason() -> None:
    """Twelve scopes, and behind every one a comment that says why."""
    lines = MANIFEST.read_text("utf-8").splitlines()
    reasons = dict(re.findall(r"^ +- ([a-z:.]+) +# (.+)$", "\n".join(lines), re.MULTILINE))
    assert bot_scopes() == SCOPES
    assert [scope for scope in SCOPES if len(reasons.get(scope, "")) < len("why it is needed")] == []


def test_texts_are_within_slacks_limits(manifest: dict[str, Any]) -> None:
    """The limits of SL §8, beyond which Slack refuses the manifest."""
    shown = manifest["display_information"]
    command = manifest["features"]["slash_commands"][0]
    shortcut = manifest["features"]["shortcuts"][0]
    limits = [
        (shown["name"], 1, 35),
        (shown["description"], 1, 140),
        (shown["long_description"], 175, 4000),
        (manifest["features"]["bot_user"]["display_name"], 1, 80),
        (command["command"], 2, 32),
        (command["description"], 1, 2000),
        (command["usage_hint"], 1, 1000),
        (shortcut["name"], 1, 24),
        (shortcut["description"], 1, 150),
        (shortcut["callback_id"], 1, 255),
    ]
    assert [text for text, least, most in limits if not least <= len(text) <= most] == []
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])


def test_the_app_is_what_the_bot_expects(manifest: dict[str, Any]) -> None:
    """Socket Mode, one escaped command, one global shortcut, the Home tab, three events, no rotation."""
    features, settings = manifest["features"], manifest["settings"]
    assert settings == {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_uninstalled", "tokens_revoked"]},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    }
    assert [(one["command"], one["should_escape"]) for one in features["slash_commands"]] == [
        ("/org-users", True)
    ]
    assert [(one["type"], one["callback_id"]) for one in features["shortcuts"]] == [("global", "org_users")]
    assert features["app_home"]["home_tab_enabled"] is True


def _hook(name: str) -> subprocess.CompletedProcess[str]:
    """Run a hook as Slack's command line does: its words through a shell, in the project's directory."""
    return subprocess.run(
        ["sh", "-c", " ".join(HOOKS["hooks"][name].split())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_the_get_manifest_hook_prints_the_manifest_and_nothing_else() -> None:
    """One line of JSON on standard output, equal to the YAML file; nothing on standard error."""
    done = _hook("get-manifest")
    assert (done.stderr, done.stdout.count("\n")) == ("", 1)
    assert json.loads(done.stdout) == yaml.safe_load(MANIFEST.read_text("utf-8"))


def test_the_hooks_file_is_one_that_slacks_command_line_understands() -> None:
    """Without sdk-managed-connection-enabled it would open the connection itself and start us per event."""
    assert sorted(HOOKS["hooks"]) == ["get-manifest", "start"]
    assert HOOKS["config"]["sdk-managed-connection-enabled"] is True
    assert HOOKS["config"]["protocol-version"] == ["default"]
    config = json.loads((ROOT / ".slack" / "config.json").read_text("utf-8"))
    assert config["manifest"]["source"] == "local"


def test_hooks_run_without_the_projects_environment(tmp_path: Path) -> None:
    """Where `make` prepared no environment, the Python of the path is taken."""
    (tmp_path / "python3").write_text('#!/bin/sh\necho "path: $*"\n', "utf-8")
    (tmp_path / "python3").chmod(0o755)
    script = ROOT / ".slack" / "python.sh"
    done = subprocess.run(
        ["/bin/sh", str(script), "app.py", "manifest"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/bin:/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "path: app.py manifest\n"


def test_printing_the_manifest_does_not_load_the_bot() -> None:
    """`slack run` asks at every start: neither Slack's library nor the engine is imported for it."""
    code = (
        "import sys; from bot.cli import main; main(['manifest'], standalone_mode=False); "
        "print(sorted({'slack_bolt', 'slack_sdk', 'dbos', 'pydantic', 'aiohttp'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[1] == "[]"
