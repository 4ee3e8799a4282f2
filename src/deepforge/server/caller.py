"""Who calls: what the gate found out about a request, for the handlers."""

from enum import StrEnum

from msgspec import Struct

from deepforge.ids import SessionId
from deepforge.model.project import Person

__all__ = ["Caller", "Kind"]


class Kind(StrEnum):
    """A browser session, the machine's owner (the token of `server.json`), or a worker host."""

    SESSION = "session"
    OWNER = "owner"
    WORKER = "worker"


class Caller(Struct, frozen=True, kw_only=True):
    """An authenticated caller. `session` is empty for the owner's token and for hosts."""

    kind: Kind
    person: Person
    named: bool = True
    session: SessionId | None = None
