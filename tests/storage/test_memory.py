"""The stores in memory keep the contracts."""

from tests.storage.contracts_blobs import BlobContract
from tests.storage.contracts_documents import DocumentContract
from tests.storage.contracts_executions import ArtifactContract, ExecutionContract
from tests.storage.contracts_projects import ProjectContract, SessionContract
from tests.storage.contracts_reports import ReportContract


class TestMemoryDocuments(DocumentContract):
    backend = "memory"


class TestMemoryExecutions(ExecutionContract):
    backend = "memory"


class TestMemoryArtifacts(ArtifactContract):
    backend = "memory"


class TestMemoryReports(ReportContract):
    backend = "memory"


class TestMemoryBlobs(BlobContract):
    backend = "memory"


class TestMemoryProjects(ProjectContract):
    backend = "memory"


class TestMemorySessions(SessionContract):
    backend = "memory"
