"""`doctor` against both simulated systems: a healthy report, and the one line that each fault gives."""

import json
import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.contentstack.endpoints import V4_LEAD
from bot.doctor import as_json, as_text, examine, unset
from bot.doctor.report import Check, Finding, Report, cut
from bot.domain.actions import ActionKey, Readiness
from bot.domain.policy import built_in
from bot.manifest import bot_scopes, read_manifest
from bot.ports.store import CapabilityRow
from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.sandbox.workspace.faults import Fault as SlackFault
from bot.sandbox.workspace.seed import TEAM
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.settings import Fault, Settings, SettingsInvalid
from bot.store.database import open_store
from bot.store.directory import prepare

NOT_ENABLED = "not enabled for your organization; contact Contentstack support (support@contentstack.com)"


@dataclass
class Outside:
    """The two simulated systems, the settings that fit them, and where files are."""

    contentstack: ContentstackSandbox
    slack: WorkspaceSandbox
    settings: Settings
    dotenv: Path

    async def checks(
        self, elsewhere: Mapping[str, str] | None = None, **changes: object
    ) -> dict[str, tuple[str, str]]:
        """Subject -> how it stands and the sentence, with some settings changed."""
        report = await self.report(elsewhere, **changes)
        return {check.subject: (check.finding.value, check.sentence) for check in report.checks}

    async def report(self, elsewhere: Mapping[str, str] | None = None, **changes: object) -> Report:
        """The whole report, with some settings changed."""
        settings = self.settings.model_copy(update=changes)
        return await examine(settings, elsewhere=elsewhere, dotenv=self.dotenv)


@pytest.fixture
async def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outside]:
    """Everything as it should be."""
    for name in os.environ:
        if name.startswith(("SLACK_", "CONTENTSTACK_", "ROLLCALL_")):
            monkeypatch.delenv(name)
    contentstack = ContentstackSandbox(members=60)
    slack = WorkspaceSandbox(read_manifest())
    (tmp_path / "data").mkdir(mode=0o700)
    async with contentstack.serve() as url, slack.serve():
        settings = Settings(
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            slack_api_url=slack.api_url,
            contentstack_region="na",
            contentstack_api_url=url,
            contentstack_organization_uid=seed.ORG_UID,
            contentstack_authtoken=SecretStr(seed.BOT_AUTHTOKEN),
            rollcall_channel="C0ORGADMINS",
            rollcall_approvals_channel="C0APPROVALS",
            rollcall_data_dir=tmp_path / "data",
        )
        yield Outside(contentstack, slack, settings, tmp_path / ".env")


async def test_a_healthy_installation_reads_like_this(outside: Outside) -> None:
    """The whole report, line by line: what is well, and what each action can do here."""
    report = await outside.report()
    assert report.healthy
    assert as_text(report).splitlines() == [
        "ok      bot token                   @rollcall in the workspace Sandbox Workspace",
        "ok      scopes                      all 12 of manifest.yml",
        "ok      app token                   Socket Mode is open to it",
        "ok      ROLLCALL_CHANNEL            #org-admins",
        "ok      ROLLCALL_APPROVALS_CHANNEL  #approvals",
        (
            "ok      credential                  authtoken of r…t@example.com in the region na "
            f"({outside.settings.contentstack_url})"
        ),
        "ok      organization                Example Group (blt0a11ca11de500001)",
        "ok      own rights                  the account is an admin of the organization",
        (
            "ok      rate limits                 the plan allows 10 reads and 10 writes a second; "
            "Rollcall takes at most 5 and 5"
        ),
        (
            "note    identity                    people are known by their e-mail address alone: whoever can "
            "change an address in Slack can pass for an admin; set linked accounts up (docs/identity.md)"
        ),
        f"ok      policy                      the built-in default: 4 rules, digest {built_in().digest[:12]}",
        "note    policy                      who could agree is known once the bot has read the member list",
        (
            f"ok      data directory              {outside.settings.rollcall_data_dir} is writable, "
            "and private to this user"
        ),
        "",
        "Actions:",
        "  remove          ready        documented by Contentstack",
        f"  org_role        unavailable  {NOT_ENABLED}",
        "  stack_access    ready        documented by Contentstack, stack by stack",
        "  password_reset  ready        reset e-mail sent; the old password works until they use it",
        f"  mfa_reset       unavailable  {NOT_ENABLED}",
        f"  kill_sessions   unavailable  {NOT_ENABLED}",
        f"  unlock          unavailable  {NOT_ENABLED}",
        "",
        "Everything works.",
    ]


