"""All stores in memory, put together as a server uses them."""

from deepforge.storage.memory import Memory, MemoryArtifactStore, MemoryDocumentStore, MemoryExecutionStore
from deepforge.storage.memory_projects import MemoryProjectStore, MemorySessionStore
from deepforge.storage.memory_reports import MemoryBlobStore, MemoryReportStore

__all__ = ["MemoryStorage"]


class MemoryStorage:
    """The same attributes as `Storage`; nothing survives it."""

    def __init__(self) -> None:
        memory = Memory()
        self.blobs = MemoryBlobStore()
        self.documents = MemoryDocumentStore(memory)
        self.executions = MemoryExecutionStore(memory)
        self.artifacts = MemoryArtifactStore(memory)
        self.projects = MemoryProjectStore(memory)
        self.reports = MemoryReportStore(self.blobs)
        self.sessions = MemorySessionStore()
