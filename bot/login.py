"""`python app.py login`: an authtoken for the bot's account, whose password is forgotten at once (CS §1.4).

An authtoken does not expire, and the 21st of an account silently ends the oldest: so it is kept, and the
one that it replaces is given back.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import httpx

from bot.contentstack import credentials
from bot.contentstack.client import reply_of
from bot.contentstack.credentials import (
    LoggedIn,
    LoginRefused,
    NoToken,
    SecondFactorNeeded,
    SecondFactorWrong,
)
from bot.contentstack.errors import from_reply, from_transport
from bot.contentstack.tls import trusted
from bot.ports.contentstack import ContentstackError
from bot.settings import Place
from bot.store.directory import prepare
from bot.store.errors import StoreError
from bot.terminal import Dialogue, printable
from bot.token_file import KeptToken, TokenFileUnusable, read_token, write_token

DONE = 0
FAILED = 1
_CODES = 3
_SMS_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class _Person:
    email: str
    password: str


async def log_in(place: Place, person: Dialogue) -> int:
    """Ask, sign in, keep the token and give the replaced one back; the exit code."""
    where = f"region {place.contentstack_region}, {place.contentstack_url}"
    try:
        prepare(place.rollcall_data_dir)
        person.say(f"Signing in to Contentstack ({where}).")
        answer = await _sign_in(place, person)
        if isinstance(answer, LoggedIn):
            await _keep(place, person, answer)
            return DONE
        sentence = _why_not(answer)
    except StoreError as error:
        person.say(f"{error}")
        return FAILED
    except ContentstackError as error:
        sentence = f"Contentstack could not answer: {printable(error.detail)}."
    person.say(f"Not signed in ({where}). {sentence}")
    return FAILED


async def _sign_in(place: Place, person: Dialogue) -> credentials.Login:
    who = _Person(person.ask("E-mail"), person.ask_secret("Password"))
    answer = await _try(place, who)
    if not isinstance(answer, SecondFactorNeeded):
        return answer
    if answer.kind == "sms":
        await _request_sms(place, who)
    for attempt in range(_CODES):
        if attempt:
            person.say("That code was refused. A code counts once: wait for the next one.")
        # A code is as good as a password while it lives.
        answer = await _try(place, who, person.ask_secret(_question(answer)).strip())
        if not isinstance(answer, SecondFactorWrong):
            break
    return answer


async def _try(place: Place, who: _Person, code: str = "") -> credentials.Login:
    return await credentials.log_in(
        place.contentstack_url, place.contentstack_region, who.email, who.password, code
    )


def _question(answer: credentials.Login) -> str:
    sms = isinstance(answer, SecondFactorNeeded) and answer.kind == "sms"
    return "Code from the text message" if sms else "Code of your second factor"


async def _request_sms(place: Place, who: _Person) -> None:
    """Have the code sent; a text message is sent only when it is asked for (CS §1.4)."""
    url = f"{place.contentstack_url}/v3/user/request_token_sms"
    body = {"user": {"email": who.email, "password": who.password}}
    try:
        async with httpx.AsyncClient(timeout=_SMS_SECONDS, verify=trusted()) as http:
            reply = reply_of(await http.post(url, json=body))
    except httpx.HTTPError as error:
        raise from_transport(error, write=False) from error
    if not reply.good:
        raise from_reply(reply, write=False)


def _why_not(
    answer: SecondFactorNeeded | SecondFactorWrong | NoToken | LoginRefused,
) -> str:
    match answer:
        case SecondFactorNeeded():
            return "Contentstack asks for the second factor again: try once more."
        case SecondFactorWrong():
            return f"The code was refused {_CODES} times: {printable(answer.detail)}"
        case NoToken():
            return answer.explanation
        case LoginRefused():
            return f"{printable(answer.detail)} {answer.hint}"
        case _:
            assert_never(answer)


async def _keep(place: Place, person: Dialogue, answer: LoggedIn) -> None:
    data_dir = place.rollcall_data_dir
    try:
        replaced = read_token(data_dir)
    except TokenFileUnusable:
        replaced = None
    path = await _write(place, answer)
    person.say(f"Signed in. Only the token was kept, in {path}, readable by its owner alone.")
    if replaced is not None and replaced.authtoken != answer.authtoken:
        await _give_back(replaced, person)
        person.say("A Rollcall that is running takes the new token with the next command, or with Resume.")
    if os.environ.get("CONTENTSTACK_AUTHTOKEN"):
        person.say("CONTENTSTACK_AUTHTOKEN is set and goes before the kept token: unset it to use this one.")
    person.say("Next: python app.py doctor")


async def _write(place: Place, answer: LoggedIn) -> Path:
    """Keep the token, or give it back: one that nobody has would count among the account's twenty."""
    try:
        return write_token(place.rollcall_data_dir, KeptToken(place.contentstack_url, answer.authtoken))
    except OSError as error:
        await credentials.log_out(place.contentstack_url, answer.authtoken)
        raise StoreError(
            f"the token could not be kept in {place.rollcall_data_dir}: {error.strerror}"
        ) from error


async def _give_back(replaced: KeptToken, person: Dialogue) -> None:
    try:
        await credentials.log_out(replaced.api, replaced.authtoken)
    except ContentstackError:
        person.say("The replaced token could not be given back; it may already have ended.")
    else:
        person.say("The replaced token was given back.")