async def test_the_report_holds_no_secret_and_no_whole_address(outside: Outside) -> None:
    """Neither as text nor as JSON, well or broken."""
    healthy = await outside.report()
    outside.contentstack.state.sessions.clear()
    outside.slack.core.credentials.revoked[outside.slack.bot_token] = "token_revoked"
    sick = await outside.report()
    shown = "".join(form(report) for form in (as_text, as_json) for report in (healthy, sick))
    secrets = (outside.slack.bot_token, outside.slack.app_token, seed.BOT_AUTHTOKEN, seed.BOT)
    assert [secret for secret in secrets if secret in shown] == []


async def test_json_says_the_same(outside: Outside) -> None:
    """One document with `healthy`, `checks` and `actions`."""
    document = json.loads(as_json(await outside.report()))
    assert (document["healthy"], document["checks"][1]) == (
        True,
        {"subject": "scopes", "finding": "well", "sentence": "all 12 of manifest.yml"},
    )
    assert document["actions"][0] == {
        "action": "remove",
        "readiness": "ready",
        "why": "documented by Contentstack",
        "via": "documented",
        "batch": 10,
    }


async def test_a_template_is_unverified_until_it_was_answered(outside: Outside, tmp_path: Path) -> None:
    """The /v4 lead stands as what it is."""
    file = tmp_path / "endpoints.toml"
    file.write_text('[org_role]\nuse = "v4-lead"\n', "utf-8")
    report = await outside.report(rollcall_endpoints=file)
    line = next(action for action in report.actions if action.action == "org_role")
    assert (line.readiness, line.why) == (
        "unverified",
        "seen in one public repository, not published by Contentstack",
    )


async def test_what_earlier_runs_learnt_is_told(outside: Outside, tmp_path: Path) -> None:
    """A template that was answered is ready; the store is read beside a bot that has it open."""
    file = tmp_path / "endpoints.toml"
    file.write_text('[org_role]\nuse = "v4-lead"\n', "utf-8")
    learnt = CapabilityRow(
        ActionKey.ORG_ROLE,
        Readiness.READY,
        "its endpoint template has been answered here",
        V4_LEAD.fingerprint,
    )
    clock = SystemClock()
    store = await open_store(outside.settings.rollcall_data_dir, clock=clock, entropy=secrets.token_bytes)
    try:
        await store.write(lambda tx: tx.save_capability(f"{TEAM}:{seed.ORG_UID}", learnt, clock.now()))
        report = await outside.report(rollcall_endpoints=file)
    finally:
        await store.close()
    line = next(action for action in report.actions if action.action is ActionKey.ORG_ROLE)
    assert (report.healthy, line.readiness, line.why) == (True, learnt.readiness, learnt.why)


async def test_a_database_without_tables_teaches_nothing(outside: Outside) -> None:
    """`login` prepares the directory before the bot was ever started."""
    prepare(outside.settings.rollcall_data_dir)
    report = await outside.report()
    assert (report.healthy, report.actions[1].readiness) == (True, Readiness.UNAVAILABLE)


async def test_doctor_changes_nothing_at_contentstack(outside: Outside) -> None:
    """Two reads, and no more."""
    await outside.report()
    asked = [(entry.method, entry.path) for entry in outside.contentstack.journal.entries]
    assert asked == [("GET", "/v3/user"), ("GET", f"/v3/organizations/{seed.ORG_UID}")]


SLACK_TOKENS = [
    ("invalid_auth", "Slack does not know this token; copy it again from your app's pages"),
    (
        "account_inactive",
        "the app was removed from the workspace; reinstall the app from manifest.yml and copy the new token",
    ),
    ("token_revoked", "the token was revoked; reinstall the app from manifest.yml and copy the new token"),
    ("fatal_error", "Slack answered fatal_error"),
]


@pytest.mark.parametrize(("error", "sentence"), SLACK_TOKENS)
async def test_a_refused_bot_token_says_why(outside: Outside, error: str, sentence: str) -> None:
    """Slack's answer becomes what to do, and nothing else is asked of Slack."""
    outside.slack.core.credentials.revoked[outside.slack.bot_token] = error
    checks = await outside.checks()
    assert checks["bot token"] == ("broken", sentence)
    assert not {"scopes", "app token", "ROLLCALL_CHANNEL"} & checks.keys()


