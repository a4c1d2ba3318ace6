"""`login` against the simulated Contentstack: what is asked, what is kept, and what every failure says."""

import asyncio
import os
import pty
import stat
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from bot.login import DONE, FAILED, log_in
from bot.sandbox.contentstack import seed, totp
from bot.sandbox.contentstack.faults import Fault, Kind
from bot.sandbox.contentstack.server import ContentstackSandbox
from bot.settings import Place
from bot.terminal import printable
from bot.token_file import FILE, KeptToken, read_token, write_token

ROOT = Path(__file__).parent.parent

Answer = str | Callable[[], str]


class Person:
    """Somebody at a terminal with answers in their order; a callable is asked when its turn comes."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, bool]] = []
        self.heard: list[str] = []

    def ask(self, question: str) -> str:
        return self._answer(question, hidden=False)

    def ask_secret(self, question: str) -> str:
        return self._answer(question, hidden=True)

    def say(self, sentence: str) -> None:
        self.heard.append(sentence)

    def _answer(self, question: str, *, hidden: bool) -> str:
        self.asked.append((question, hidden))
        answer = self._answers.pop(0)
        return answer if isinstance(answer, str) else answer()


@pytest.fixture
def contentstack() -> ContentstackSandbox:
    """A fresh organization."""
    return ContentstackSandbox(members=60)


@pytest.fixture
async def place(
    contentstack: ContentstackSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    """The sandbox at work, and a data directory that is not there yet."""
    monkeypatch.delenv("CONTENTSTACK_AUTHTOKEN", raising=False)
    async with contentstack.serve() as url:
        yield Place(contentstack_region="eu", contentstack_api_url=url, rollcall_data_dir=tmp_path / "data")


async def sign_in(place: Place, *answers: Answer) -> tuple[int, Person]:
    person = Person(answers)
    return await log_in(place, person), person


def files(data_dir: Path) -> dict[str, str]:
    """Every file with its mode."""
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in data_dir.iterdir()}


async def test_a_password_becomes_a_private_token(contentstack: ContentstackSandbox, place: Place) -> None:
    """Only the token is kept, for its owner alone, and it works."""
    code, person = await sign_in(place, seed.BOT, seed.PASSWORD)
    kept = read_token(place.rollcall_data_dir)
    assert (code, person.asked) == (DONE, [("E-mail", False), ("Password", True)])
    assert kept is not None
    assert (kept.api, contentstack.state.sessions[kept.authtoken].email) == (place.contentstack_url, seed.BOT)
    assert files(place.rollcall_data_dir) == {FILE: "0o600", "rollcall.db": "0o600"}
    text = (place.rollcall_data_dir / FILE).read_text("utf-8")
    assert seed.PASSWORD not in text
    assert seed.BOT not in text
    assert kept.authtoken not in f"{person.heard}{kept!r}"
    assert person.heard == [
        f"Signing in to Contentstack (region eu, {place.contentstack_url}).",
        (
            f"Signed in. Only the token was kept, in {place.rollcall_data_dir / FILE}, "
            "readable by its owner alone."
        ),
        "Next: python app.py doctor",
    ]


async def test_a_replaced_token_is_given_back(contentstack: ContentstackSandbox, place: Place) -> None:
    """Of the account's twenty tokens Rollcall holds one, however often somebody signs in."""
    await sign_in(place, seed.BOT, seed.PASSWORD)
    first = read_token(place.rollcall_data_dir)
    _, person = await sign_in(place, seed.BOT, seed.PASSWORD)
    second = read_token(place.rollcall_data_dir)
    assert first is not None
    assert second is not None
    assert first.authtoken not in contentstack.state.sessions
    assert second.authtoken in contentstack.state.sessions
    assert person.heard[2:4] == [
        "The replaced token was given back.",
        "A Rollcall that is running takes the new token with the next command, or with Resume.",
    ]


