from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bot.contentstack.errors import ErrorBody, Reply, error_body, from_reply, from_transport, not_understood
from bot.ports.contentstack import (
    ContentstackError,
    CredentialRefused,
    EndpointMissing,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
)

NOT_LOGGED_IN = {
    "error_message": "You're not allowed in here unless you're logged in.",
    "error_code": 105,
    "errors": {"authtoken": ["is not valid."]},
}
FORBIDDEN = {"error_message": "You don't have the permission to do this operation.", "error_code": 316}
GONE = {
    "error_message": "The requested object doesn't exist.",
    "error_code": 141,
    "errors": {"uid": ["is not valid."]},
}


@pytest.mark.parametrize(
    ("status", "document", "on_read", "on_write"),
    [
        (301, None, Rejected, Rejected),
        (400, {"error_message": "Please set a valid 'Content-Type' header"}, Rejected, Rejected),
        (400, {"message": ["invalid refresh_token"]}, Rejected, Rejected),
        (401, NOT_LOGGED_IN, CredentialRefused, CredentialRefused),
        (
            401,
            {"error_message": "Missing Contentstack auth token", "error_code": 39},
            *[CredentialRefused] * 2,
        ),
        (401, None, CredentialRefused, CredentialRefused),
        (401, {"error_code": 161}, NotPermitted, NotPermitted),
        (401, {"error_code": 294, "errors": []}, NotPermitted, NotPermitted),
        (401, {"error_code": 295}, NotPermitted, NotPermitted),
        (403, FORBIDDEN, NotPermitted, NotPermitted),
        (403, None, NotPermitted, NotPermitted),
        (404, None, EndpointMissing, EndpointMissing),
        (404, GONE, Rejected, Rejected),
        (405, None, EndpointMissing, EndpointMissing),
        (405, GONE, EndpointMissing, EndpointMissing),
        (408, None, Unavailable, OutcomeUnknown),
        (409, GONE, Rejected, Rejected),
        (412, GONE, Rejected, Rejected),
        (413, None, Rejected, Rejected),
        (422, GONE, Rejected, Rejected),
        (422, {"error_message": "no", "errors": None}, Rejected, Rejected),
        (429, {"error_message": "Too many requests", "error_code": 429}, RateLimited, RateLimited),
        (500, {"error_message": "Internal server error", "error_code": 500}, Unavailable, OutcomeUnknown),
        (502, None, Unavailable, OutcomeUnknown),
        (503, None, Unavailable, OutcomeUnknown),
        (504, None, Unavailable, OutcomeUnknown),
    ],
)
def test_each_answer_of_the_catalogue_becomes_its_own_error(
    status: int, document: object, on_read: type[ContentstackError], on_write: type[ContentstackError]
) -> None:
    """CS §6.2-§6.4: the table in the module's docstring is what happens."""
    reply = Reply(status, document)
    assert (type(from_reply(reply, write=False)), type(from_reply(reply, write=True))) == (on_read, on_write)


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (None, EndpointMissing),
        ({"message": "Cannot PATCH /v4/organizations/o/user/u", "status": 404}, EndpointMissing),
        ({"message": "Not Found", "status": 404}, EndpointMissing),
        ({"error_message": "Not here", "errors": {"organization_uid": ["is not valid."]}}, EndpointMissing),
        ({"error_message": "Not here", "errors": {"share.user_uid": ["is not valid."]}}, Rejected),
        ({"message": "User not found in this organization", "status": 404}, Rejected),
    ],
)
def test_a_404_of_an_unproven_endpoint_is_the_route_unless_it_names_the_person(
    document: object, kind: type[ContentstackError]
) -> None:
    """CS §3.6.2, table 3."""
    assert type(from_reply(Reply(404, document), write=True, probing=True)) is kind


def _kinds(base: type[Exception]) -> Iterator[type[Exception]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def test_every_foreign_error_is_mapped() -> None:
    """Whatever httpx can raise, and every status that is no success, becomes one of the port's errors."""
    leaves = {kind.__name__ for kind in ContentstackError.__subclasses__()}
    raised: list[type[Exception]] = [*_kinds(httpx.HTTPError), httpx.InvalidURL, TimeoutError]
    found = {
        type(from_transport(kind.__new__(kind), write=write)).__name__
        for kind in raised
        for write in (True, False)
    }
    for status in [*range(100, 200), *range(300, 600)]:
        for write in (True, False):
            for document in (None, {}, NOT_LOGGED_IN, GONE):
                found.add(type(from_reply(Reply(status, document), write=write)).__name__)
    assert found == leaves


@pytest.mark.parametrize("kind", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_without_a_connection_a_write_certainly_did_not_happen(kind: type[Exception]) -> None:
    """Nothing was sent: Unavailable, not OutcomeUnknown."""
    assert type(from_transport(kind.__new__(kind), write=True)) is Unavailable


@pytest.mark.parametrize(
    "kind", [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.RemoteProtocolError, TimeoutError]
)
def test_a_write_whose_answer_was_lost_may_have_happened(kind: type[Exception]) -> None:
    """CS §6.4: sent and not answered is OutcomeUnknown; the same on a read is only Unavailable."""
    error = kind.__new__(kind)
    assert (type(from_transport(error, write=True)), type(from_transport(error, write=False))) == (
        OutcomeUnknown,
        Unavailable,
    )


def test_a_transport_error_does_not_repeat_the_address() -> None:
    """Addresses hold e-mails: only the error's kind is told."""
    error = httpx.ConnectError("cannot reach https://api.example.com/?typeahead=ada@example.com")
    assert str(from_transport(error, write=False)) == "no connection to Contentstack (ConnectError)"


def test_a_success_that_cannot_be_read_is_no_success() -> None:
    """A 2xx without Contentstack's JSON settles nothing."""
    reply = Reply(200, None, request_id="7")
    assert (type(not_understood(reply, write=True)), type(not_understood(reply, write=False))) == (
        OutcomeUnknown,
        Unavailable,
    )


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (NOT_LOGGED_IN, "You're not allowed in here unless you're logged in. (authtoken: is not valid.)"),
        (
            {"error_message": "Failed.", "errors": {"a.b": ["one", "two"], "c": "three"}},
            "Failed. (a.b: one, two; c: three)",
        ),
        ({"errors": {"email": ["is taken"]}}, "email: is taken"),
        ({"message": ["invalid", "token"]}, "invalid, token"),
        ({"error_message": "x", "errors": None}, "x"),
        ({"error_message": "x", "errors": []}, "x"),
        ({"error_message": 7, "errors": {"a": None}}, "a: "),
        ("<html>", ""),
        (None, ""),
    ],
)
def test_message_and_errors_are_both_told(document: object, sentence: str) -> None:
    """CS §6.3: the useful text is under `errors`; every shape of CS §6.1 is read."""
    assert error_body(document).sentence == sentence


def test_an_error_carries_status_code_and_request_id() -> None:
    """CS §1.2: Contentstack's support asks for the X-REQUEST-ID."""
    error = from_reply(Reply(422, GONE, request_id="42"), write=True)
    assert (error.detail, error.status, error.code, error.request_id) == (
        "The requested object doesn't exist. (uid: is not valid.)",
        422,
        141,
        "42",
    )


def test_the_second_factor_is_told_by_its_name() -> None:
    """CS §1.4: `tfa_type` stands beside the message, `errors` may be an array."""
    body = {"error_message": "code", "error_code": 294, "errors": [], "tfa_type": "sms"}
    assert error_body(body) == ErrorBody("code", 294, {}, "sms")
