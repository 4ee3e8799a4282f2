"""The stores on PostgreSQL keep the contracts."""

from tests.storage.contracts_documents import DocumentContract
from tests.storage.contracts_executions import ArtifactContract, ExecutionContract
from tests.storage.contracts_projects import ProjectContract, SessionContract
from tests.storage.contracts_reports import ReportContract


class TestPostgresDocuments(DocumentContract):
    backend = "postgres"


class TestPostgresExecutions(ExecutionContract):
    backend = "postgres"


class TestPostgresArtifacts(ArtifactContract):
    backend = "postgres"


class TestPostgresReports(ReportContract):
    backend = "postgres"


class TestPostgresProjects(ProjectContract):
    backend = "postgres"


class TestPostgresSessions(SessionContract):
    backend = "postgres"
