"""What survives a restart: stores in memory and on disk, with the same contracts (those of their users' `stores.py`)."""

from deepforge.storage.memory_storage import MemoryStorage
from deepforge.storage.sql_storage import Storage, open_storage

__all__ = ["MemoryStorage", "Storage", "open_storage"]
