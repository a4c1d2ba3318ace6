"""Settings: what is read, and that every fault is one line with the variable's name and no secret."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.domain.actions import ActionKey
from bot.domain.policy import built_in
from bot.settings import Settings, SettingsInvalid, load_place, load_settings
from bot.settings_connect import SCOPES
from bot.token_file import FILE, KeptToken, write_token

ROOT = Path(__file__).parent.parent
COMPLETE = {
    "SLACK_BOT_TOKEN": "xoxb-secret-of-the-bot",
    "SLACK_APP_TOKEN": "xapp-1-A0-secret-of-the-app",
    "CONTENTSTACK_REGION": "eu",
    "CONTENTSTACK_ORGANIZATION_UID": "blt1",
    "CONTENTSTACK_AUTHTOKEN": "secret-of-contentstack",
}

Load = Callable[..., Settings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """Load settings from exactly these variables; None leaves one of the complete set out."""
    for name in os.environ:
        if name.startswith(("SLACK_", "CONTENTSTACK_", "ROLLCALL_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(changes: Mapping[str, str | None] | None = None, dotenv: str | bytes = "") -> Settings:
        for name, value in {**COMPLETE, **(changes or {})}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        file = tmp_path / ".env"
        file.write_bytes(dotenv.encode() if isinstance(dotenv, str) else dotenv)
        return load_settings()

    return run


def faults(load: Load, changes: Mapping[str, str | None], dotenv: str | bytes = "") -> list[str]:
    """The lines that a person would read."""
    with pytest.raises(SettingsInvalid) as caught:
        load(changes, dotenv)
    return str(caught.value).splitlines()


def test_a_minimal_set_gives_socket_mode_and_the_defaults(load: Load) -> None:
    """Five variables are enough; everything else has a default."""
    settings = load()
    shown = {name: value for name, value in settings if name not in {n.lower() for n in COMPLETE}}
    assert shown == {
        "rollcall_data_dir": Path("var"),
        "rollcall_bindings": None,
        "rollcall_audit_sink": None,
        "rollcall_redact_after_days": 0,
        "contentstack_api_url": None,
        "contentstack_oauth_app_uid": "",
        "contentstack_oauth_client_id": "",
        "contentstack_oauth_client_secret": None,
        "contentstack_oauth_scopes": SCOPES,
        "rollcall_public_url": "",
        "rollcall_encryption_keys": None,
        "slack_signing_secret": None,
        "slack_api_url": "https://slack.com/api/",
        "rollcall_channel": "",
        "rollcall_approvals_channel": "",
        "rollcall_endpoints": None,
        "rollcall_policy": None,
        "rollcall_rate_share": 0.5,
        "rollcall_max_people": 500,
        "rollcall_names_in_public": False,
        "rollcall_listen": "",
    }
    assert (settings.transport, settings.contentstack_url) == ("socket", "https://eu-api.contentstack.com")
    assert settings.templates == {}


def test_no_secret_is_ever_shown(load: Load) -> None:
    """Neither repr nor str of the settings holds a secret."""
    settings = load({"SLACK_SIGNING_SECRET": "secret-of-signing"})
    assert (
        "secret-of" not in f"{settings} {settings!r} {settings.model_dump()!r} {settings.model_dump_json()}"
    )
    assert settings.slack_bot_token.get_secret_value() == "xoxb-secret-of-the-bot"
    assert settings.contentstack_authtoken.get_secret_value() == "secret-of-contentstack"


def test_everything_missing_is_told_at_once(load: Load) -> None:
    """An empty environment gives one line for each thing that is needed."""
    lines = faults(load, dict.fromkeys(COMPLETE))
    assert [line.split(":")[0] for line in lines] == [
        "CONTENTSTACK_REGION",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "CONTENTSTACK_ORGANIZATION_UID",
    ]
    assert lines[1] == (
        'SLACK_BOT_TOKEN: is not set; it must be the "Bot User OAuth Token" (OAuth & Permissions page of '
        "your Slack app); it starts with xoxb-"
    )
    assert lines[2] == (
        "SLACK_SIGNING_SECRET: set SLACK_APP_TOKEN for Socket Mode (the usual way), or SLACK_SIGNING_SECRET "
        "for signed HTTP"
    )


APP_TOKEN = (
    'SLACK_APP_TOKEN: cannot be used; it must be an "App-Level Token" with the scope connections:write '
    "(Basic Information page of your Slack app); it starts with xapp-"
)
ROTATED = (
    "SLACK_BOT_TOKEN: this token belongs to an app with token rotation; switch rotation off in a new app"
)
NOWHERE = (
    "ROLLCALL_ENDPOINTS: nowhere.toml cannot be read: [Errno 2] No such file or directory: 'nowhere.toml'"
)
PEOPLE = "ROLLCALL_MAX_PEOPLE: cannot be used; it must be a whole number from 1 to 10,000"
DAYS = "ROLLCALL_REDACT_AFTER_DAYS: cannot be used; it must be a whole number of days, or 0 for never"
SHARE = "ROLLCALL_RATE_SHARE: cannot be used; it must be a number above 0 and at most 1, such as 0.5"
CHANNEL = "cannot be used; it must be a channel's id such as C0123ABCD, not its name"
LISTEN = "ROLLCALL_LISTEN: cannot be used; it must be host and port such as 127.0.0.1:3000"
NEEDS_A_DOOR = (
    "ROLLCALL_LISTEN: only signed HTTP and linked accounts listen: set SLACK_SIGNING_SECRET or "
    "ROLLCALL_PUBLIC_URL too, or remove this"
)
ADDRESS = "cannot be used; it must be an address that begins with https:// (http:// on this machine only)"


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("SLACK_APP_TOKEN", "secret-in-the-wrong-place", APP_TOKEN),
        (
            "SLACK_BOT_TOKEN",
            "xapp-1",
            "SLACK_BOT_TOKEN: this is the app-level token; it belongs in SLACK_APP_TOKEN",
        ),
        ("SLACK_BOT_TOKEN", "xoxp-1", "SLACK_BOT_TOKEN: this is a user token; Rollcall needs the bot token"),
        (
            "SLACK_BOT_TOKEN",
            "xoxe.xoxb-1",
            ROTATED,
        ),
        (
            "SLACK_APP_TOKEN",
            "xoxb-1",
            "SLACK_APP_TOKEN: this is the bot token; it belongs in SLACK_BOT_TOKEN",
        ),
        ("SLACK_API_URL", "http://slack.example.com/api/", f"SLACK_API_URL: {ADDRESS}"),
        ("CONTENTSTACK_API_URL", "https://u:p@cs.example.com", f"CONTENTSTACK_API_URL: {ADDRESS}"),
        ("CONTENTSTACK_API_URL", "cs.example.com", f"CONTENTSTACK_API_URL: {ADDRESS}"),
        ("ROLLCALL_CHANNEL", "#org-admins", f"ROLLCALL_CHANNEL: {CHANNEL}"),
        ("ROLLCALL_APPROVALS_CHANNEL", "D0123ABCD", f"ROLLCALL_APPROVALS_CHANNEL: {CHANNEL}"),
        ("ROLLCALL_MAX_PEOPLE", "10001", PEOPLE),
        ("ROLLCALL_MAX_PEOPLE", "0", PEOPLE),
        ("ROLLCALL_MAX_PEOPLE", "ten", PEOPLE),
        ("ROLLCALL_REDACT_AFTER_DAYS", "-1", DAYS),
        ("ROLLCALL_REDACT_AFTER_DAYS", "a year", DAYS),
        ("ROLLCALL_RATE_SHARE", "0", SHARE),
        ("ROLLCALL_RATE_SHARE", "1.5", SHARE),
        (
            "ROLLCALL_NAMES_IN_PUBLIC",
            "perhaps",
            "ROLLCALL_NAMES_IN_PUBLIC: cannot be used; it must be true or false",
        ),
        ("ROLLCALL_LISTEN", "3000", LISTEN),
        ("ROLLCALL_LISTEN", "0.0.0.0:70000", LISTEN),
        (
            "ROLLCALL_LISTEN",
            "0.0.0.0:3000",
            NEEDS_A_DOOR,
        ),
        (
            "ROLLCALL_CHANEL",
            "C0123ABCD",
            "ROLLCALL_CHANEL: there is no such setting; did you mean ROLLCALL_CHANNEL?",
        ),
        ("ROLLCALL_XYZZY", "1", "ROLLCALL_XYZZY: there is no such setting"),
        (
            "ROLLCALL_ENDPOINTS",
            "nowhere.toml",
            NOWHERE,
        ),
    ],
)
def test_each_wrong_value_has_its_line(load: Load, variable: str, value: str, line: str) -> None:
    """The variable's name, what is wrong, what to do: one line and nothing else."""
    assert faults(load, {variable: value}) == [line]