async def test_missing_scopes_are_named(outside: Outside) -> None:
    """Exactly the missing ones."""
    outside.slack.core.scopes = frozenset(bot_scopes()) - {"files:write", "usergroups:read"}
    assert (await outside.checks())["scopes"] == (
        "broken",
        "missing: files:write, usergroups:read; add them in your app's pages, then reinstall the app",
    )


async def test_an_unreachable_slack_is_told(outside: Outside) -> None:
    """No server at the address."""
    checks = await outside.checks(slack_api_url="http://127.0.0.1:9/api/")
    assert checks["bot token"] == (
        "broken",
        "Slack cannot be reached at http://127.0.0.1:9/api/ (ClientConnectorError)",
    )


async def test_a_refused_app_token_says_why(outside: Outside) -> None:
    """The app token is checked by itself."""
    checks = await outside.checks(slack_app_token=SecretStr("xapp-1-A0ROLLCALL-0-unknown"))
    assert checks["app token"] == (
        "broken",
        "Slack does not know this token; copy it again from your app's pages",
    )


async def test_tokens_of_two_apps_are_told_apart(outside: Outside) -> None:
    """The app's id stands in the app token, and Slack tells whose the bot is."""
    outside.slack.core.workspace.bot.app_id = "A0OTHER"
    report = await outside.report()
    assert (
        Check(
            "app token",
            Finding.BROKEN,
            "it belongs to another app than the bot token, which is of A0OTHER: take both from one app",
        )
        in report.checks
    )


async def test_a_hasty_second_check_of_the_app_token_is_no_fault(outside: Outside) -> None:
    """Slack promises one connection request a minute; being told to wait breaks nothing."""
    outside.slack.core.faults.waiting.append(SlackFault("f1", "rate_limited", "apps.connections.open"))
    checks = await outside.checks()
    assert checks["app token"] == (
        "note",
        "Slack asks to wait before it can be checked; try again in a minute",
    )


async def test_signed_http_needs_no_app_token(outside: Outside) -> None:
    """In HTTP mode the app token is not looked at."""
    checks = await outside.checks(slack_app_token=None, slack_signing_secret=SecretStr("s"))
    assert checks["signed HTTP"] == (
        "note",
        "listens on 127.0.0.1:3000; the signing secret shows itself at the first request",
    )
    assert "app token" not in checks


CHANNELS = [
    ("C0NOWHERE", "C0NOWHERE is not a channel that the bot can see: invite it there with /invite"),
    ("C0RANDOM", "the bot is not in #random: invite it there with /invite"),
    ("C0PARTNERS", "#partners is shared with people outside your workspace: choose another channel"),
    ("C0ARCHIVE", "#archive is archived: choose another channel"),
    ("C0GENERAL", "#general is public: choose a private channel, or set ROLLCALL_NAMES_IN_PUBLIC=true"),
]


@pytest.mark.parametrize(("channel", "sentence"), CHANNELS)
async def test_a_channel_that_will_not_do_says_why(outside: Outside, channel: str, sentence: str) -> None:
    """The same conditions as at every submission (design §6)."""
    checks = await outside.checks(rollcall_channel=channel)
    assert checks["ROLLCALL_CHANNEL"] == ("broken", sentence)


async def test_public_channels_are_fine_where_they_are_allowed(outside: Outside) -> None:
    """The setting lifts that one condition; channels may also be left out."""
    checks = await outside.checks(
        rollcall_channel="C0GENERAL", rollcall_approvals_channel="", rollcall_names_in_public=True
    )
    assert (checks["ROLLCALL_CHANNEL"], checks["ROLLCALL_APPROVALS_CHANNEL"]) == (
        ("well", "#general"),
        ("note", "not set: approvals are asked for in the request's channel"),
    )


async def test_a_refused_authtoken_names_the_way_out(outside: Outside) -> None:
    """The sentence has the region and the command that renews it."""
    outside.contentstack.state.sessions.clear()
    checks = await outside.checks()
    finding, sentence = checks["credential"]
    assert finding == "broken"
    assert sentence.startswith(
        f"the token is refused in the region na ({outside.settings.contentstack_url}) (You're not allowed"
    )
    assert sentence.endswith("; renew it with `python app.py login`")


