"""What this machine offers: processors, memory, GPUs. GPUs are counted without touching CUDA, which would spoil forks."""

import importlib.metadata
import os

import psutil
import pynvml

from deepforge.model.hosting import Resources

__all__ = ["framework", "offered"]


def offered(slots: int) -> Resources:
    """The resources of this machine, as far as this process may use them."""
    return Resources(cpus=_cpus(), memory=psutil.virtual_memory().total, gpus=_gpus(), slots=slots)


def framework() -> str:
    """The version of the torch that attempts run with; it is not imported for that. Empty where there is none."""
    try:
        return importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _gpus() -> tuple[str, ...]:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return ()
    try:
        count = pynvml.nvmlDeviceGetCount()
        return tuple(str(pynvml.nvmlDeviceGetName(pynvml.nvmlDeviceGetHandleByIndex(index))) for index in range(count))
    finally:
        pynvml.nvmlShutdown()
