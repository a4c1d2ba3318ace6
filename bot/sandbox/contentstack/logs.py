"""The organization's audit log (CS §3.10)."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.contentstack import access, errors, paging
from bot.sandbox.contentstack.call import Call, Reply, Route
from bot.sandbox.contentstack.model import Json

PER_PAGE = 25  # §3.10
FIELDS = ("uid", "created_by", "module", "event_type")


def list_logs(call: Call) -> Reply:
    """`GET …/logs`: newest first, 25 per page, `query` compares fields for equality (CS §3.10)."""
    org = access.organization(call, "view", "organization.logs:read", "auditlog:read")
    wanted = _query(call)
    rows = [entry for entry in reversed(org.logs) if _fits(entry, wanted)]
    body: Json = {"logs": list(paging.page(call.query, PER_PAGE).cut(rows))}
    if call.flag("include_count"):
        body["count"] = len(rows)
    return Reply(200, body)


def get_log(call: Call) -> Reply:
    """`GET …/logs/{log}` (CS §3.10)."""
    org = access.organization(call, "view", "organization.logs:read", "auditlog:read")
    for entry in org.logs:
        if entry["uid"] == call.params["log"]:
            return Reply(200, {"log": entry})
    raise errors.missing_object()


def _query(call: Call) -> Json:
    text = call.query.get("query")
    if not text:
        return {}
    try:
        value: Any = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict) or any(name not in FIELDS for name in value):
        raise errors.invalid("The request is not valid.", {"query": ["is not valid."]})
    return value


def _fits(entry: Json, wanted: Json) -> bool:
    for name, value in wanted.items():
        allowed = value.get("$in", []) if isinstance(value, dict) else [value]
        if entry[name] not in allowed:
            return False
    return True


ROUTES = [
    Route("GET", "/v3/organizations/{org}/logs", list_logs),
    Route("GET", "/v3/organizations/{org}/logs/{log}", get_log),
]
