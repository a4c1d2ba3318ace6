"""Choosing many in the form, end to end: paste, file, filters, their union, the limit, the typed number."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from bot.domain.address_file import MOST_BYTES
from bot.domain.operation import State
from bot.domain.problems import Field, Problem, Trouble
from bot.sandbox.contentstack import seed
from bot.sandbox.workspace.client import SlackUser
from bot.sandbox.workspace.shown import Modal
from bot.slack import files
from bot.words import choosing as words
from bot.words import problems
from bot.words.cells import BOM
from tests.slack.conftest import Office
from tests.slack.steps import open_form, operations


@pytest.fixture
def many(office: Office) -> Office:
    """The same office with room for five hundred people."""
    house = replace(office.house, binding=replace(office.house.binding, max_people=500))
    object.__setattr__(office.desk, "house", house)
    return office


LABELS = {"pasted": words.PASTE_HINT, "file": words.FILE_HINT, "filters": words.FILTERS_HINT}


async def start(user: SlackUser, *ways: str, action: str = "password_reset") -> None:
    await open_form(user)
    await user.choose("action", action)
    await user.wait_for_modal(lambda modal: modal.value("action") == action)
    await user.choose("ways", list(ways))
    await user.wait_for_modal(lambda modal: all(LABELS[way] in modal.all_text for way in ways))
    await user.fill("reason", "a good one")
    await user.choose("channel", "C0ORGADMINS")


async def preview(user: SlackUser) -> Modal:
    await user.submit()
    return await user.wait_for_modal(lambda modal: modal.callback_id == "preview", 15)


async def complaint(user: SlackUser, sentence: str) -> Modal:
    await user.submit()
    return await user.wait_for_modal(lambda modal: sentence in modal.all_text, 15)


def emails(office: Office, number: int) -> list[str]:
    organization = office.contentstack.state.organizations[seed.ORG_UID]
    accepted = [share.email for share in organization.shares.values() if share.status == "accepted"]
    return accepted[-number:]


async def test_the_fields_of_a_way_appear_when_it_is_ticked_and_go_again(many: Office) -> None:
    """The limit is said first; what stands in the form stays."""
    ada = many.user("ada")
    form = await open_form(ada)
    assert "At most 500 people at a time; the picker holds 100, the other ways take more." in form.all_text
    await ada.fill("reason", "kept")
    await ada.choose("ways", ["pasted", "file", "filters"])
    form = await ada.wait_for_modal(lambda modal: "E-mail addresses" in modal.all_text)
    assert form.value("reason") == "kept"
    await ada.choose("ways", [])
    await ada.wait_for_modal(
        lambda modal: "E-mail addresses" not in modal.all_text.replace("Paste e-mail", "")
    )


async def test_pasted_addresses_come_to_the_same_preview(many: Office) -> None:
    """Names, links, repetitions, strangers and words: all told."""
    ada = many.user("ada")
    await start(ada, "pasted")
    text = (
        f"Mia Member <{seed.MIA}>, <mailto:zoe.lukasiewicz@example.com|Zoë>\n"
        f"{seed.MIA.upper()}; nobody@example.org\nhello"
    )
    await ada.fill("paste", text)
    shown = await preview(ada)
    for sentence in (
        "2 people: 2 pasted.",
        "Nobody in the organization has this address: nobody@example.org.",
        "Not an e-mail address, so left out: hello.",
        "1 repeated address dropped.",
    ):
        assert sentence in shown.all_text
    assert len((await operations(many))[0].plan.lines) == 2


async def test_several_ways_are_a_union(many: Office) -> None:
    """Picked, pasted and from a file; whoever is in two of them is there once."""
    ada = many.user("ada")
    await start(ada, "pasted", "file")
    await ada.pick("people", "mia.member")
    await ada.fill("paste", f"{seed.MIA} zoe.lukasiewicz@example.com")
    uploaded = await ada.upload(
        "list.csv", b"\xef\xbb\xbfName;Email\r\nZ;zoe.lukasiewicz@example.com\r\nX;\r\n"
    )
    await ada.choose("file", [uploaded])
    shown = await preview(ada)
    assert "2 people: 1 picked, 2 pasted, 1 from the file, 2 chosen by more than one way." in shown.all_text
    assert "1 line of the file left out, because no single address is there: line 3." in shown.all_text


async def test_filters_choose_everybody_who_fits(many: Office) -> None:
    """Pending invitations of one domain; nothing set chooses nobody."""
    ada = many.user("ada")
    await start(ada, "filters", action="remove")
    answer = await ada.submit()
    assert answer.errors == {"people": problems.sentence(Problem(Trouble.NO_PEOPLE))}
    await ada.choose("filter_status", "pending")
    await ada.fill("filter_domain", "@Example.com, example.net")
    shown = await preview(ada)
    (operation,) = await operations(many)
    assert f"{len(operation.plan.lines)} people: {len(operation.plan.lines)} by filters." in shown.all_text
    organization = many.contentstack.state.organizations[seed.ORG_UID]
    pending = [
        share
        for share in organization.shares.values()
        if share.status == "pending" and share.email.endswith("example.com")
    ]
    assert len(operation.plan.lines) == len(pending) > 0


async def test_more_people_than_one_operation_takes_are_refused_with_what_was_found(office: Office) -> None:
    """Ten are allowed here; the form comes back with everything in it."""
    ada = office.user("ada")
    await start(ada, "filters")
    await ada.fill("filter_domain", "example.com")
    form = await complaint(ada, "Choose at most 10 people at a time")
    assert "by filters." in form.all_text
    assert form.value("filter_domain") == "example.com"


@pytest.mark.parametrize("members", [90])
async def test_a_large_plan_shows_its_first_lines_and_comes_whole_as_a_file(many: Office) -> None:
    """In the direct message of who asked, and only there; confirming takes the number."""
    ada = many.user("ada")
    await start(ada, "file", action="remove")
    names = emails(many, 60)
    await ada.choose("file", [await ada.upload("all.csv", "\r\n".join(names).encode())])
    shown = await preview(ada)
    (operation,) = await operations(many)
    number = len(operation.plan.to_run)
    assert number > 25
    assert f"… and {number - 25} more" in shown.all_text
    assert "The whole plan is in your direct message with Rollcall, as a CSV file." in shown.all_text
    message = await ada.wait_for_message("@rollcall")
    (file,) = message.raw["files"]
    content = (await ada.download(file["id"])).decode()
    assert content.startswith(f"{BOM}Email,User UID,Organization Role,Status,Invited By,Created Time,")
    assert content.count("\r\n") == len(operation.plan.lines) + 1
    assert (await many.user("grace").messages("#org-admins")) == []
    for typed in ("", str(number + 1)):
        await ada.fill("count", typed or None)
        answer = await ada.submit()
        assert not answer.ok
    assert (await operations(many))[0].state is State.PROPOSED
    await ada.fill("count", str(number))
    assert (await ada.submit()).ok
    await ada.wait_for_modal(lambda modal: modal.callback_id == "message")
    assert (await operations(many))[0].state is State.AWAITING_APPROVAL


async def test_ten_people_need_no_number(many: Office) -> None:
    """The field is not there."""
    ada = many.user("ada")
    await start(ada, "pasted", action="remove")
    await ada.fill("paste", "\n".join(emails(many, 3)))
    shown = await preview(ada)
    assert "Type their number" not in shown.all_text


FILES = [
    (b"Name,Mail me\r\nA,b\r\n", Trouble.FILE_NO_EMAIL_COLUMN),
    (b"\r\n \r\n", Trouble.FILE_EMPTY),
    (b"PK\x03\x04\0\0\0", Trouble.FILE_NOT_TEXT),
    (b"Email\r\n" + b"a@example.com\r\n" * 50_001, Trouble.FILE_TOO_MANY_ROWS),
    (b"a" * (MOST_BYTES + 1), Trouble.FILE_TOO_BIG),
    (b'Email\r\n"' + b"a" * 200_000, Trouble.FILE_UNREADABLE),
]


@pytest.mark.parametrize(("content", "trouble"), FILES)
async def test_a_file_that_will_not_do_has_its_sentence(
    many: Office, content: bytes, trouble: Trouble
) -> None:
    """Above the form, which keeps the file's name until another one is chosen."""
    ada = many.user("ada")
    await start(ada, "file")
    await ada.choose("file", [await ada.upload("leavers.csv", content)])
    form = await complaint(ada, problems.sentence(Problem(trouble)))
    assert "leavers.csv is used unless you upload another file here." in form.all_text


