"""Ties a process to the one that started it, however that ends.

A worker host that was started beside a server ends with it at once, so that the next start's host finds the directory free and
adopts what still runs; a server that was started for one command ends with that command.
"""

import ctypes
import os
import signal
import sys

__all__ = ["end_with"]

_PR_SET_PDEATHSIG = 1


def end_with(parent: int, how: signal.Signals) -> None:
    """Ask the kernel for a signal when the process `parent`, which started this one, ends. Elsewhere than Linux: nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)
    # It may have ended before the kernel was asked.
    if os.getppid() != parent:
        sys.exit(1)