async def test_a_token_of_another_region_is_recognized(outside: Outside) -> None:
    """Refused here and accepted there means that the region is wrong (CS §1.1)."""
    async with ContentstackSandbox(members=60).serve() as there:
        outside.contentstack.state.sessions.clear()
        checks = await outside.checks({"au": "http://127.0.0.1:9", "eu": there})
    assert checks["region"] == (
        "broken",
        "the token belongs to the region eu: set CONTENTSTACK_REGION=eu",
    )


async def test_an_unreachable_contentstack_is_told(outside: Outside) -> None:
    """No server at the address."""
    checks = await outside.checks(contentstack_api_url="http://127.0.0.1:9")
    assert checks["credential"] == ("broken", "no connection to Contentstack (ConnectError)")


async def test_a_wrong_organization_is_told(outside: Outside) -> None:
    """Somebody else's organization: the uid and what Contentstack said."""
    finding, sentence = (await outside.checks(contentstack_organization_uid=seed.LABS_UID))["organization"]
    assert finding == "broken"
    assert sentence == (
        f"the account may not read the organization {seed.LABS_UID} "
        "(You don't have the permission to do this operation.): "
        "check CONTENTSTACK_ORGANIZATION_UID, and that the account is in it"
    )


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (seed.OWNER_AUTHTOKEN, ("well", "the account owns the organization")),
        (
            seed.MIA_AUTHTOKEN,
            ("broken", "the account is neither owner nor admin: give it the role Admin, or use another"),
        ),
    ],
)
async def test_own_rights_are_checked(outside: Outside, token: str, expected: tuple[str, str]) -> None:
    """Owner and admins may; a member may not, even with a good token."""
    checks = await outside.checks(contentstack_authtoken=SecretStr(token))
    assert checks["own rights"] == expected


async def test_single_sign_on_gets_its_notes(outside: Outside) -> None:
    """Strict mode and role mapping change what actions can do, so both are said."""
    sso = outside.contentstack.state.organizations[seed.ORG_UID].sso
    sso.enabled = sso.strict = sso.roles_enabled = True
    report = await outside.report()
    notes = [check.sentence.split(":")[0] for check in report.checks if check.subject == "single sign-on"]
    assert (report.healthy, notes) == (True, ["strict mode is on", "role mapping is on"])


FilesCase = tuple[Callable[[Path], object], tuple[str, str]]


def _file(mode: int) -> Callable[[Path], object]:
    def make(data_dir: Path) -> None:
        file = data_dir / "rollcall.db"
        file.touch()
        file.chmod(mode)

    return make


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (Path.rmdir, ("note", "{dir} is not there yet; the first start makes it")),
        (lambda path: path.chmod(0o750), ("broken", "others may enter {dir} (mode 0750): chmod 700 {dir}")),
        (_file(0o644), ("broken", "others may read rollcall.db in {dir}: chmod 600 them")),
        (_file(0o600), ("well", "{dir} is writable, and private to this user")),
        (
            lambda path: (path.rmdir(), path.touch()),
            ("broken", "{dir} is not a directory that this user may write to"),
        ),
    ],
)
async def test_files_are_private(
    outside: Outside, spoil: Callable[[Path], object], expected: tuple[str, str]
) -> None:
    """Modes of the data directory and of everything in it."""
    data_dir = outside.settings.rollcall_data_dir
    spoil(data_dir)
    checks = await outside.checks()
    assert checks["data directory"] == (expected[0], expected[1].format(dir=data_dir))


async def test_a_dotenv_that_others_may_read_is_noted(outside: Outside) -> None:
    """It holds tokens."""
    outside.dotenv.touch(mode=0o644)
    outside.dotenv.chmod(0o644)
    assert (await outside.checks())[".env"] == (
        "note",
        f"others on this machine may read it: chmod 600 {outside.dotenv}",
    )


def test_unusable_settings_are_a_report_too() -> None:
    """Where the settings cannot be read, their faults are the findings."""
    report = unset(SettingsInvalid((Fault("SLACK_BOT_TOKEN", "is not set"),)))
    assert as_text(report).splitlines() == ["BROKEN  SLACK_BOT_TOKEN  is not set", "", "1 to mend."]


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("rollcall-bot@example.com", "r…t@example.com"),
        ("a@example.com", "a…@example.com"),
        ("odd", "…"),
    ],
)
def test_addresses_are_cut_in_the_middle(email: str, shown: str) -> None:
    """Enough for the owner to recognize it."""
    assert cut(email) == shown