async def test_a_thousand_bad_lines_with_formulas_are_counted_and_do_nothing(many: Office) -> None:
    """The one good line is the plan."""
    ada = many.user("ada")
    await start(ada, "file")
    bad = b'=HYPERLINK("http://x";"y")\r\n' * 1_000
    await ada.choose("file", [await ada.upload("bad.csv", b"Email\r\n" + bad + seed.MIA.encode() + b"\r\n")])
    shown = await preview(ada)
    assert "1000 lines of the file left out" in shown.all_text
    assert len((await operations(many))[0].plan.lines) == 1


async def test_a_file_kept_over_a_mended_form_is_used(many: Office) -> None:
    """Slack forgets the file when the form is drawn again; Rollcall does not."""
    ada = many.user("ada")
    await start(ada, "file")
    await ada.choose("channel", "C0RANDOM")
    await ada.choose("file", [await ada.upload("list.csv", seed.MIA.encode())])
    await complaint(ada, "Rollcall is not in this channel")
    await ada.choose("channel", "C0ORGADMINS")
    assert "1 person: 1 from the file." in (await preview(ada)).all_text


async def test_a_file_of_somebody_else_is_not_read(many: Office) -> None:
    """Only the requester's own upload counts, whatever the payload names."""
    uploaded = await many.user("grace").upload("list.csv", b"a@example.com")
    found = await files.fetch(many.desk.client, uploaded, "U0ADA")
    assert isinstance(found, Problem)
    assert found.trouble is Trouble.FILE_ELSEWHERE


