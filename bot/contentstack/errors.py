"""The one boundary where foreign errors become the tree of ``bot.ports.contentstack`` (CS §6).

::

    answer                                   read                write
    401 with 161, 294 or 295                 NotPermitted        NotPermitted
    401 with anything else (105, 39, 48)     CredentialRefused   CredentialRefused
    403                                      NotPermitted        NotPermitted
    404 that is not JSON, 405                EndpointMissing     EndpointMissing
    404 JSON that names no person            Rejected            EndpointMissing while probing, else Rejected
    408, 5xx, 2xx that is not JSON           Unavailable         OutcomeUnknown
    429                                      RateLimited         RateLimited
    3xx and every other 4xx                  Rejected            Rejected
    no connection                            Unavailable         Unavailable
    connection lost or time-out afterwards   Unavailable         OutcomeUnknown

The sentences made here hold Contentstack's own words or fixed ones: never an address, a header or a body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

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

SECOND_FACTOR_NEEDED = 294
SECOND_FACTOR_WRONG = 295
_NOT_ABOUT_THE_TOKEN = frozenset({161, SECOND_FACTOR_NEEDED, SECOND_FACTOR_WRONG})
"""Codes of a 401 that do not mean "token expired" (CS §1.4, §6.3)."""

_PERSON_FIELDS = frozenset(
    {"user", "users", "user_uid", "user_uids", "uid", "email", "emails", "share", "share_uid"}
)

_PERSON_WORDS = re.compile(r"\b(user|member|invitation)\b", re.IGNORECASE)
_NO_ROUTE = re.compile(r"Cannot [A-Z]+ /")

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, parsed as far as it is JSON; ``document`` is None where it is not."""

    status: int
    document: object = None
    request_id: str = ""
    retry_after: str = ""

    @property
    def good(self) -> bool:
        """Whether the status is a 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error body says, read in the order of the JavaScript SDK (CS §6.1)."""

    message: str = ""
    code: int | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    second_factor: str = ""
    """``tfa_type``: which second factor a login asks for, or an empty string."""

    @property
    def sentence(self) -> str:
        """The top-level message with the useful part that stands under ``errors`` (CS §6.3)."""
        causes = "; ".join(f"{name}: {text}" for name, text in self.errors.items())
        return f"{self.message} ({causes})" if self.message and causes else self.message or causes

    @property
    def names_a_person(self) -> bool:
        """Whether it is about the user or share that was addressed, not about the route (CS §3.6.2, table 3).

        The newer services have no ``errors``; their message counts, unless it is Express's "Cannot PATCH …".
        """
        if any(name.rpartition(".")[2].casefold() in _PERSON_FIELDS for name in self.errors):
            return True
        return _PERSON_WORDS.search(self.message) is not None and not _NO_ROUTE.match(self.message)


def error_body(document: object) -> ErrorBody:
    """Read any of the error shapes of CS §6.1; what is missing or odd is simply empty."""
    if not isinstance(document, Mapping):
        return ErrorBody()
    code = document.get("error_code")
    errors = document.get("errors")
    kind = document.get("tfa_type")
    return ErrorBody(
        message=_text(document.get("error_message")) or _text(document.get("message")),
        code=code if isinstance(code, int) else None,
        errors={str(name): _text(texts) for name, texts in errors.items()}
        if isinstance(errors, Mapping)
        else {},
        second_factor=kind if isinstance(kind, str) else "",
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(item for item in value if isinstance(item, str))
    return ""


def from_reply(reply: Reply, *, write: bool, probing: bool = False) -> ContentstackError:
    """The error that an answer which is no success stands for.

    Args:
        reply: The answer.
        write: Whether something may have been changed by the request.
        probing: Whether the request went to an endpoint that never answered 2xx so far.
    """
    body = error_body(reply.document)
    kind = _kind(reply, body, write=write, probing=probing)
    sentence = body.sentence or f"Contentstack answered HTTP {reply.status} without an explanation"
    return kind(sentence, status=reply.status, code=body.code, request_id=reply.request_id)


def _kind(reply: Reply, body: ErrorBody, *, write: bool, probing: bool) -> type[ContentstackError]:
    match reply.status:
        case HTTPStatus.UNAUTHORIZED:
            return NotPermitted if body.code in _NOT_ABOUT_THE_TOKEN else CredentialRefused
        case HTTPStatus.FORBIDDEN:
            return NotPermitted
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return EndpointMissing
        case HTTPStatus.NOT_FOUND if _route_missing(reply, body, probing=probing):
            return EndpointMissing
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR and (
        reply.status != HTTPStatus.REQUEST_TIMEOUT
    ):
        return Rejected
    return OutcomeUnknown if write else Unavailable


def _route_missing(reply: Reply, body: ErrorBody, *, probing: bool) -> bool:
    if not isinstance(reply.document, Mapping):
        return True
    return probing and not body.names_a_person


def from_transport(error: Exception, *, write: bool) -> ContentstackError:
    """The error that a failed exchange stands for; only its kind is told, its text may hold addresses."""
    if isinstance(error, _NOTHING_SENT):
        return Unavailable(f"no connection to Contentstack ({type(error).__name__})")
    sentence = f"no complete answer from Contentstack ({type(error).__name__})"
    return OutcomeUnknown(sentence) if write else Unavailable(sentence)


def not_understood(reply: Reply, *, write: bool) -> ContentstackError:
    """The error for a 2xx whose body is not what Contentstack documents."""
    sentence = f"Contentstack answered HTTP {reply.status} with a body that cannot be read"
    kind = OutcomeUnknown if write else Unavailable
    return kind(sentence, status=reply.status, request_id=reply.request_id)
