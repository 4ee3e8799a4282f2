"""The questions that the server asks the analyst, and the answers. `docs/spec/analyst.md` has the rules.

Newline-separated JSON on the analyst's standard input and output. An answer has the question's number.
"""

from msgspec import Struct

from deepforge.ids import RecordId
from deepforge.model.hosting import AttemptSpec
from deepforge.model.interface import Interface, Mark, TypeInfo
from deepforge.model.records import Definition

__all__ = [
    "Answer",
    "Catalogue",
    "CatalogueEntry",
    "CatalogueParameter",
    "DescribeFramework",
    "EmitFiles",
    "FilesEmitted",
    "FrameworkDescribed",
    "Question",
    "QuestionFailed",
    "ReadSources",
    "SourceFacts",
    "SourcesRead",
]


class ReadSources(Struct, frozen=True, kw_only=True, tag_field="type", tag="read"):
    """Read the interfaces of these definitions (only parsed, never run)."""

    number: int
    definitions: tuple[Definition, ...]


class DescribeFramework(Struct, frozen=True, kw_only=True, tag_field="type", tag="describe"):
    """List the layers, criterions and optimizers of the installed torch."""

    number: int


class EmitFiles(Struct, frozen=True, kw_only=True, tag_field="type", tag="emit"):
    """Write the files of an attempt's directory (only parsed, never run)."""

    number: int
    spec: AttemptSpec


Question = ReadSources | DescribeFramework | EmitFiles


class SourceFacts(Struct, frozen=True, kw_only=True):
    """What one definition says of itself. `interface` for operations, `type` for data types; marks for any."""

    record: RecordId
    source_hash: str
    interface: Interface | None = None
    type: TypeInfo | None = None
    marks: tuple[Mark, ...] = ()


class SourcesRead(Struct, frozen=True, kw_only=True, tag_field="type", tag="read"):
    number: int
    facts: tuple[SourceFacts, ...]


class CatalogueParameter(Struct, frozen=True, kw_only=True):
    """A parameter of a layer, criterion or optimizer; `default` is a Python expression, empty when required."""

    name: str
    annotation: str = ""
    default: str = ""
    required: bool = False
    doc: str = ""


class CatalogueEntry(Struct, frozen=True, kw_only=True):
    """A class of the framework. `category`: Simple, Transfer, Convolution, Container, Misc, Recurrent, Criterion, Optimizer."""

    name: str
    category: str
    doc: str = ""
    parameters: tuple[CatalogueParameter, ...] = ()


class Catalogue(Struct, frozen=True, kw_only=True):
    """What the installed framework offers."""

    framework: str
    layers: tuple[CatalogueEntry, ...] = ()
    criterions: tuple[CatalogueEntry, ...] = ()
    optimizers: tuple[CatalogueEntry, ...] = ()


class FrameworkDescribed(Struct, frozen=True, kw_only=True, tag_field="type", tag="described"):
    number: int
    catalogue: Catalogue


class FilesEmitted(Struct, frozen=True, kw_only=True, tag_field="type", tag="emitted"):
    """Texts by relative path."""

    number: int
    files: dict[str, str]


class QuestionFailed(Struct, frozen=True, kw_only=True, tag_field="type", tag="failed"):
    """The question could not be answered; one sentence why.

    With a `code`, what was asked about is the reason: asking again gives the same answer. Without one, a deadline or a limit.
    """

    number: int
    message: str
    code: str = ""
    hint: str = ""


Answer = SourcesRead | FrameworkDescribed | FilesEmitted | QuestionFailed
