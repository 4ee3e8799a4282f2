"""Data types and custom layers: the class that a definition holds, its base, its methods, its constructor."""

import ast

from deepforge.code.annotations import BUILT_IN_TYPES, Names, read_names, unwrap
from deepforge.code.attributes import NotPlain, read_attribute
from deepforge.code.docstrings import Docs, read_docstring
from deepforge.code.source import Source, mark
from deepforge.model.interface import Attribute, Interface, Mark, Port, ReferencePort, TypeInfo

__all__ = ["read_data_type", "read_layer"]

_METHODS = ("serialize", "deserialize")


def read_data_type(source: Source) -> tuple[TypeInfo | None, tuple[Mark, ...]]:
    """The place of a data type in the tree of types. A type directly under `Data` must write and read itself (DF201)."""
    found = _class(source, "data type")
    if isinstance(found, Mark):
        return None, (found,)
    names = read_names(source.tree)
    if source.name in BUILT_IN_TYPES:
        message = f"{source.name} is the name of a built-in data type."
        return None, (mark(source, "DF205", message, node=found, hint="Give this one another name."),)
    base = next((name for name in map(names.data_type, found.bases) if name), "Data")
    own = {item.name for item in found.body if isinstance(item, ast.FunctionDef)}
    missing = [method for method in _METHODS if method not in own] if base == "Data" else []
    marks = tuple(
        mark(
            source,
            "DF201",
            f"The data type {source.name} has no method {method}.",
            node=found,
            name=method,
            hint="Write it, or inherit from a type that has it, such as Tensor.",
        )
        for method in missing
    )
    info = TypeInfo(name=source.name, base=base, record=source.record, doc=read_docstring(found).text)
    return info, marks


def read_layer(source: Source) -> tuple[Interface | None, tuple[Mark, ...]]:
    """What a custom layer is configured by (the parameters of its constructor) and what its forward takes."""
    found = _class(source, "layer")
    if isinstance(found, Mark):
        return None, (found,)
    names, docs = read_names(source.tree), read_docstring(found)
    methods = {item.name: item for item in found.body if isinstance(item, ast.FunctionDef)}
    attributes: list[Attribute] = []
    references: list[ReferencePort] = []
    if "__init__" in methods:
        help_texts = Docs(text=docs.text, names={**docs.names, **read_docstring(methods["__init__"]).names})
        attributes, references = _constructor(methods["__init__"], names, help_texts)
    forward = methods["forward"].args if "forward" in methods else None
    inputs = tuple(Port(name=item.arg, type="Tensor") for item in (*forward.posonlyargs, *forward.args)[1:]) if forward else ()
    interface = Interface(
        operation=source.record,
        name=source.name,
        doc=docs.text,
        inputs=inputs,
        attributes=tuple(attributes),
        references=tuple(references),
    )
    return interface, ()


def _constructor(init: ast.FunctionDef, names: Names, docs: Docs) -> tuple[list[Attribute], list[ReferencePort]]:
    """Parameters with a plain type are attributes, modules are nested architectures; others are written as expressions."""
    attributes: list[Attribute] = []
    references: list[ReferencePort] = []
    positional = [*init.args.posonlyargs, *init.args.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(init.args.defaults)) + [*init.args.defaults]
    pairs = [*zip(positional, defaults, strict=True), *zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True)]
    for argument, default in pairs[1:]:
        doc = docs.names.get(argument.arg, "")
        if argument.annotation is not None and _is_module(argument.annotation, names):
            optional = default is not None
            references.append(ReferencePort(name=argument.arg, resource="Architecture", doc=doc, optional=optional))
            continue
        try:
            attributes.append(read_attribute(argument, default, names, doc))
        except NotPlain:
            continue
    return attributes, references


def _is_module(annotation: ast.expr, names: Names) -> bool:
    inside, _, _ = unwrap(annotation, names)
    return names.full(inside) == "torch.nn.Module"


def _class(source: Source, what: str) -> ast.ClassDef | Mark:
    classes = [item for item in source.tree.body if isinstance(item, ast.ClassDef) and item.name == source.name]
    if classes:
        return classes[-1]
    hint = f"Write `class {source.name}(...):` at the top level of the file."
    return mark(source, "DF201", f"There is no class {source.name} for the {what} in the code.", hint=hint)
