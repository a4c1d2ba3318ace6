"""Who somebody is and what a channel is; what Slack does not say counts as no."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.ports.slack_people import Channel, SlackPerson, SlackUnavailable
from bot.sandbox.workspace.client import WorkspaceClient
from bot.sandbox.workspace.seed import TEAM
from bot.sandbox.workspace.server import WorkspaceSandbox
from bot.slack.client import build_client, open_session
from bot.slack.people import WorkspacePeople


@pytest.fixture
async def people(slack: WorkspaceSandbox) -> AsyncIterator[WorkspacePeople]:
    async with open_session() as session:
        yield WorkspacePeople(build_client(slack.bot_token, slack.api_url, session), TEAM)


@pytest.fixture
async def workspace(slack: WorkspaceSandbox) -> AsyncIterator[WorkspaceClient]:
    async with WorkspaceClient(slack.url) as client:
        yield client


DORA = "dora.deactivated@example.com"
KINDS = [
    (
        "U0ADA",
        SlackPerson("U0ADA", TEAM, True, "ada.admin@example.com", "", "Europe/Berlin", "Ada Admin, ada"),
    ),
    (
        "U0GUS",
        SlackPerson(
            "U0GUS", TEAM, False, "gus.guest@example.com", "guest", "Europe/Berlin", "Gus Guest, gus"
        ),
    ),
    (
        "U0DORA",
        SlackPerson("U0DORA", TEAM, False, DORA, "deactivated", "Europe/Berlin", "Dora Deactivated, dora"),
    ),
    ("U0SID", SlackPerson("U0SID", "T0PARTNER", False, "", "stranger", "Europe/London", "Sid Stranger, sid")),
    ("U0OTHERBOT", SlackPerson("U0OTHERBOT", TEAM, False, "", "bot", "Europe/Berlin", "Lunch Bot, lunchbot")),
    ("USLACKBOT", SlackPerson("USLACKBOT", TEAM, False, "", "bot", "Europe/Berlin", "Slackbot, slackbot")),
    ("U0NOBODY", SlackPerson("U0NOBODY", "", False, "", "unknown", "UTC")),
]


@pytest.mark.parametrize(("user", "person"), KINDS)
async def test_every_kind_of_person_is_told_apart(
    people: WorkspacePeople, user: str, person: SlackPerson
) -> None:
    """Only a full member of the installing workspace is one."""
    assert await people.person(user) == person


FULL = {
    "id": "U1",
    "team_id": TEAM,
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "profile": {"email": "a@example.com"},
}


@pytest.mark.parametrize("missing", ["team_id", "deleted", "is_bot", "is_restricted", "is_ultra_restricted"])
async def test_a_missing_field_denies(missing: str) -> None:
    """Slack's answer without it: not knowing means no."""
    user = {name: value for name, value in FULL.items() if name != missing}
    for answer, full in (({"ok": True, "user": FULL}, True), ({"ok": True, "user": user}, False)):
        async with answering(answer) as people:
            assert (await people.person("U1")).full_member is full


@pytest.mark.parametrize("answer", [{"ok": True}, {"ok": True, "user": {"id": 7}}, {"ok": False}])
async def test_an_answer_of_another_form_is_trouble_and_not_a_person(answer: dict[str, Any]) -> None:
    """It is neither yes nor no."""
    async with answering(answer) as people:
        with pytest.raises(SlackUnavailable):
            await people.person("U1")


async def test_channels_are_seen_as_they_are(people: WorkspacePeople) -> None:
    """Public without the bot, private, shared, archived, unseen."""
    assert [await people.channel(one) for one in ("C0RANDOM", "C0ORGADMINS", "C0PARTNERS", "C0NONE")] == [
        Channel("C0RANDOM", "random", False, False, False, False, False),
        Channel("C0ORGADMINS", "org-admins", True, True, False, False, False),
        Channel("C0PARTNERS", "partners", True, False, True, False, False),
        None,
    ]


