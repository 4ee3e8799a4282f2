"""The functions that an architecture may use between its layers, and how generated code calls them.

A layer whose class is one of these names is not a module but a function of `torch`: it joins branches, or changes a shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["JOINS", "Join", "JoinParameter"]


@dataclass(frozen=True, kw_only=True)
class JoinParameter:
    """A parameter of a joining function; `default` is a Python expression, empty when a value is required."""

    name: str
    annotation: str
    default: str = ""


@dataclass(frozen=True, kw_only=True)
class Join:
    """A joining function: how many tensors it takes, and its text in generated code.

    `infix` is the operator between the tensors ("+"), else `torch.<name>` is called, with a tuple of tensors when `packed`.
    """

    name: str
    doc: str
    parameters: tuple[JoinParameter, ...] = ()
    least: int = 1
    most: int | None = 1
    infix: str = ""
    packed: bool = False

    def call(self, tensors: Sequence[str], arguments: Sequence[str]) -> str:
        """The call as text; `arguments` are already "name=value"."""
        if self.infix:
            return f" {self.infix} ".join(tensors)
        if self.packed:
            tensors = [f"({', '.join(tensors)}{',' if len(tensors) == 1 else ''})"]
        return f"torch.{self.name}({', '.join([*tensors, *arguments])})"


_DIM = JoinParameter(name="dim", annotation="int", default="1")
JOINS: dict[str, Join] = {
    join.name: join
    for join in (
        Join(name="cat", doc="Puts tensors side by side along a dimension.", parameters=(_DIM,), most=None, packed=True),
        Join(name="stack", doc="Puts tensors side by side along a new dimension.", parameters=(_DIM,), most=None, packed=True),
        Join(name="add", doc="Adds tensors.", least=2, most=None, infix="+"),
        Join(name="sub", doc="Subtracts the second tensor from the first.", least=2, most=2, infix="-"),
        Join(name="mul", doc="Multiplies tensors element by element.", least=2, most=None, infix="*"),
        Join(name="matmul", doc="Multiplies matrices.", least=2, most=2, infix="@"),
        Join(
            name="flatten",
            doc="Makes one dimension of several.",
            parameters=(
                JoinParameter(name="start_dim", annotation="int", default="1"),
                JoinParameter(name="end_dim", annotation="int", default="-1"),
            ),
        ),
        Join(
            name="reshape",
            doc="Gives the same numbers another shape; -1 is worked out.",
            parameters=(JoinParameter(name="shape", annotation="tuple[int, ...]"),),
        ),
        Join(
            name="permute",
            doc="Puts the dimensions in another order.",
            parameters=(JoinParameter(name="dims", annotation="tuple[int, ...]"),),
        ),
        Join(
            name="transpose",
            doc="Swaps two dimensions.",
            parameters=(
                JoinParameter(name="dim0", annotation="int", default="1"),
                JoinParameter(name="dim1", annotation="int", default="2"),
            ),
        ),
        Join(
            name="mean",
            doc="The mean over dimensions.",
            parameters=(
                JoinParameter(name="dim", annotation="int | tuple[int, ...]", default="1"),
                JoinParameter(name="keepdim", annotation="bool", default="False"),
            ),
        ),
        Join(name="squeeze", doc="Drops a dimension of size 1.", parameters=(_DIM,)),
        Join(name="unsqueeze", doc="Adds a dimension of size 1.", parameters=(_DIM,)),
    )
}
