"""A server's HTTP interface (`docs/spec/http.md`) as calls that return the model's Structs and raise the model's errors."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self, TypeVar

import httpx
import msgspec

from deepforge.errors import (
    Broken,
    Busy,
    Conflict,
    DeepForgeError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    TooLarge,
    Unauthorized,
)
from deepforge.model.project import ApiError

__all__ = ["Api", "Query"]

T = TypeVar("T")
Query = Mapping[str, str | int]

_ERRORS: dict[int, type[DeepForgeError]] = {
    error.status: error for error in (Invalid, Unauthorized, Forbidden, NotFound, Conflict, TooLarge, Busy)
}


class Api:
    """One server, as the owner of its machine. A context manager: it holds connections.

    Every call raises the error that the server answered with, and `Broken` when there is no answer.
    """

    def __init__(self, url: str, token: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        # The server is on this machine or named by the person: a proxy of the environment has no part in it.
        self._client = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30.0,
            transport=transport,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def get(self, path: str, answer: type[T], query: Query | None = None) -> T:
        return self._call("GET", path, answer, query=query)

    def post(self, path: str, answer: type[T], body: object = None) -> T:
        return self._call("POST", path, answer, body=body)

    def _call(self, method: str, path: str, answer: type[T], *, query: Query | None = None, body: object = None) -> T:
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            response = self._client.request(method, path, params=dict(query or {}), content=content, headers=headers)
        except httpx.TransportError as error:
            raise Broken(
                f"The server at {self.url} does not answer ({type(error).__name__}).", hint="See whether it still runs."
            ) from error
        if response.is_error:
            raise _error(response)
        return msgspec.json.decode(response.content, type=answer)


def _error(response: httpx.Response) -> DeepForgeError:
    """The error that the server answered with."""
    try:
        body = msgspec.json.decode(response.content, type=ApiError)
    except msgspec.DecodeError:
        return Broken(f"The server answered {response.status_code} {response.reason_phrase} without saying why.")
    if response.status_code == Refused.status:
        return Refused(body.message, code=body.code, hint=body.hint, where=body.where, marks=body.marks)
    kind = _ERRORS.get(response.status_code, Broken)
    return kind(body.message, code=body.code, hint=body.hint, where=body.where)
