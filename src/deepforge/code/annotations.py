"""What a name in an annotation means: a data type, a resource, a plain type; read from the imports of the file."""

import ast
from dataclasses import dataclass, field

__all__ = ["BUILT_IN_TYPES", "DATA_TYPES_PACKAGE", "RESOURCES", "Names", "dotted", "read_names", "unwrap"]

BUILT_IN_TYPES = ("Data", "Dataset", "File", "Json", "Model", "Number", "Tensor", "Text")
RESOURCES = ("Architecture", "Criterion", "Optimizer")
DATA_TYPES_PACKAGE = "data_types"
_PLAIN_INPUTS = {
    "float": "Number",
    "int": "Number",
    "str": "Text",
    "dict": "Json",
    "list": "Json",
    "torch.Tensor": "Tensor",
    "torch.nn.Module": "Model",
    "pathlib.Path": "File",
}
"""An input may be annotated by what arrives instead of by the data type."""


@dataclass(frozen=True)
class Names:
    """The imports, type variables and classes of a file. `imported` maps a local name to its full one."""

    imported: dict[str, str] = field(default_factory=dict)
    variables: dict[str, ast.expr | None] = field(default_factory=dict)
    """Type variables and what they are bound to."""
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)

    def full(self, node: ast.expr) -> str:
        """The full name of what an expression names: "deepforge.Dataset"; empty if it is no name."""
        name = dotted(node)
        head, _, rest = name.partition(".")
        known = self.imported.get(head, head)
        return f"{known}.{rest}" if rest else known

    def data_type(self, node: ast.expr) -> str:
        """The data type that an annotation names; empty if it names none."""
        full = self.full(node)
        package, _, name = full.rpartition(".")
        if package in ("deepforge", "deepforge.library") and name in BUILT_IN_TYPES:
            return name
        if package.partition(".")[0] == DATA_TYPES_PACKAGE:
            return name
        return _PLAIN_INPUTS.get(full, "")

    def resource(self, node: ast.expr) -> str:
        """The kind of resource that an annotation names; empty if none."""
        package, _, name = self.full(node).rpartition(".")
        return name if package in ("deepforge", "deepforge.library") and name in RESOURCES else ""

    def typing(self, node: ast.expr) -> str:
        """The name of a construct of `typing`: "Literal", "Annotated", "NamedTuple"."""
        package, _, name = self.full(node).rpartition(".")
        return name if package in ("typing", "typing_extensions") else ""


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def read_names(tree: ast.Module) -> Names:
    """What the top level of a file defines."""
    names = Names()
    for statement in tree.body:
        match statement:
            case ast.Import(names=aliases):
                for alias in aliases:
                    bound = alias.asname or alias.name.partition(".")[0]
                    names.imported[bound] = alias.name if alias.asname else bound
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                names.imported.update({alias.asname or alias.name: f"{module}.{alias.name}" for alias in aliases})
            case ast.ClassDef(name=name):
                names.classes[name] = statement
            case _:
                pass
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call(func=func, keywords=keywords)):
                if names.typing(func) == "TypeVar":
                    names.variables[target] = next((item.value for item in keywords if item.arg == "bound"), None)
            case _:
                pass
    return names


def unwrap(annotation: ast.expr, names: Names) -> tuple[ast.expr, tuple[ast.expr, ...], bool]:
    """An annotation without `Annotated` and `Optional`: what is inside, the annotations' metadata, whether None is legal."""
    metadata: tuple[ast.expr, ...] = ()
    optional = False
    for _ in range(10):
        match annotation:
            case ast.Constant(value=str(text)) if len(text) < 1_000:
                try:
                    annotation = ast.parse(text.strip(), mode="eval").body
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return annotation, metadata, optional
            case ast.Subscript(value=value, slice=ast.Tuple(elts=[inside, *extra])) if names.typing(value) == "Annotated":
                annotation, metadata = inside, (*metadata, *extra)
            case ast.Subscript(value=value, slice=inside) if names.typing(value) == "Optional":
                annotation, optional = inside, True
            case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
                annotation, optional = left, True
            case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
                annotation, optional = right, True
            case _:
                break
    return annotation, metadata, optional