def test_an_unknown_region_names_the_seven(load: Load) -> None:
    """The line lists what may be chosen."""
    (line,) = faults(load, {"CONTENTSTACK_REGION": "moon"})
    assert line.startswith(
        "CONTENTSTACK_REGION: cannot be used; it must be the region of your organization, one of "
        "na, us, eu, au, azure-na, azure-eu, gcp-na, gcp-eu "
    )


@pytest.mark.parametrize(
    ("text", "region", "url"),
    [
        ("us", "na", "https://api.contentstack.io"),
        ("NA", "na", "https://api.contentstack.io"),
        ("AZURE_EU", "azure-eu", "https://azure-eu-api.contentstack.com"),
        (" gcp-na ", "gcp-na", "https://gcp-na-api.contentstack.com"),
    ],
)
def test_regions_are_read_leniently(load: Load, text: str, region: str, url: str) -> None:
    """Case, blanks and underscores do not matter, and us is na."""
    settings = load({"CONTENTSTACK_REGION": text})
    assert (settings.contentstack_region, settings.contentstack_url) == (region, url)


def test_stand_ins_replace_both_addresses(load: Load) -> None:
    """Plain http is fine on this machine, and both addresses come out in one form."""
    settings = load(
        {"SLACK_API_URL": "http://127.0.0.1:9/api", "CONTENTSTACK_API_URL": "http://localhost:8/v3/"},
    )
    assert (settings.slack_api_url, settings.contentstack_url) == (
        "http://127.0.0.1:9/api/",
        "http://localhost:8",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("socket", ("127.0.0.1", 3000))),
        ({"SLACK_SIGNING_SECRET": "s"}, ("socket", ("127.0.0.1", 3000))),
        ({"SLACK_SIGNING_SECRET": "s", "SLACK_APP_TOKEN": None}, ("http", ("127.0.0.1", 3000))),
        ({"SLACK_SIGNING_SECRET": "s", "ROLLCALL_LISTEN": "0.0.0.0:8080"}, ("http", ("0.0.0.0", 8080))),
        ({"SLACK_SIGNING_SECRET": "s", "ROLLCALL_LISTEN": "[::1]:80"}, ("http", ("::1", 80))),
    ],
)
def test_the_way_in_follows_from_what_is_set(
    load: Load, changes: dict[str, str | None], expected: tuple[str, tuple[str, int]]
) -> None:
    """Socket Mode where there is an app token, unless an address to listen on is asked for."""
    settings = load(changes)
    assert (settings.transport, settings.listen) == expected


