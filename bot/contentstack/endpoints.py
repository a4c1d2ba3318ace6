"""Endpoint templates: calls that Contentstack does not publish, as the settings describe them (CS §3.6.2).

The file named by ``ROLLCALL_ENDPOINTS`` holds one table per action, for instance::

    [org_role]
    use = "v4-lead"                     # a template that ships with Rollcall, see SHIPPED

    [mfa_reset]
    method = "POST"
    path = "/v4/organizations/{organization_uid}/users/reset"
    batch = 10                          # people per call, 1 to 10
    success = [200, 202]
    body = { user_uids = "{user_uids}" }

    [mfa_reset.results]                 # where the answer tells about single people; may be left out
    list = "results"                    # path to the list, dots between keys
    key = "user_uid"                    # "user_uid", "share_uid" or "email"
    person = "user_uid"                 # the field that holds it; defaults to the key's name
    status = "status"
    reason = "reason"
    skipped = ["skipped"]
    failed = ["failed"]

Placeholders: ``{organization_uid}`` everywhere; ``{user_uid}``, ``{share_uid}`` and ``{email}`` with one
person per call; ``{user_uids}``, ``{share_uids}``, ``{emails}`` and ``{org_roles}`` stand alone as a
body value and become lists.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.contentstack.placeholders import Values, fill, names_in, put, stands_alone, texts_in
from bot.domain.actions import ActionKey
from bot.domain.requests import FromTemplate, Target

TEMPLATED = frozenset(
    {
        ActionKey.ORG_ROLE,
        ActionKey.PASSWORD_RESET,
        ActionKey.MFA_RESET,
        ActionKey.KILL_SESSIONS,
        ActionKey.UNLOCK,
    }
)
"""Actions that may have a template; the others are documented and built in."""

_ONE_PERSON = frozenset({"user_uid", "share_uid", "email"})
_MANY = frozenset({"user_uids", "share_uids", "emails"})
_LISTS = _MANY | {"org_roles"}
_CONTENTSTACK_HOST = re.compile(r"(^|\.)contentstack\.(io|com)$", re.IGNORECASE)
_SANDBOX_PREFIX = "/__sim__"

PersonKey = Literal["user_uid", "share_uid", "email"]


class EndpointsInvalid(ValueError):
    """The endpoints file cannot be used; the message says where and why."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Results(_Table):
    """Where a 2xx answer tells what became of single people."""

    list: str
    key: PersonKey = "user_uid"
    person: str = ""
    status: str = "status"
    reason: str = "reason"
    ok: tuple[str, ...] = ("ok",)
    skipped: tuple[str, ...] = ("skipped",)
    failed: tuple[str, ...] = ("failed",)


class Template(_Table):
    """One endpoint that Contentstack does not publish."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[str, Field(pattern=r"^/[^?#\s]*$")]
    body: Mapping[str, object] | None = None
    batch: Annotated[int, Field(ge=1, le=10)] = 1
    success: Annotated[tuple[Annotated[int, Field(ge=200, le=299)], ...], Field(min_length=1)] = (200,)
    results: Results | None = None
    note: str = ""
    """What is known about it, shown by ``doctor``."""

    @model_validator(mode="after")
    def _placeholders_fit(self) -> Self:
        in_path, in_body = names_in(self.path), names_in(self.body)
        if wrong := in_path - _ONE_PERSON - {"organization_uid"}:
            raise ValueError(f"the path has unknown placeholders: {', '.join(sorted(wrong))}")
        if wrong := in_body - _ONE_PERSON - _LISTS - {"organization_uid"}:
            raise ValueError(f"the body has unknown placeholders: {', '.join(sorted(wrong))}")
        if not (in_path | in_body) & (_ONE_PERSON | _MANY):
            raise ValueError("neither path nor body says who is meant")
        if self.batch > 1 and (in_path | in_body) & _ONE_PERSON:
            raise ValueError(
                "a batch needs {user_uids}, {share_uids} or {emails}, not one person's placeholder"
            )
        if any(_LISTS & names_in(text) and not stands_alone(text) for text in texts_in(self.body)):
            raise ValueError("a list placeholder must be the whole value")
        return self

    @property
    def fingerprint(self) -> str:
        """What was learnt of a template holds for this one alone (SHA-256 of what it says)."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def needs_account(self) -> bool:
        """Whether people without an account (pending invitations) cannot be addressed."""
        return bool({"user_uid", "user_uids"} & (names_in(self.path) | names_in(self.body)))

    def filled(self, organization_uid: str, request: FromTemplate) -> tuple[str, Mapping[str, object] | None]:
        """Path and JSON body for these people, at most ``batch`` of them."""
        values = _values(organization_uid, request.targets, request.org_roles)
        in_path = {name: quote(value, safe="") for name, value in values.items() if isinstance(value, str)}
        body = (
            None if self.body is None else {put(key, values): fill(v, values) for key, v in self.body.items()}
        )
        return put(self.path, in_path), body


V4_LEAD = Template(
    method="PATCH",
    path="/v4/organizations/{organization_uid}/share/{user_uid}",
    body={"org_roles": "{org_roles}"},
    note="seen in one public repository, not published by Contentstack",
)

SHIPPED: Mapping[ActionKey, Mapping[str, Template]] = {ActionKey.ORG_ROLE: {"v4-lead": V4_LEAD}}
"""Templates that a file can switch on by ``use``; none is on by itself."""


def load_endpoints(path: Path, api_host: str) -> dict[ActionKey, Template]:
    """Read the templates file; raises ``EndpointsInvalid`` with the table's name."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EndpointsInvalid(f"{path.name} cannot be read: {error}") from error
    return read_endpoints(tables, api_host)


def read_endpoints(tables: Mapping[str, object], api_host: str) -> dict[ActionKey, Template]:
    """Validate the tables of a templates file against the host that they would be sent to."""
    return {_action(name): _template(_action(name), table, api_host) for name, table in tables.items()}


def _action(name: str) -> ActionKey:
    if name not in {action.value for action in TEMPLATED}:
        allowed = ", ".join(sorted(TEMPLATED))
        raise EndpointsInvalid(f"[{name}]: no such action, or it needs no template; allowed are {allowed}")
    return ActionKey(name)


def _template(action: ActionKey, table: object, api_host: str) -> Template:
    shipped = SHIPPED.get(action, {})
    if isinstance(table, Mapping) and "use" in table:
        chosen = shipped.get(str(table["use"]))
        if chosen is None or len(table) > 1:
            raise EndpointsInvalid(f"[{action}]: use must stand alone and name one of {sorted(shipped)}")
        return chosen
    try:
        template = Template.model_validate(table)
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}".strip() for e in error.errors())
        raise EndpointsInvalid(f"[{action}]: {reasons}") from error
    if template.path.startswith(_SANDBOX_PREFIX) and _CONTENTSTACK_HOST.search(api_host):
        raise EndpointsInvalid(
            f"[{action}]: {_SANDBOX_PREFIX} paths exist only in the sandbox, not on {api_host}"
        )
    return template


def _values(organization_uid: str, targets: Sequence[Target], org_roles: Sequence[str]) -> Values:
    first = targets[0]
    return {
        "organization_uid": organization_uid,
        "user_uid": first.user_uid or "",
        "share_uid": first.share_uid,
        "email": first.email,
        "user_uids": [target.user_uid or "" for target in targets],
        "share_uids": [target.share_uid for target in targets],
        "emails": [target.email for target in targets],
        "org_roles": list(org_roles),
    }
