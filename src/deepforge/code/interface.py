"""The interface of an operation, read from its signature: `*` alone decides whether a parameter is an input or an attribute."""

import ast
from dataclasses import dataclass, field

from deepforge.code.annotations import DATA_TYPES_PACKAGE, Names, read_names, unwrap
from deepforge.code.attributes import NotPlain, read_attribute
from deepforge.code.docstrings import Docs, read_docstring
from deepforge.code.source import Source, mark
from deepforge.model.interface import Attribute, Interface, Mark, Port, ReferencePort

__all__ = ["read_interface"]

DEFAULT_OUTPUT = "result"


@dataclass
class _Reading:
    """What was found so far."""

    source: Source
    names: Names
    docs: Docs
    marks: list[Mark] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    references: list[ReferencePort] = field(default_factory=list)

    def complain(self, code: str, message: str, node: ast.AST, name: str = "", hint: str = "") -> None:
        self.marks.append(mark(self.source, code, message, node=node, name=name, hint=hint))


def read_interface(source: Source) -> tuple[Interface | None, tuple[Mark, ...]]:
    """The interface of the top-level function that has the record's name, and marks DF201 and DF203 to DF206."""
    functions = [item for item in source.tree.body if isinstance(item, ast.FunctionDef) and item.name == source.name]
    if not functions:
        message = f"There is no function {source.name} in the code."
        return None, (mark(source, "DF201", message, hint=f"Write `def {source.name}(...):` at the top level of the file."),)
    function = functions[-1]
    reading = _Reading(source, read_names(source.tree), read_docstring(function))
    inputs = _inputs(function, reading)
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        _keyword_only(argument, default, reading)
    outputs = _outputs(function, reading)
    _check_use(function, inputs, outputs, reading)
    interface = Interface(
        operation=source.record,
        name=source.name,
        doc=reading.docs.text,
        inputs=inputs,
        outputs=outputs,
        attributes=tuple(reading.attributes),
        references=tuple(reading.references),
    )
    return interface, tuple(reading.marks)


def _inputs(function: ast.FunctionDef, reading: _Reading) -> tuple[Port, ...]:
    arguments = function.args
    for argument in arguments.posonlyargs:
        reading.complain(
            "DF206",
            f"The input {argument.arg} cannot be given by name.",
            argument,
            argument.arg,
            "Remove the `/` from the signature.",
        )
    for starred in (arguments.vararg, arguments.kwarg):
        if starred:
            reading.complain(
                "DF206",
                f"{starred.arg} takes any number of values, which cannot be drawn.",
                starred,
                starred.arg,
                "Name each one.",
            )
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    return tuple(
        _port(item.arg, item.annotation, item, reading, optional=place >= first_default) for place, item in enumerate(positional)
    )


def _port(
    name: str, annotation: ast.expr | None, node: ast.AST, reading: _Reading, *, optional: bool = False, doc: str = ""
) -> Port:
    """A port of an annotation's type; DF205 where it is unknown."""
    doc = doc or reading.docs.names.get(name, "")
    if annotation is None:
        return Port(name=name, doc=doc, optional=optional)
    inside, _, nullable = unwrap(annotation, reading.names)
    variable = inside.id if isinstance(inside, ast.Name) and inside.id in reading.names.variables else ""
    if variable:
        bound = reading.names.variables[variable]
        return Port(
            name=name,
            type=(reading.names.data_type(bound) if bound is not None else "") or "Data",
            doc=doc,
            variable=variable,
            optional=optional or nullable,
        )
    type_name = reading.names.data_type(inside)
    if not type_name:
        _unknown_type(inside, name, node, reading)
    return Port(name=name, type=type_name or "Data", doc=doc, optional=optional or nullable)


def _unknown_type(annotation: ast.expr, name: str, node: ast.AST, reading: _Reading) -> None:
    shown = ast.unparse(annotation)[:60]
    if reading.names.resource(annotation):
        hint = f"Write it after `*`: `*, {name}: {shown}`."
    else:
        hint = (
            f"Use a data type: `from deepforge import Dataset`, or `from {DATA_TYPES_PACKAGE}.{{name}} import {{name}}`.".format(
                name=shown if shown.isidentifier() else "Weights"
            )
        )
    reading.complain("DF205", f"{shown} is not a data type.", node, name, hint)


def _keyword_only(argument: ast.arg, default: ast.expr | None, reading: _Reading) -> None:
    """A reference if it is annotated as one, else an attribute."""
    name, doc = argument.arg, reading.docs.names.get(argument.arg, "")
    if argument.annotation is not None:
        inside, _, nullable = unwrap(argument.annotation, reading.names)
        resource = reading.names.resource(inside)
        if resource:
            optional = nullable or default is not None
            reading.references.append(ReferencePort(name=name, resource=resource, doc=doc, optional=optional))
            return
        if reading.names.data_type(inside) and reading.names.full(inside) not in ("int", "float", "str"):
            message = f"The attribute {name} has the data type {ast.unparse(inside)[:60]}."
            reading.complain("DF206", message, argument, name, "Write inputs before `*`.")
            return
    try:
        reading.attributes.append(read_attribute(argument, default, reading.names, doc))
    except NotPlain as problem:
        message = f"The attribute {name} cannot be edited: {problem}.".replace("..", ".")
        reading.complain("DF206", message, argument, name, "Give it a plain type and a default: `epochs: int = 5`.")


def _outputs(function: ast.FunctionDef, reading: _Reading) -> tuple[Port, ...]:
    """One type, named by `Annotated[Model, "net"]` or called `result`, or the fields of a NamedTuple of the same file."""
    if function.returns is None:
        return ()
    inside, metadata, _ = unwrap(function.returns, reading.names)
    if isinstance(inside, ast.Constant) and inside.value is None:
        return ()
    fields = reading.names.classes.get(inside.id) if isinstance(inside, ast.Name) else None
    if fields is not None and any(reading.names.typing(base) == "NamedTuple" for base in fields.bases):
        docs = read_docstring(fields).names
        return tuple(
            _port(item.target.id, item.annotation, item, reading, doc=docs.get(item.target.id, ""))
            for item in fields.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        )
    named = (item.value for item in metadata if isinstance(item, ast.Constant) and isinstance(item.value, str))
    name = next((text for text in named if text.isidentifier()), DEFAULT_OUTPUT)
    return (_port(name, inside, function.returns, reading, doc=reading.docs.returns),)


def _check_use(function: ast.FunctionDef, inputs: tuple[Port, ...], outputs: tuple[Port, ...], reading: _Reading) -> None:
    """DF203 and DF204: what is declared and never used."""
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    for port in inputs:
        if port.name not in used:
            hint = "Use it, or remove it from the signature."
            reading.complain("DF203", f"The input {port.name} is never used.", function, port.name, hint)
    returns = any(isinstance(node, ast.Return) and node.value is not None for node in nodes)
    if not returns:
        for port in outputs:
            hint = "Return it, or remove it from the signature."
            reading.complain("DF204", f"The output {port.name} is never returned.", function, port.name, hint)
