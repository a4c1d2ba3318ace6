"""What can go wrong, as the two sides see it.

ApiError    what Slack's Web API answers an app: `{"ok": false, "error": code, ...}`
UserError   a request of the user side that makes no sense: a 4xx
Unanswered  the app did not take what Slack sent
    OperationTimeout  no answer within three seconds
    DispatchFailed    nobody there, or an answer with an error status
"""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class ApiError(Exception):
    """A Web API call that ends with `ok: false`; `extra` goes into the body beside `error`."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def body(self) -> Json:
        """The JSON that the app gets."""
        return {"ok": False, "error": self.code, **self.extra}


class UserError(Exception):
    """A request of the user side that makes no sense."""

    def __init__(self, code: str, message: str, status: int = 404) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class UnansweredError(Exception):
    """The app did not take what Slack sent to it."""

    code = "dispatch_failed"
    reason = "unknown_error"
    no_retry = False


class OperationTimeoutError(UnansweredError):
    """No answer within three seconds (SL §2)."""

    code = "operation_timeout"
    reason = "http_timeout"


class DispatchFailedError(UnansweredError):
    """Nobody there, or an answer with an error status; `reason` is Slack's `x-slack-retry-reason` (SL §2)."""

    def __init__(self, reason: str = "connection_failed", *, no_retry: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.no_retry = no_retry
