"""Which data types fit where."""

from collections.abc import Iterable

from deepforge.model.interface import TypeInfo

__all__ = ["ROOT", "TypeTree"]

ROOT = "Data"
"""The root of the tree: an input of this type accepts anything."""


class TypeTree:
    """The data types of a project, by name. A type that it does not know fits only itself and `Data`."""

    def __init__(self, types: Iterable[TypeInfo]) -> None:
        self._bases = {type.name: type.base for type in types}

    def fits(self, given: str, wanted: str) -> bool:
        """Whether data of type `given` may go into an input of type `wanted`: the same type, or one derived from it."""
        if wanted == ROOT:
            return True
        seen: set[str] = set()
        while given and given not in seen:
            if given == wanted:
                return True
            seen.add(given)
            given = self._bases.get(given, "")
        return False
