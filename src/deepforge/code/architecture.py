"""Writes an architecture as a readable `nn.Module`, and as the blueprint that a saved model carries."""

import textwrap
from collections.abc import Iterable, Mapping

from deepforge.code.expressions import Literal, evaluate, literal, tidy
from deepforge.code.joins import JOINS
from deepforge.code.naming import free_name, import_line
from deepforge.code.network import RESERVED, Network, Step, class_name, resolve
from deepforge.errors import Invalid
from deepforge.ids import RecordId
from deepforge.model.blueprint import Blueprint, BlueprintStep, Source
from deepforge.model.records import Layer, LayerClass, Record

__all__ = ["blueprint", "emit_architecture", "emit_network"]

WIDTH = 120


def emit_architecture(architecture: RecordId, records: Iterable[Record]) -> str:
    """The Python file of an architecture; raises `Invalid` where its drawing makes no sense."""
    return emit_network(resolve(architecture, records))


def blueprint(architecture: RecordId, records: Iterable[Record]) -> Blueprint:
    """The same network with every attribute evaluated, at the defaults of the architecture's parameters."""
    return _blueprint(resolve(architecture, records), {})


def emit_network(network: Network) -> str:
    """The Python file of a network that was put in order."""
    record = network.architecture
    parameters = "".join(f", {name}={tidy(default)}" for name, default in record.parameters.items())
    imports = _local_names(network)
    built = [step for step in network.steps if not step.function]
    body = [f"self.{step.name} = {_constructor(step, imports)}" for step in built]
    lines = [
        f'"""The architecture "{record.name}". Generated from its drawing: change it there."""',
        "",
        *_imports(network, imports),
        "",
        "",
        f"class {class_name(record.name)}(nn.Module):",
        f"    def __init__(self{parameters}):",
        "        super().__init__()",
        *_indented(body),
        "",
        f"    def forward(self, {', '.join(network.inputs)}):",
        *_indented(_forward(network)),
    ]
    return "\n".join(lines) + "\n"


def _local_names(network: Network) -> dict[tuple[str, str], str]:
    """What classes of the project are called in the file: by module and name."""
    taken = {class_name(network.architecture.name), *network.architecture.parameters, *RESERVED}
    inner = {step.inner.architecture.name for step in network.steps if step.inner}
    wanted = {(f"architectures.{name}", class_name(name)) for name in inner}
    wanted |= {(f"layers.{step.custom}", step.custom) for step in network.steps if step.custom}
    names: dict[tuple[str, str], str] = {}
    for key in sorted(wanted):
        names[key] = free_name(key[1], taken)
        taken.add(names[key])
    return names


def _imports(network: Network, names: Mapping[tuple[str, str], str]) -> list[str]:
    joins = any(step.function and not JOINS[step.function].infix for step in network.steps)
    lines = (["import torch"] if joins else []) + ["from torch import nn"]
    own = [import_line(module, name, local) for (module, name), local in names.items()]
    return [*lines, "", *own] if own else lines


def _indented(lines: Iterable[str]) -> list[str]:
    return [textwrap.indent(line, " " * 8) for line in lines]


def _constructor(step: Step, names: Mapping[tuple[str, str], str]) -> str:
    if step.custom:
        target = names[f"layers.{step.custom}", step.custom]
    elif step.inner:
        name = step.inner.architecture.name
        target = names[f"architectures.{name}", class_name(name)]
    else:
        target = f"nn.{_target_name(step.layer)}"
    return f"{target}({', '.join(_arguments(step))})"


def _arguments(step: Step) -> list[str]:
    return [f"{name}={tidy(value)}" for name, value in _settings(step).items()]


def _settings(step: Step) -> dict[str, str]:
    """The expressions of a step by parameter. A joining function's defaults are ours (torch would flatten the batch too)."""
    defaults = {each.name: each.default for each in JOINS[step.function].parameters} if step.function else {}
    return {name: text for name, text in {**defaults, **step.layer.attributes}.items() if text.strip()}


def _target_name(layer: Layer) -> str:
    return layer.target.name if isinstance(layer.target, LayerClass) else ""


def _forward(network: Network) -> list[str]:
    """One line for each layer; in a chain everything is called `x`."""

    def variable(step: int) -> str:
        if step < 0:
            return network.inputs[-step - 1]
        return "x" if network.chain else f"{network.steps[step].name}_output"

    def value(source: Source) -> str:
        name = variable(source.step)
        return name if source.part is None else f"{name}[{source.part}]"

    lines = []
    for place, step in enumerate(network.steps):
        inputs = [value(source) for source in step.inputs]
        if step.function:
            call = JOINS[step.function].call(inputs, _arguments(step))
        else:
            call = f"self.{step.name}({', '.join(inputs)})"
        lines.append(f"{variable(place)} = {call}")
    return [*lines, f"return {', '.join(value(source) for source in network.outputs)}"]


def _blueprint(network: Network, overrides: Mapping[str, Literal]) -> Blueprint:
    record = network.architecture
    unknown = sorted(set(overrides) - set(record.parameters))
    if unknown:
        raise Invalid(
            f"The architecture {record.name} has no parameter {unknown[0]}.",
            code="architecture",
            hint="Remove the attribute from the block.",
        )
    parameters: dict[str, Literal] = {name: evaluate(default) for name, default in record.parameters.items()}
    parameters.update(overrides)
    return Blueprint(
        name=record.name,
        architecture=record.id,
        inputs=network.inputs,
        steps=tuple(_blueprint_step(step, parameters) for step in network.steps),
        outputs=network.outputs,
    )


def _blueprint_step(step: Step, parameters: Mapping[str, Literal]) -> BlueprintStep:
    values = {name: evaluate(text, parameters) for name, text in _settings(step).items()}
    return BlueprintStep(
        name="" if step.function else step.name,
        inputs=step.inputs,
        arguments={} if step.inner else {name: literal(value) for name, value in values.items()},
        layer="" if step.function or step.custom or step.inner else _target_name(step.layer),
        function=step.function,
        custom=step.custom,
        inner=_blueprint(step.inner, values) if step.inner else None,
    )
