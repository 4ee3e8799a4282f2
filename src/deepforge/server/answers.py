"""How errors become answers: `ApiError` as JSON, whatever was raised, and nothing of the inside."""

import logging
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException

from deepforge.errors import DeepForgeError, Refused
from deepforge.ids import new_id
from deepforge.model.interface import Mark
from deepforge.model.project import ApiError
from deepforge.server.asgi import HttpRequest, Send

__all__ = ["EXCEPTION_HANDLERS", "api_error", "send_error"]

logger = logging.getLogger(__name__)
_WORDS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "wrong-type"}


def api_error(error: DeepForgeError) -> ApiError:
    """The error as it is sent."""
    marks = tuple(mark for mark in error.marks if isinstance(mark, Mark)) if isinstance(error, Refused) else ()
    return ApiError(code=error.code, message=error.message, hint=error.hint, where=error.where, marks=marks)


async def send_error(send: Send, status: int, code: str, message: str, hint: str = "") -> None:
    """Answer an HTTP request that does not get as far as a handler."""
    body = msgspec.json.encode(ApiError(code=code, message=message, hint=hint))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _deepforge(_: HttpRequest, error: DeepForgeError) -> Response[ApiError]:
    if error.status >= 500:
        logger.error("%s: %s", error.code, error)
    return Response(api_error(error), status_code=error.status)


def _invalid(_: HttpRequest, error: ValidationException) -> Response[ApiError]:
    details = error.extra if isinstance(error.extra, list) else []
    parts = [f"{one.get('key', '')}: {one.get('message', '')}".strip(": ") for one in details if isinstance(one, dict)]
    where = str(details[0].get("key", "")) if details and isinstance(details[0], dict) else ""
    message = "What was sent is not valid" + (f" ({'; '.join(parts)})." if parts else ".")
    return Response(ApiError(code="invalid", message=message, where=where), status_code=400)


def _http(_: HttpRequest, error: HTTPException) -> Response[ApiError]:
    code = _WORDS.get(error.status_code, "invalid")
    return Response(ApiError(code=code, message=error.detail), status_code=error.status_code)


def _unexpected(_: HttpRequest, error: Exception) -> Response[ApiError]:
    """A fault of ours: the answer has a number, the log has the number and the traceback (never headers or bodies)."""
    number = new_id()
    logger.error("Fault %s", number, exc_info=error)
    body = ApiError(code="fault", message=f"Something went wrong in the server (fault {number}).", hint="Its log says more.")
    return Response(body, status_code=500)


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    DeepForgeError: _deepforge,
    ValidationException: _invalid,
    HTTPException: _http,
    Exception: _unexpected,
}
