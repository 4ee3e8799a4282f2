"""What code says about itself: the interface of an operation, the types and layers of a project, and marks.

All of it is derived from source by the analyst and keyed by the source's hash; none of it is stored in the document.
"""

from enum import StrEnum

from msgspec import Struct

from deepforge.ids import RecordId
from deepforge.model.records import Value

__all__ = [
    "Attribute",
    "AttributeKind",
    "Interface",
    "Mark",
    "Port",
    "ReferencePort",
    "Severity",
    "TypeInfo",
    "Where",
]


class Severity(StrEnum):
    """An error refuses the run; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Where(Struct, frozen=True, kw_only=True):
    """What a mark is about: a record, a field, port, attribute or reference of it, a line (1-based) and column (0-based)."""

    record: RecordId
    name: str = ""
    line: int | None = None
    column: int | None = None


class Mark(Struct, frozen=True, kw_only=True):
    """Something worth knowing about a record: a code (`DF2xx`), a sentence, what to do."""

    code: str
    severity: Severity
    message: str
    where: Where
    hint: str = ""


class Port(Struct, frozen=True, kw_only=True):
    """A typed input or output. `type` is a data type's name; `variable` names the TypeVar that passes a type through."""

    name: str
    type: str = "Data"
    doc: str = ""
    variable: str = ""
    optional: bool = False
    """An input whose parameter has a default may stay unconnected."""


class AttributeKind(StrEnum):
    """How an attribute is edited."""

    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    STRING = "string"
    CHOICE = "choice"


class Attribute(Struct, frozen=True, kw_only=True):
    """A hyper-parameter. `minimum` and `maximum` are inclusive; `choices` is empty unless `kind` is choice."""

    name: str
    kind: AttributeKind
    default: Value = None
    required: bool = False
    optional: bool = False
    """None is a legal value."""
    choices: tuple[Value, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    doc: str = ""


class ReferencePort(Struct, frozen=True, kw_only=True):
    """A thing that the operation needs built: an `Architecture`, `Criterion` or `Optimizer`."""

    name: str
    resource: str
    doc: str = ""
    optional: bool = False


class Interface(Struct, frozen=True, kw_only=True):
    """The signature of an operation, read from its source without running it."""

    operation: RecordId
    name: str
    doc: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    references: tuple[ReferencePort, ...] = ()
    source_hash: str = ""


class TypeInfo(Struct, frozen=True, kw_only=True):
    """A data type and its base: the type tree of a project. Built-in types have no record."""

    name: str
    base: str
    """The base type's name; "" for `Data`, the root."""
    record: RecordId | None = None
    doc: str = ""
