"""Ties a process to the one that started it.

A server that was started for one command ends with that command, however it ends.
"""

import ctypes
import os
import signal
import sys

__all__ = ["end_with"]

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Ask the kernel for a SIGTERM when the process `parent`, which started this one, ends. Elsewhere than Linux: nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # It may have ended before the kernel was asked.
    if os.getppid() != parent:
        sys.exit(1)
