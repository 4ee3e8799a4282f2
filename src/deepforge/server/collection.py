"""Collects what nothing refers to any more, reports of removed executions and blobs: at the start and daily, in the background.

Nothing that is referenced may ever go, and references come and go while it is being looked. Hence a blob goes only if nothing
referred to it at two looks that lie further apart than any request lasts (one that read an artifact before it was removed
has pinned it by the second), if nobody stored it within the last hour, and if it is older than every unfinished execution: what
that has stored is not referred to before its job reports that it ended, however long a host was out of contact.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from deepforge.dispatch.clock import Clock
from deepforge.dispatch.stores import DispatchStores
from deepforge.ids import BlobHash

__all__ = ["Collection"]

logger = logging.getLogger(__name__)
_BETWEEN_LOOKS = 600.0
_DAY = 86_400.0
_YOUNG = 3_600.0


class Collection:
    """An asynchronous context manager: within it, all stores are kept free of what nothing refers to."""

    def __init__(
        self, stores: DispatchStores, clock: Clock, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._stores = stores
        self._clock = clock
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_collecting())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_collecting(self) -> None:
        while True:
            try:
                await self.collect()
            except Exception as error:  # the top of the loop: it is tried again tomorrow
                logger.error("What is not needed any more could not be removed", exc_info=error)
            await self._sleep(_DAY)

    async def collect(self) -> list[BlobHash]:
        """Remove what nothing refers to; says which blobs."""
        await self._remove_reports()
        older_than = await self._age()  # asked first: what is stored from now on is younger
        began = self._clock.monotonic()
        seen = await self._referenced()
        await self._sleep(_BETWEEN_LOOKS)
        seen |= await self._referenced()
        removed = await self._stores.blobs.collect(seen, older_than=older_than + self._clock.monotonic() - began)
        if removed:
            logger.info("Removed %d blobs that nothing refers to", len(removed))
        return removed

    async def _remove_reports(self) -> None:
        """Attempts are listed first: an execution is stored before its attempt can report."""
        reported = await self._stores.reports.attempts()
        orphans = reported - await self._stores.executions.attempts()
        await self._stores.reports.remove(sorted(orphans))

    async def _age(self) -> float:
        """How old, in seconds, a blob must be now."""
        begun = [execution.created for execution in await self._stores.executions.unfinished()]
        return max([_YOUNG, *((self._clock.now() - created).total_seconds() for created in begun)])

    async def _referenced(self) -> set[BlobHash]:
        stores = self._stores
        return await stores.executions.blobs() | await stores.artifacts.blobs() | await stores.reports.blobs()