async def test_a_replaced_token_that_has_ended_is_no_failure(place: Place) -> None:
    """The new token counts; the old one's end is mentioned."""
    place.rollcall_data_dir.mkdir(mode=0o700)
    write_token(place.rollcall_data_dir, KeptToken(place.contentstack_url, "ended"))
    code, person = await sign_in(place, seed.BOT, seed.PASSWORD)
    sentence = "The replaced token could not be given back; it may already have ended."
    assert (code, person.heard[2]) == (DONE, sentence)


async def test_the_variable_that_hides_the_kept_token_is_mentioned(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs in and has the variable set would otherwise wonder."""
    monkeypatch.setenv("CONTENTSTACK_AUTHTOKEN", "old")
    _, person = await sign_in(place, seed.BOT, seed.PASSWORD)
    assert person.heard[2] == (
        "CONTENTSTACK_AUTHTOKEN is set and goes before the kept token: unset it to use this one."
    )


def codes_of_ada(contentstack: ContentstackSandbox) -> Callable[[], str]:
    return lambda: totp.code(seed.TOTP_SECRET, totp.step_at(contentstack.clock.time()))


async def test_the_second_factor_is_asked_for_where_there_is_one(
    contentstack: ContentstackSandbox, place: Place
) -> None:
    """The code is asked hidden, and a wrong one may be corrected."""
    code, person = await sign_in(place, seed.ADA, seed.PASSWORD, "000000", codes_of_ada(contentstack))
    question = ("Code of your second factor", True)
    assert (code, person.asked[2:]) == (DONE, [question, question])
    assert person.heard[1] == "That code was refused. A code counts once: wait for the next one."


async def test_three_wrong_codes_end_it(place: Place) -> None:
    """The sentence says what happened, with the region."""
    code, person = await sign_in(place, seed.ADA, seed.PASSWORD, "000000", "000001", "000002")
    assert (code, person.heard[-1]) == (
        FAILED,
        (
            f"Not signed in (region eu, {place.contentstack_url}). "
            "The code was refused 3 times: Invalid verification code"
        ),
    )
    assert read_token(place.rollcall_data_dir) is None


async def test_an_empty_code_asks_for_a_new_start(place: Place) -> None:
    """Contentstack answers a missing code by asking for one."""
    code, person = await sign_in(place, seed.ADA, seed.PASSWORD, " ")
    assert code == FAILED
    assert person.heard[-1] == (
        f"Not signed in (region eu, {place.contentstack_url}). "
        "Contentstack asks for the second factor again: try once more."
    )


async def test_a_text_message_that_cannot_be_asked_for_is_told(
    contentstack: ContentstackSandbox, place: Place
) -> None:
    """The second request fails, and the sentence says how."""
    contentstack.faults.add(Fault(0, Kind.SERVER_ERROR, path="/v3/user/request_token_sms"))
    code, person = await sign_in(place, seed.SMS_USER, seed.PASSWORD)
    assert code == FAILED
    assert person.heard[-1].startswith(
        f"Not signed in (region eu, {place.contentstack_url}). Contentstack could not answer: "
    )
    assert (person.asked[2:], read_token(place.rollcall_data_dir)) == ([], None)


async def test_a_text_message_is_asked_for_first(contentstack: ContentstackSandbox, place: Place) -> None:
    """Contentstack sends no text message unless it is asked to (CS §1.4)."""

    def received() -> str:
        return next(mail.token or "" for mail in reversed(contentstack.state.mails) if mail.kind == "sms")

    code, person = await sign_in(place, seed.SMS_USER, seed.PASSWORD, received)
    assert (code, person.asked[2]) == (DONE, ("Code from the text message", True))


async def test_a_wrong_password_names_the_region(place: Place) -> None:
    """In a wrong region a right password looks wrong, so every failure says where it was tried."""
    code, person = await sign_in(place, seed.BOT, "wrong")
    assert code == FAILED
    assert person.heard[-1].startswith(
        f"Not signed in (region eu, {place.contentstack_url}). Looks like your"
    )
    assert person.heard[-1].endswith(
        "that the account belongs to the region eu. A locked account looks the same."
    )


async def test_single_sign_on_without_a_token_is_explained(
    contentstack: ContentstackSandbox, place: Place
) -> None:
    """A right password without a token is SSO, and the sentence says which accounts get one."""
    sso = contentstack.state.organizations[seed.ORG_UID].sso
    sso.enabled = sso.strict = True
    code, person = await sign_in(place, seed.BOT, seed.PASSWORD)
    assert code == FAILED
    assert person.heard[-1].startswith(
        f"Not signed in (region eu, {place.contentstack_url}). "
        "Contentstack accepted the password but gave no token: this account signs in through single sign-on."
    )


async def test_an_unreachable_contentstack_is_told(tmp_path: Path) -> None:
    """No server: a sentence, no traceback."""
    place = Place(
        contentstack_region="na",
        contentstack_api_url="http://127.0.0.1:9",
        rollcall_data_dir=tmp_path / "data",
    )
    code, person = await sign_in(place, seed.BOT, seed.PASSWORD)
    assert (code, person.heard[-1]) == (
        FAILED,
        (
            "Not signed in (region na, http://127.0.0.1:9). "
            "Contentstack could not answer: no connection to Contentstack (ConnectError)."
        ),
    )


async def test_an_unusable_directory_is_told_before_the_password_is_asked(place: Place) -> None:
    """Nobody types a password for nothing, and no token is made that nobody keeps."""
    place.rollcall_data_dir.write_text("a file", "utf-8")
    code, person = await sign_in(place)
    assert (code, person.asked) == (FAILED, [])
    assert person.heard == [f"the data directory {place.rollcall_data_dir} cannot be used: File exists"]


async def test_a_token_that_cannot_be_kept_is_given_back(
    contentstack: ContentstackSandbox, place: Place
) -> None:
    """A full disk, here a directory in the file's way: the account is left with as many tokens as before."""
    (place.rollcall_data_dir / FILE).mkdir(parents=True)
    place.rollcall_data_dir.chmod(0o700)
    before = set(contentstack.state.sessions)
    code, person = await sign_in(place, seed.BOT, seed.PASSWORD)
    assert (code, set(contentstack.state.sessions)) == (FAILED, before)
    assert [path.name for path in place.rollcall_data_dir.glob("*.new")] == []
    assert person.heard[-1] == f"the token could not be kept in {place.rollcall_data_dir}: Is a directory"


def test_text_from_outside_cannot_steer_the_terminal() -> None:
    """Escape sequences and line breaks become blanks."""
    assert printable("no\x1b[2J\r\nway é") == "no [2J  way é"


async def test_at_a_terminal_neither_password_nor_token_is_shown(place: Place, tmp_path: Path) -> None:
    """The real command at a real pseudo-terminal: typed secrets are not echoed, nothing secret is printed."""
    ours, theirs = pty.openpty()
    environment = {
        "PATH": os.environ["PATH"],
        "CONTENTSTACK_REGION": "eu",
        "CONTENTSTACK_API_URL": place.contentstack_url,
        "ROLLCALL_DATA_DIR": str(place.rollcall_data_dir),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "app.py"), "login",
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown = ""
    try:
        shown += await _until(ours, "E-mail: ")
        os.write(ours, f"{seed.BOT}\n".encode())
        shown += await _until(ours, "Password: ")
        os.write(ours, f"{seed.PASSWORD}\n".encode())
        shown += await _until(ours, "python app.py doctor")
        assert await asyncio.wait_for(process.wait(), 60) == DONE
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(ours)
    kept = read_token(place.rollcall_data_dir)
    assert kept is not None
    assert seed.PASSWORD not in shown
    assert kept.authtoken not in shown


async def _until(descriptor: int, text: str) -> str:
    """Read from the terminal until it shows this text."""
    loop = asyncio.get_running_loop()
    seen = ""
    async with asyncio.timeout(60):
        while text not in seen:
            seen += (await loop.run_in_executor(None, os.read, descriptor, 1024)).decode()
    return seen
