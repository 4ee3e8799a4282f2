"""DeepForge: design, train and understand neural networks together.

Operation authors write ``import deepforge`` and find here what running code reports (``Graph``, ``Image``, ``progress``)
and what operations pass to each other (``Data``, ``Dataset``, ``Model`` ...). Names load on first use (PEP 562), so that
importing any part of DeepForge never costs what the library imports (torch).
"""

import importlib

__version__ = "0.1.0"

_HOMES = {
    "deepforge.feedback": ("Graph", "Image", "Line", "progress"),
    "deepforge.library": (
        "Architecture",
        "Criterion",
        "Data",
        "Dataset",
        "File",
        "Json",
        "Model",
        "Number",
        "Optimizer",
        "Range",
        "Tensor",
        "Text",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: PLE0604, RUF100 (the names are the keys of the lazy table)
    "__version__",
    *sorted(_HOME_OF),
]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'deepforge' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
