"""What survives a restart: stores in memory and on disk, with the same contracts (those of their users' `stores.py`)."""

from deepforge.storage.memory_storage import MemoryStorage

__all__ = ["MemoryStorage"]