def test_slack_run_hands_over_its_own_tokens(load: Load) -> None:
    """Slack's command line passes the tokens of the app that it made under names of its own."""
    settings = load(
        {
            "SLACK_BOT_TOKEN": None,
            "SLACK_APP_TOKEN": None,
            "SLACK_CLI_XOXB": "xoxb-cli",
            "SLACK_CLI_XAPP": "xapp-cli",
        },
        dotenv="SLACK_BOT_TOKEN=xoxb-other\nSLACK_APP_TOKEN=xapp-other\n",
    )
    assert settings.slack_app_token is not None
    tokens = (settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value())
    assert tokens == ("xoxb-cli", "xapp-cli")


def test_the_environment_goes_before_dotenv_and_empty_means_unset(load: Load) -> None:
    """`.env` fills what the environment leaves open; an empty value is none."""
    settings = load(
        {"ROLLCALL_MAX_PEOPLE": "3", "ROLLCALL_CHANNEL": ""},
        dotenv="ROLLCALL_MAX_PEOPLE=4\nROLLCALL_CHANNEL=C0123ABCD\nROLLCALL_LISTEN=\nOTHER_TOOL=1\n",
    )
    assert (settings.rollcall_max_people, settings.rollcall_channel) == (3, "C0123ABCD")


def test_an_unreadable_dotenv_is_named(load: Load) -> None:
    """A file that is not text stops the start with its own name."""
    assert faults(load, {}, dotenv=b"\xff\xfe\x00")[0] == (
        ".env: cannot be read as UTF-8 text; mend it or remove it"
    )


def test_a_typing_error_in_dotenv_is_named_too(load: Load) -> None:
    """Unknown names of ours are told wherever they stand."""
    assert faults(load, {}, dotenv="ROLLCALL_DATADIR=/x\n") == [
        "ROLLCALL_DATADIR: there is no such setting; did you mean ROLLCALL_DATA_DIR?",
    ]


def test_bolts_oauth_switch_is_refused(load: Load) -> None:
    """With a client id and secret in the environment Slack's library would ignore the bot token (SL §9)."""
    assert faults(load, {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "secret-of-oauth"}) == [
        "SLACK_CLIENT_ID: unset it and SLACK_CLIENT_SECRET: Slack's library would switch to OAuth",
    ]


def test_without_an_authtoken_login_is_named(load: Load) -> None:
    """Neither variable nor kept token: the line says both ways."""
    assert faults(load, {"CONTENTSTACK_AUTHTOKEN": None}) == [
        "CONTENTSTACK_AUTHTOKEN: is not set, and no token was kept: run `python app.py login`, or set it",
    ]