async def test_people_of_a_channel_are_found_by_their_addresses(people: WorkspacePeople) -> None:
    """Mia is in #general and not in #org-admins; an unknown address is nowhere."""
    emails = ["mia.member@example.com", "ada.admin@example.com", "nobody@example.com"]
    assert await people.present("C0ORGADMINS", emails) == {"ada.admin@example.com"}
    assert await people.present("C0GENERAL", emails) == set(emails[:2])
    assert await people.present("C0GENERAL", []) == frozenset()


async def test_whose_an_address_is_is_asked_once_in_some_minutes(slack: WorkspaceSandbox) -> None:
    """The second time before ten minutes are over nobody is asked; who was not there, after one minute."""
    clock = [0.0]
    async with open_session() as session:
        client = build_client(slack.bot_token, slack.api_url, session)
        people = WorkspacePeople(client, TEAM, lambda: clock[0])
        ada, new = slack.core.workspace.people["U0ADA"], "new.admin@example.com"
        assert [await people.account(one) for one in ("Ada.Admin@example.com", new)] == ["U0ADA", ""]
        ada.email = new
        assert [await people.account(one) for one in ("ada.admin@example.com", new)] == ["U0ADA", ""]
        clock[0] = 61.0
        assert [await people.account(one) for one in ("ada.admin@example.com", new)] == ["U0ADA", "U0ADA"]
        clock[0] = 601.0
        assert await people.account("ada.admin@example.com") == ""


async def test_a_long_list_is_held_against_the_members_of_a_small_channel(people: WorkspacePeople) -> None:
    """Five hundred addresses are not asked for one by one: Slack answers fifty a minute."""
    emails = [f"nobody{number}@example.org" for number in range(500)] + ["ADA.admin@example.com"]
    assert await people.present("C0ORGADMINS", emails) == {"ADA.admin@example.com"}


async def test_a_long_list_and_a_large_channel_are_not_compared(
    slack: WorkspaceSandbox, people: WorkspacePeople
) -> None:
    """Not known, which is said, rather than minutes of asking."""
    slack.core.workspace.channels["C0ORGADMINS"].members += [f"U{number:05}" for number in range(60)]
    with pytest.raises(SlackUnavailable):
        await people.present("C0ORGADMINS", [f"nobody{number}@example.org" for number in range(60)])


async def test_a_large_channel_is_read_to_its_end(slack: WorkspaceSandbox, people: WorkspacePeople) -> None:
    """Ada stands on the third page."""
    channel = slack.core.workspace.channels["C0ORGADMINS"]
    channel.members[:0] = [f"U{number:05}" for number in range(2_500)]
    assert await people.present("C0ORGADMINS", ["ada.admin@example.com"]) == {"ada.admin@example.com"}


async def test_a_missing_scope_is_named(workspace: WorkspaceClient, people: WorkspacePeople) -> None:
    """As Slack names it."""
    await workspace.order("scopes", scopes=["chat:write"])
    with pytest.raises(SlackUnavailable) as caught:
        await people.person("U0ADA")
    assert caught.value.missing_scope == "users:read"


@pytest.mark.parametrize("kind", ["error", "status", "drop"])
async def test_slack_in_trouble_is_not_a_refusal(
    workspace: WorkspaceClient, people: WorkspacePeople, kind: str
) -> None:
    """An error, an empty answer, a broken connection: all are SlackUnavailable."""
    await workspace.fault(kind, "users.info", times=None)
    with pytest.raises(SlackUnavailable):
        await people.person("U0ADA")


class answering:  # noqa: N801  reads as a word where it is used
    """People of a Slack that gives one answer to everything."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    async def __aenter__(self) -> WorkspacePeople:
        async def answer(request: web.Request) -> web.Response:
            return web.json_response(self._answer)

        app = web.Application()
        app.router.add_route("*", "/{any:.*}", answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self._session = open_session()
        return WorkspacePeople(build_client("xoxb-1", f"http://127.0.0.1:{port}/api", self._session), TEAM)

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._runner.cleanup()
