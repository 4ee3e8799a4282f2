"""Names that people give: kept as they are, if they can be read on one line."""

from deepforge.errors import Invalid

__all__ = ["checked_name"]

_LONGEST = 200


def checked_name(name: str, *, where: str = "name") -> str:
    """The name without spaces around it. Raises `Invalid` if nothing is left, or if it cannot be shown on one line."""
    name = name.strip()
    if not 1 <= len(name) <= _LONGEST or not name.isprintable():
        raise Invalid(f"A name has 1 to {_LONGEST} printable characters.", where=where)
    return name
