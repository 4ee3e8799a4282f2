"""Where feedback of this process goes: to the spool that the runner opened, or nowhere.

This is the one piece of process-wide state of `deepforge.feedback`: user code makes graphs from anywhere, without being handed
anything. A process forked by user code (a loader of training data, say) shares the mapped file but not its end, and would
overwrite its parent's records: there feedback goes nowhere.
"""

import itertools
import os
from pathlib import Path

from deepforge.feedback.spool import Spool

__all__ = ["CHANNEL", "Channel"]


class Channel:
    """The spool of this process, if any, and the ids of what is reported to it."""

    def __init__(self) -> None:
        self.spool: Spool | None = None
        self._ids = itertools.count(1)

    def open(self, path: Path) -> None:
        """Report to a new spool at `path` from now on. Only the runner calls this."""
        self.spool = Spool(path)

    def silence(self) -> None:
        """Report nothing from now on (in a forked process)."""
        self.spool = None

    def new_id(self) -> int:
        """A number for a graph, line or image; one sequence for all of them."""
        return next(self._ids)


CHANNEL = Channel()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=CHANNEL.silence)
