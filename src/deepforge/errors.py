"""The one tree of errors.

    DeepForgeError            code, status, message, hint, where
    ├── Invalid        400    what was sent is not valid
    ├── Unauthorized   401    no session, or an ended one
    ├── Forbidden      403    a session that may not do this
    ├── NotFound       404    no such thing, or not yours
    ├── Conflict       409    the thing is not in a state that allows this
    ├── TooLarge       413    over a stated limit
    ├── Refused        422    understood, but a rule forbids it (DF1xx structure, DF2xx plan); carries marks
    ├── Busy           503    cannot now; try again
    └── Broken         500    the installation is not usable (disk, database, port); the program says what to do

Every error has a stable code, a sentence that says what happened, and a hint that says what to do. One handler in the
server turns it into JSON, the command line into a line on standard error and a non-zero exit. What a *user's* code raises
never becomes one of these: it is wrapped at the runner's boundary and shown with the user's own traceback.
"""

from typing import ClassVar

__all__ = [
    "Broken",
    "Busy",
    "Conflict",
    "DeepForgeError",
    "Forbidden",
    "Invalid",
    "NotFound",
    "Refused",
    "TooLarge",
    "Unauthorized",
]


class DeepForgeError(Exception):
    """The root: a code, a sentence, and what to do about it."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.code = code or self.default_code
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Invalid(DeepForgeError):
    """What was sent is not valid."""

    status = 400
    default_code = "invalid"


class Unauthorized(DeepForgeError):
    """There is no session, or it has ended."""

    status = 401
    default_code = "unauthorized"


class Forbidden(DeepForgeError):
    """The session may not do this."""

    status = 403
    default_code = "forbidden"


class NotFound(DeepForgeError):
    """There is no such thing, or it is not yours to see (the two look alike on purpose)."""

    status = 404
    default_code = "not-found"


class Conflict(DeepForgeError):
    """The thing is not in a state that allows this."""

    status = 409
    default_code = "conflict"


class TooLarge(DeepForgeError):
    """Over a stated limit."""

    status = 413
    default_code = "too-large"


class Refused(DeepForgeError):
    """Understood, but a rule forbids it; ``marks`` name each place and reason (``model.marks.Mark``)."""

    status = 422
    default_code = "refused"

    def __init__(
        self, message: str, *, code: str | None = None, hint: str = "", where: str = "", marks: tuple[object, ...] = ()
    ) -> None:
        super().__init__(message, code=code, hint=hint, where=where)
        self.marks = marks


class Busy(DeepForgeError):
    """Cannot be done now; trying again later may help."""

    status = 503
    default_code = "busy"


class Broken(DeepForgeError):
    """The installation is not usable: disk, database, port, versions."""

    default_code = "broken"
