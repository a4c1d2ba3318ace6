"""The error catalogue (CS §6). A handler raises `ApiError`; the server answers with its body unchanged."""

from __future__ import annotations

from typing import Any

Fields = dict[str, list[str]]


class ApiError(Exception):
    """An answer that is not a success: HTTP status and JSON body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body


def _cma(status: int, message: str, code: int | None, errors: Any = None, **more: Any) -> ApiError:
    body: dict[str, Any] = {"error_message": message}
    if code is not None:
        body["error_code"] = code
    if errors is not None:
        body["errors"] = errors
    return ApiError(status, {**body, **more})


def not_logged_in(*, token_sent: bool) -> ApiError:
    """401/105; `errors.authtoken` stands only when a credential was sent (CS §6.3)."""
    errors = {"authtoken": ["is not valid."]} if token_sent else None
    return _cma(401, "You're not allowed in here unless you're logged in.", 105, errors)


def forbidden() -> ApiError:
    """403/316: valid credential, wrong organization or missing right (CS §6.3)."""
    return _cma(403, "You don't have the permission to do this operation.", 316)


def stack_not_found() -> ApiError:
    """412/109: unknown `api_key`, wrong token kind, or no credential at a stack endpoint (CS §6.3)."""
    return _cma(412, "We can't find that Stack. Please try again.", 109, {"api_key": ["is not valid."]})


def scope_header_wrong() -> ApiError:
    """422/21: good credential, but `organization_uid` where `api_key` belongs (CS §6.3)."""
    return _cma(422, "Stack not found", 21)


def bad_content_type() -> ApiError:
    """400 without a code (CS §6.3)."""
    return _cma(400, "Please set a valid 'Content-Type' header", None)


def bad_json() -> ApiError:
    """400 for a body that is not a JSON object; the text is invented, the status is CS §6.2."""
    return _cma(400, "The request body is not valid JSON.", None)


def login_failed(attempts_left: int | None) -> ApiError:
    """422/104: wrong e-mail, wrong password and locked look alike (CS §1.4, §6.3)."""
    if attempts_left:
        tail = f"You have {attempts_left} login attempt(s) left."
    else:
        tail = "Please try again or reset your password."
    return _cma(422, f"Looks like your email or password is invalid. {tail}", 104)


def second_factor_needed(tfa_type: str) -> ApiError:
    """401/294 with `tfa_type` and `errors: []`, an array (CS §1.4)."""
    text = "Please login using the Two-Factor verification Token"
    return _cma(401, text, 294, [], tfa_type=tfa_type)


def second_factor_wrong() -> ApiError:
    """422/295 (CS §6.3)."""
    return _cma(422, "Invalid verification code", 295, [])


def missing_object(field: str = "uid") -> ApiError:
    """422/141: an unknown uid is a 422, not a 404 (CS §6.3)."""
    return _cma(422, "The requested object doesn't exist.", 141, {field: ["is not valid."]})


def invalid(message: str, errors: Fields) -> ApiError:
    """422/141: a rejected request with the cause keyed by field (CS §6.3, shapes that nobody published)."""
    return _cma(422, message, 141, errors)


def plan_limit(message: str, errors: Fields) -> ApiError:
    """422/133: a maximum of the plan is reached (CS §6.3)."""
    return _cma(422, message, 133, errors)


def reset_token_wrong() -> ApiError:
    """422 without a code: the reset link is unknown or older than 60 minutes (CS §6.3)."""
    return _cma(422, "Uh oh, we weren't able to reset your password. Please try again.", None)


def too_many_requests() -> ApiError:
    """429/429 (CS §5.1)."""
    return _cma(429, "Too many requests", 429)


def server_fault() -> ApiError:
    """500/500 (CS §6.3)."""
    return _cma(500, "Internal server error", 500)


def rejected_with_null_errors() -> ApiError:
    """422/141 whose `errors` is null (CS §6.1)."""
    body = {"error_message": "The requested object doesn't exist.", "error_code": 141, "errors": None}
    return ApiError(422, body)


def newer(status: int, message: str | list[str], error: str) -> ApiError:
    """The shape of the newer services: message, status, error (CS §6.1)."""
    return ApiError(status, {"message": message, "status": status, "error": error})


def oauth_rejected(message: str) -> ApiError:
    """400 `{"message": [text]}`, as a used refresh token gives (CS §1.6)."""
    return ApiError(400, {"message": [message]})
