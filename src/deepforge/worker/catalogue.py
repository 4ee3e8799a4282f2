"""What the installed torch offers, by introspection: layers, criterions, optimizers, with their parameters.

`python -m deepforge.worker.catalogue` prints it as JSON: a short-lived process of the analyst, which never imports torch itself.
"""

import inspect
import math
import re
import sys
from collections.abc import Iterable

import msgspec
import torch
from torch import nn

from deepforge.code.joins import JOINS, Join
from deepforge.model.analysis import Catalogue, CatalogueEntry, CatalogueParameter

__all__ = ["describe", "main"]

_HIDDEN = {"self", "device", "dtype", "size_average", "reduce", "params", "_weight", "_freeze", "foreach", "capturable", "fused"}
_NO_LAYERS = {
    "Module",
    "Container",
    "ModuleList",
    "ModuleDict",
    "ParameterList",
    "ParameterDict",
    "DataParallel",
    "AdaptiveLogSoftmaxWithLoss",
}
_CATEGORIES = {
    "activation": "Transfer",
    "batchnorm": "Simple",
    "container": "Container",
    "conv": "Convolution",
    "distance": "Simple",
    "dropout": "Simple",
    "flatten": "Simple",
    "fold": "Convolution",
    "instancenorm": "Simple",
    "linear": "Simple",
    "normalization": "Simple",
    "padding": "Convolution",
    "pixelshuffle": "Convolution",
    "channelshuffle": "Convolution",
    "pooling": "Convolution",
    "rnn": "Recurrent",
    "sparse": "Simple",
    "upsampling": "Convolution",
}
_RECURRENT_ONLY = {"RNN": ("nonlinearity",), "LSTM": ("proj_size",), "GRU": ()}
_NONLINEARITY = CatalogueParameter(
    name="nonlinearity", annotation="Literal['tanh', 'relu']", default="'tanh'", doc="The function between the steps."
)


def describe() -> Catalogue:
    """The catalogue of the torch that is installed here."""
    return Catalogue(
        framework=f"torch {torch.__version__}",
        layers=tuple(sorted([*_layers(), *map(_join, JOINS.values())], key=lambda entry: (entry.category, entry.name))),
        criterions=tuple(_entry(found, "Criterion") for found in _classes(nn, nn.Module) if _is_loss(found)),
        optimizers=tuple(
            _entry(found, "Optimizer")
            for found in _classes(torch.optim, torch.optim.Optimizer)
            if found is not torch.optim.Optimizer
        ),
    )


def _layers() -> Iterable[CatalogueEntry]:
    for found in _classes(nn, nn.Module):
        if not _is_loss(found) and found.__name__ not in _NO_LAYERS:
            yield _entry(found, _category(found))


def _classes(module: object, base: type) -> list[type]:
    """The public classes of a module that derive from `base`, by name."""
    found = [value for name, value in vars(module).items() if not name.startswith("_") and inspect.isclass(value)]
    return sorted({value for value in found if issubclass(value, base)}, key=lambda value: value.__name__)


def _is_loss(found: type) -> bool:
    return found.__module__ == "torch.nn.modules.loss"


def _category(found: type) -> str:
    if found is nn.MultiheadAttention:
        return "Misc"
    return _CATEGORIES.get(found.__module__.rpartition(".")[2], "Misc")


def _entry(found: type, category: str) -> CatalogueEntry:
    return CatalogueEntry(
        name=found.__name__, category=category, doc=_first_sentence(inspect.getdoc(found) or ""), parameters=_parameters(found)
    )


def _join(join: Join) -> CatalogueEntry:
    parameters = tuple(
        CatalogueParameter(name=each.name, annotation=each.annotation, default=each.default, required=not each.default)
        for each in join.parameters
    )
    return CatalogueEntry(name=join.name, category="Simple", doc=join.doc, parameters=parameters)


def _parameters(found: type) -> tuple[CatalogueParameter, ...]:
    """The constructor's parameters; of the recurrent layers, which hide them, those of their base."""
    docs = _parameter_docs(inspect.getdoc(found) or "")
    if found.__name__ in _RECURRENT_ONLY:
        shown = _RECURRENT_ONLY[found.__name__]
        base = [_parameter(each, docs) for each in _signature(nn.RNNBase) if each.name != "mode"]
        own = [each for each in base if each.name != "proj_size" or "proj_size" in shown]
        return (*own, _NONLINEARITY) if "nonlinearity" in shown else tuple(own)
    return tuple(_parameter(each, docs) for each in _signature(found))


def _signature(found: type) -> list[inspect.Parameter]:
    initializer = inspect.getattr_static(found, "__init__")
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(initializer).parameters.values()
    return [each for each in parameters if each.name not in _HIDDEN and each.kind not in variable]


def _parameter(each: inspect.Parameter, docs: dict[str, str]) -> CatalogueParameter:
    required = each.default is inspect.Parameter.empty
    return CatalogueParameter(
        name=each.name,
        annotation=_annotation(each),
        default="" if required else _expression(each.default),
        required=required,
        doc=docs.get(each.name, ""),
    )


def _annotation(each: inspect.Parameter) -> str:
    if each.annotation is inspect.Parameter.empty:
        return type(each.default).__name__ if isinstance(each.default, bool | int | float | str) else ""
    text = each.annotation if isinstance(each.annotation, str) else inspect.formatannotation(each.annotation)
    text = re.sub(r"ForwardRef\('([^']*)'\)", r"\1", text)
    text = re.sub(r"\b(?:typing|torch|nn|types|modules|collections|abc)\.", "", text)
    return "" if text.startswith("~") else _spelled(text)


def _spelled(text: str) -> str:
    """`Union[A, B]` as `A | B`, innermost first; alternatives of the same meaning once."""
    while (match := re.search(r"Union\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", text)) is not None:
        parts = [part.strip() for part in re.split(r",(?![^\[]*\])", match.group(1))]
        names = ["None" if part == "NoneType" else part for part in parts if part != "tuple[int]"]
        text = f"{text[: match.start()]}{' | '.join(sorted(names, key='None'.__eq__))}{text[match.end() :]}"
    return text


def _expression(value: object) -> str:
    """The value as a Python expression; empty for what has none (functions)."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, tuple | list) and all(isinstance(each, bool | int | float | str) for each in value):
        return repr(value)
    return ""


def _first_sentence(doc: str) -> str:
    for paragraph in doc.split("\n\n"):
        text = _plain(paragraph)
        if text and not text.startswith((".. ", "__init__", "Args:")):
            sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z])|:\s*$", text)[0].strip()
            return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
    return ""


def _plain(text: str) -> str:
    """reStructuredText without its marks."""
    text = re.sub(r":[a-z:]+:`~?([^`<]*?)(?:\s*<[^>]*>)?`", lambda match: match.group(1).rpartition("torch.")[2], text)
    text = re.sub(r"`{1,2}([^`]*?)(?:\s*<[^>]*>)?`{1,2}_{0,2}", r"\1", text)
    return " ".join(text.split())


def _parameter_docs(doc: str) -> dict[str, str]:
    """The sentences of an "Args:" section, by parameter."""
    match = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", doc, re.MULTILINE | re.DOTALL)
    if match is None:
        return {}
    items = re.findall(r"^ {2,8}(\w+)\s*(?:\([^\n]*?\))?\s*:\s*(.*?)(?=^ {2,8}\w+\s*(?:\(|:)|\Z)", match.group(1), re.M | re.S)
    return {name: _first_sentence(text) for name, text in items if text.strip()}


def main() -> int:
    sys.stdout.buffer.write(msgspec.json.encode(describe()) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
