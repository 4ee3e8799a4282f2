"""The stores on disk keep the contracts."""

from tests.storage.contracts_blobs import BlobContract
from tests.storage.contracts_documents import DocumentContract
from tests.storage.contracts_executions import ArtifactContract, ExecutionContract
from tests.storage.contracts_projects import ProjectContract, SessionContract
from tests.storage.contracts_reports import ReportContract


class TestSqliteDocuments(DocumentContract):
    backend = "sqlite"


class TestSqliteExecutions(ExecutionContract):
    backend = "sqlite"


class TestSqliteArtifacts(ArtifactContract):
    backend = "sqlite"


class TestSqliteReports(ReportContract):
    backend = "sqlite"


class TestSqliteBlobs(BlobContract):
    backend = "sqlite"


class TestSqliteProjects(ProjectContract):
    backend = "sqlite"


class TestSqliteSessions(SessionContract):
    backend = "sqlite"
