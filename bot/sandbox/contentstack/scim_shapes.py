"""The envelopes of SCIM (CS §3.9)."""

from __future__ import annotations

from typing import Any

from bot.sandbox.contentstack.errors import ApiError
from bot.sandbox.contentstack.model import Json

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def error(cause: ApiError) -> Json:
    """Any failure as a SCIM error: status as text, one sentence."""
    detail = cause.body.get("error_message") or cause.body.get("message") or "Request failed."
    return {"schemas": [ERROR], "status": str(cause.status), "detail": detail}


def rows(resources: list[Json], total: int, start: int) -> Json:
    """One page of resources; `start` counts from 1."""
    body: dict[str, Any] = {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }
    return body
