"""Every kind of id, each a type of its own, and the one way to make a new one.

Ids are opaque: nothing may be read out of them. New ones are random; records that come with a seed or an import keep the
ids they have there, so that copies of a project can be compared and merged.
"""

import re
import secrets
from typing import NewType

__all__ = [
    "RECORD_ID",
    "ArtifactId",
    "AttemptId",
    "BlobHash",
    "BranchName",
    "ClientId",
    "ExecutionId",
    "JobId",
    "PersonId",
    "ProjectId",
    "RecordId",
    "SessionId",
    "TransactionId",
    "WorkerId",
    "new_id",
]

ProjectId = NewType("ProjectId", str)
BranchName = NewType("BranchName", str)
RecordId = NewType("RecordId", str)
"""One thing in a project's document."""
TransactionId = NewType("TransactionId", str)
ClientId = NewType("ClientId", str)
"""One open tab (it makes its own id)."""
PersonId = NewType("PersonId", str)
SessionId = NewType("SessionId", str)
ExecutionId = NewType("ExecutionId", str)
JobId = NewType("JobId", str)
AttemptId = NewType("AttemptId", str)
ArtifactId = NewType("ArtifactId", str)
BlobHash = NewType("BlobHash", str)
"""The blake3 hash of a blob: 64 lower-case hexadecimal digits."""
WorkerId = NewType("WorkerId", str)

RECORD_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What the id of a record, a transaction or a client may look like (full match)."""

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_LENGTH = 16  # 80 random bits


def new_id() -> str:
    """A new random id; the caller gives it its type: ``ExecutionId(new_id())``."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