async def test_a_file_that_is_gone_is_said(many: Office) -> None:
    """Deleted between choosing and submitting."""
    ada = many.user("ada")
    await start(ada, "file")
    uploaded = await ada.upload("list.csv", seed.MIA.encode())
    await ada.choose("file", [uploaded])
    many.slack.core.workspace.files[uploaded].complete = False
    await complaint(ada, problems.sentence(Problem(Trouble.FILE_GONE)))


async def test_a_login_page_in_place_of_the_file_means_a_bad_token(many: Office) -> None:
    """200 and HTML: the content type betrays it."""
    uploaded = await many.user("ada").upload("list.csv", seed.MIA.encode())
    many.slack.core.workspace.files[uploaded].mimetype = "text/html; charset=utf-8"
    found = await files.fetch(many.desk.client, uploaded, "U0ADA")
    assert found == Problem(Trouble.FILE_TOKEN, Field.FILE)


SLACK = "https://slack.com/api/"
SANDBOX = "http://127.0.0.1:4000/api/"


@pytest.mark.parametrize(
    ("url", "api", "ours"),
    [
        ("https://files.slack.com/files-pri/T-F/x.csv", SLACK, True),
        ("https://files.slack-gov.com/x", "https://slack-gov.com/api/", True),
        ("https://files.slack.com:443/x", SLACK, True),
        ("http://files.slack.com/x", SLACK, False),
        ("https://files.slack.com:444/x", SLACK, False),
        ("https://files.slack.com.example.com/x", SLACK, False),
        ("https://files.slack.com@example.com/x", SLACK, False),
        ("https://me:you@files.slack.com/x", SLACK, False),
        ("https://evil.slack.com/x", SLACK, False),
        ("https://example.com/x", SLACK, False),
        ("//files.slack.com/x", SLACK, False),
        ("", SLACK, False),
        ("https://files.slack.com:nan/x", SLACK, False),
        ("http://127.0.0.1:4000/files-pri/T-F/x.csv", SANDBOX, True),
        ("http://127.0.0.1:4001/files-pri/T-F/x.csv", SANDBOX, False),
        ("https://127.0.0.1:4000/x", SANDBOX, False),
        ("http://localhost:4000/x", SANDBOX, False),
        ("https://files.slack.com/x", SANDBOX, False),
    ],
)
def test_files_come_from_slacks_file_host_alone(url: str, api: str, ours: bool) -> None:
    """The token goes nowhere else."""
    assert files.is_slacks(url, api) is ours


async def test_the_loop_stays_free_while_a_full_file_is_read(many: Office) -> None:
    """Fifty thousand rows are parsed in a thread."""
    rows = "".join(f"nobody{number}@example.org\r\n" for number in range(49_999))
    ada = many.user("ada")
    await start(ada, "file")
    await ada.choose("file", [await ada.upload("big.csv", f"Email\r\n{seed.MIA}\r\n{rows}".encode())])
    worst, stop = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal worst
        while not stop.is_set():
            before = time.thread_time()  # the loop's own: however busy the machine is
            await asyncio.sleep(0.01)
            worst = max(worst, time.thread_time() - before)

    watching = asyncio.create_task(watch())
    shown = await preview(ada)
    stop.set()
    await watching
    assert "49,999 of these addresses" in shown.all_text
    assert worst < 0.5
