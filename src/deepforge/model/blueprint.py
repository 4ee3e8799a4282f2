"""An architecture made flat and exact: what to build, and in which order its layers run.

A model's file carries it, so that the network can be built again without running any code that came with the file. Values are
Python literals ("6", "(2, 2)", "'same'"): attributes after their expressions were evaluated.
"""

from msgspec import Struct

from deepforge.ids import RecordId
from deepforge.model.records import Record

__all__ = ["Blueprint", "BlueprintStep", "Design", "Source"]


class Source(Struct, frozen=True):
    """Where a value comes from: a step by its place, or network input k as -1 - k. `part` picks from a tuple of outputs."""

    step: int
    part: int | None = None


class BlueprintStep(Struct, frozen=True, kw_only=True):
    """One layer, applied to `inputs`.

    Exactly one of the four says what it is: `layer` a class of `torch.nn`, `function` a joining function, `custom` a layer of
    the project by name, `inner` an architecture used inside. `name` is the attribute of the module that holds it, empty for
    functions.
    """

    name: str
    inputs: tuple[Source, ...]
    arguments: dict[str, str] = {}
    layer: str = ""
    function: str = ""
    custom: str = ""
    inner: "Blueprint | None" = None


class Blueprint(Struct, frozen=True, kw_only=True):
    """A whole architecture; `inputs` are the names of what its forward takes, `outputs` what it returns (a tuple if several)."""

    name: str
    architecture: RecordId
    inputs: tuple[str, ...]
    steps: tuple[BlueprintStep, ...]
    outputs: tuple[Source, ...]


class Design(Struct, frozen=True, kw_only=True):
    """Where a network came from: its blueprint, and the records that it was drawn with (so that it can be opened again)."""

    blueprint: Blueprint
    records: tuple[Record, ...] = ()
