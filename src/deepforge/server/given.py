"""What handlers may ask for: the services, who calls, and the parameters of paths and queries with their limits."""

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from deepforge.ids import ArtifactId, BlobHash, BranchName, ExecutionId, JobId, ProjectId, RecordId
from deepforge.server.caller import Caller
from deepforge.server.services import Services

__all__ = [
    "ABlob",
    "ABranch",
    "AJob",
    "ANumber",
    "AProject",
    "AnArtifact",
    "AnExecution",
    "Count",
    "LogBytes",
    "MaybeBuckets",
    "MaybeCount",
    "MaybeRecord",
    "MaybeText",
    "PageLimit",
    "TheCaller",
    "TheServices",
]

_MOST = 2**53
"""The largest whole number that a browser has."""

TheServices = NamedDependency[Services]
TheCaller = NamedDependency[Caller]

AProject = FromPath[ProjectId]
ABranch = FromPath[BranchName]
AnExecution = FromPath[ExecutionId]
AJob = FromPath[JobId]
AnArtifact = FromPath[ArtifactId]
ABlob = FromPath[BlobHash]
ANumber = FromPath[int]

Count = Annotated[int, QueryParameter(ge=0, le=_MOST)]
MaybeCount = Annotated[int | None, QueryParameter(ge=0, le=_MOST)]
MaybeBuckets = Annotated[int | None, QueryParameter(ge=1, le=100_000)]
PageLimit = Annotated[int, QueryParameter(ge=1, le=1000)]
LogBytes = Annotated[int, QueryParameter(ge=1, le=4 * 1024 * 1024)]
MaybeText = FromQuery[str | None]
MaybeRecord = FromQuery[RecordId | None]