def test_the_kept_token_is_used_for_its_own_address_only(load: Load, tmp_path: Path) -> None:
    """A token never travels to another address than the one that gave it."""
    (tmp_path / "var").mkdir(mode=0o700)
    write_token(tmp_path / "var", KeptToken("https://eu-api.contentstack.com", "kept"))
    changes: dict[str, str | None] = {"CONTENTSTACK_AUTHTOKEN": None}
    assert load(changes).contentstack_authtoken.get_secret_value() == "kept"
    (line,) = faults(load, {**changes, "CONTENTSTACK_REGION": "us"})
    assert line == (
        "CONTENTSTACK_AUTHTOKEN: the token kept by `login` is for https://eu-api.contentstack.com, "
        "not for https://api.contentstack.io: run `python app.py login`"
    )


def test_a_kept_token_that_others_may_read_is_refused(load: Load, tmp_path: Path) -> None:
    """A token file of mode 0644 stops the start."""
    (tmp_path / "var").mkdir(mode=0o700)
    write_token(tmp_path / "var", KeptToken("https://eu-api.contentstack.com", "kept")).chmod(0o644)
    (line,) = faults(load, {"CONTENTSTACK_AUTHTOKEN": None})
    assert line == (
        f"CONTENTSTACK_AUTHTOKEN: others may read var/{FILE}: run `chmod 600` on it, "
        "or `python app.py login` again"
    )


@pytest.mark.parametrize("content", ["", "{}", "[1]", "not json", '{"api": "x"}'])
def test_a_damaged_token_file_is_told(load: Load, tmp_path: Path, content: str) -> None:
    """Whatever stands in the file, the start ends with a sentence."""
    (tmp_path / "var").mkdir(mode=0o700)
    file = tmp_path / "var" / FILE
    file.touch(mode=0o600)
    file.write_text(content, "utf-8")
    assert faults(load, {"CONTENTSTACK_AUTHTOKEN": None}) == [
        f"CONTENTSTACK_AUTHTOKEN: var/{FILE} cannot be read: run `python app.py login` again",
    ]


def test_endpoint_templates_are_checked_at_the_start(load: Load, tmp_path: Path) -> None:
    """A bad table names the variable, a good one becomes a template; sandbox paths stay in the sandbox."""
    file = tmp_path / "endpoints.toml"
    file.write_text('[unlock]\nmethod = "POST"\npath = "/__sim__/{user_uid}"\n', "utf-8")
    (line,) = faults(load, {"ROLLCALL_ENDPOINTS": str(file)})
    host = "eu-api.contentstack.com"
    assert line == f"ROLLCALL_ENDPOINTS: [unlock]: /__sim__ paths exist only in the sandbox, not on {host}"
    local = {"ROLLCALL_ENDPOINTS": str(file), "CONTENTSTACK_API_URL": "http://127.0.0.1:1"}
    assert set(load(local).templates) == {ActionKey.UNLOCK}


def test_the_shipped_endpoints_example_loads(load: Load) -> None:
    """What the example switches on is what its comments say: the /v4 lead for organization roles."""
    settings = load({"ROLLCALL_ENDPOINTS": str(ROOT / "endpoints.example.toml")})
    assert set(settings.templates) == {ActionKey.ORG_ROLE}


def test_a_policy_is_checked_at_the_start(load: Load, tmp_path: Path) -> None:
    """A fault stops the start with file, line and reason; a good file is the policy, else the default is."""
    file = tmp_path / "mine.toml"
    file.write_text('schema = 1\n\n[[rule]]\nname = "all"\nreminder = "1h"\n', "utf-8")
    (line,) = faults(load, {"ROLLCALL_POLICY": str(file)})
    assert line == (
        f"ROLLCALL_POLICY: {file}, line 5: all: there is no approval that a reminder could be about"
    )
    file.write_text('schema = 1\n\n[[rule]]\nname = "all"\n', "utf-8")
    assert [rule.name for rule in load({"ROLLCALL_POLICY": str(file)}).policy.rules] == ["all"]
    assert load({"ROLLCALL_POLICY": None}).policy == built_in()


def test_login_needs_no_slack(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in asks for region, address and data directory alone."""
    with pytest.raises(SettingsInvalid):
        load(dict.fromkeys(COMPLETE))
    monkeypatch.setenv("CONTENTSTACK_REGION", "au")
    place = load_place()
    assert (place.contentstack_url, place.rollcall_data_dir) == (
        "https://au-api.contentstack.com",
        Path("var"),
    )


def test_every_variable_has_its_row_and_its_place_in_the_example() -> None:
    """docs/settings.md has exactly one row per variable, and .env.example mentions each of them."""
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)
    example = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(Settings.variables())
    assert sorted(example) == sorted(Settings.variables())


def test_the_example_file_is_readable_as_it_stands(load: Load) -> None:
    """Copied unchanged, the example complains about what has to be filled in and nothing else."""
    example = (ROOT / ".env.example").read_text("utf-8")
    lines = faults(load, dict.fromkeys(COMPLETE), dotenv=example)
    assert [line.split(":")[0] for line in lines] == [
        "CONTENTSTACK_REGION",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "CONTENTSTACK_ORGANIZATION_UID",
    ]
