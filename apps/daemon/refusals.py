"""What is refused, and how: every error of the API in OpenAI's shape.

- `Refused(400, "...", param="stop", code="invalid_value")` from anywhere in a handler.
- `refusal(error)` is what one of llmasos.errors comes to; `invalid(error)` what a body that does not validate does.
- A message is one line and says what to do; it never holds a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as PlainHTTPException
from starlette.responses import JSONResponse

from llmasos.errors import (
    AppDamaged,
    AppNotFound,
    Compacted,
    GrammarError,
    LLMasOSError,
    ModelNotFound,
    NoSuchApproval,
    NoSuchMount,
    NoSuchProcess,
    OutOfSequences,
    PermissionDenied,
    ProcessChanged,
    ProcessKilled,
    QuotaExceeded,
    StorageError,
    SyscallError,
    TemplateError,
    UsageError,
    WindowTooSmall,
)

BAD_REQUEST, SERVER_ERROR = "invalid_request_error", "server_error"

# The first that fits; what is not here is ours: 500.
_STATUS: tuple[tuple[type[LLMasOSError], int, str, str], ...] = (
    (WindowTooSmall, 400, BAD_REQUEST, "context_length_exceeded"),
    (UsageError, 400, BAD_REQUEST, "invalid_value"),
    (GrammarError, 400, BAD_REQUEST, "invalid_schema"),
    (TemplateError, 400, BAD_REQUEST, "invalid_messages"),
    (AppNotFound, 404, BAD_REQUEST, "app_not_found"),
    (AppDamaged, 409, BAD_REQUEST, "app_damaged"),
    (ModelNotFound, 404, BAD_REQUEST, "model_not_found"),
    (NoSuchProcess, 404, BAD_REQUEST, "process_not_found"),
    (NoSuchApproval, 404, BAD_REQUEST, "approval_not_found"),
    (NoSuchMount, 404, BAD_REQUEST, "mount_not_found"),
    (ProcessChanged, 409, BAD_REQUEST, "process_changed"),
    (Compacted, 410, BAD_REQUEST, "process_compacted"),
    (PermissionDenied, 403, "permission_error", "permission_denied"),
    (QuotaExceeded, 429, "insufficient_quota", "limit_reached"),
    (SyscallError, 400, BAD_REQUEST, "syscall_failed"),
    (ProcessKilled, 503, SERVER_ERROR, "process_killed"),
    (OutOfSequences, 503, SERVER_ERROR, "overloaded"),
    (StorageError, 507, SERVER_ERROR, "storage_failed"),
)
_CODES = {404: "not_found", 405: "method_not_allowed"}


class Refused(HTTPException):
    """An answer that is an error. `param` names the field that is to blame."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        kind: str = BAD_REQUEST,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, dict(headers or {}))
        self.body = error_body(message, kind, param, code)


def error_body(message: str, kind: str, param: str | None, code: str | None) -> dict[str, Any]:
    return {"error": {"message": " ".join(message.split()), "type": kind, "param": param, "code": code}}


def refusal(error: LLMasOSError, param: str | None = None) -> Refused:
    """What an error of ours is to a client."""
    for kind, status, word, code in _STATUS:
        if isinstance(error, kind):
            return Refused(status, str(error), param=param, code=code, kind=word)
    return Refused(500, str(error), code="internal_error", kind=SERVER_ERROR)


def invalid(error: RequestValidationError) -> Refused:
    """The first thing that is wrong with a body, by the name of its field."""
    first = error.errors()[0]
    param = _path(first["loc"]) or None
    if first["type"] == "extra_forbidden":
        return Refused(400, f"{param} is not supported", param=param, code="unsupported_parameter")
    if first["type"] == "missing":
        what = param or "a JSON body (Content-Type: application/json)"
        return Refused(400, f"{what} is required", param=param, code="missing_required_parameter")
    message = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "literal_error":
        message += f", not {str(first['input'])[:60]!r}"
    return Refused(400, f"{param or 'body'}: {message}", param=param, code="invalid_value")


def _path(location: Sequence[int | str]) -> str:
    """`messages[0].content` from the place pydantic names; its words for the branches of a union are left out."""
    path = ""
    for part in location[1:]:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (part.startswith("~") or "[" in part or part in ("str", "bool", "int", "float")):
            path += f".{part}" if path else part
    return path


def answer(refused: Refused) -> JSONResponse:
    return JSONResponse(refused.body, refused.status_code, refused.headers)


async def on_bug(request: Request, error: Exception) -> JSONResponse:
    return answer(ours())


def ours() -> Refused:
    """What a client is told of an error that nobody foresaw."""
    return Refused(500, "the daemon failed at this; its log says where", code="internal_error", kind=SERVER_ERROR)


async def on_refused(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler for all that is raised on purpose."""
    match error:
        case Refused():
            return answer(error)
        case LLMasOSError():
            return answer(refusal(error))
        case RequestValidationError():
            return answer(invalid(error))
        case PlainHTTPException(status_code=status):
            message = f"{request.method} {request.url.path}: {str(error.detail).lower()}"
            return answer(Refused(status, message, code=_CODES.get(status), headers=error.headers))
    raise error
