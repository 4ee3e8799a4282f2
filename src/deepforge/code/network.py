"""An architecture's records, put in order: which layer runs when, on what, and what it is called in code.

A layer without a link into it takes an input of the network; a layer without a link out of it gives an output of the network
(several: a tuple, in the order in which the layers run).
"""

import heapq
import keyword
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deepforge.code.joins import JOINS
from deepforge.code.naming import is_name
from deepforge.errors import Invalid
from deepforge.ids import RecordId
from deepforge.model.blueprint import Source
from deepforge.model.records import (
    Architecture,
    ArchitectureRef,
    Layer,
    LayerClass,
    LayerDefinition,
    LayerRef,
    Link,
    Record,
)

__all__ = ["RESERVED", "Network", "Step", "class_name", "closure", "resolve"]

TUPLES = frozenset({"RNN", "LSTM", "GRU", "LSTMCell", "MultiheadAttention"})
"""Layers of torch that return a tuple: a link that names no output takes the first."""
MAX_BLOCK_DEPTH = 20
RESERVED = frozenset(
    """add_module append apply bfloat16 bool buffers call_super_init children compile cpu cuda double dump_patches eval extra_repr
    float forward get_buffer get_extra_state get_parameter get_submodule half insert ipu load_state_dict modules mtia
    named_buffers named_children named_modules named_parameters nn parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ self set_extra_state set_submodule share_memory
    state_dict super to to_empty torch train training type xpu zero_grad T_destination x""".split()  # noqa: SIM905 (a list would be a page long)
)
"""Names that a layer may not have as an attribute of its module, or as a variable in its forward."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One layer: its name in code, and where its inputs come from. `inner` is the network of a block."""

    layer: Layer
    name: str
    inputs: tuple[Source, ...]
    function: str = ""
    custom: str = ""
    inner: "Network | None" = None


@dataclass(frozen=True, kw_only=True)
class Network:
    """An architecture in order."""

    architecture: Architecture
    inputs: tuple[str, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Source, ...]

    @property
    def chain(self) -> bool:
        """Whether each layer feeds the next and nothing else."""
        return all(step.inputs == (Source(place - 1),) for place, step in enumerate(self.steps))


def resolve(architecture: RecordId, records: Iterable[Record]) -> Network:
    """The network of an architecture; raises `Invalid` with a sentence where its drawing makes no sense."""
    return _resolve(architecture, {record.id: record for record in records}, MAX_BLOCK_DEPTH)


def closure(architecture: RecordId, records: Iterable[Record]) -> tuple[Record, ...]:
    """The records that an architecture consists of: itself, its layers and links, custom layers, blocks; sorted by id."""
    everything = {record.id: record for record in records}
    wanted: set[RecordId] = set()
    pending = [architecture]
    while pending:
        current = pending.pop()
        if current in wanted or current not in everything:
            continue
        wanted.add(current)
        for record in everything.values():
            if isinstance(record, Layer | Link) and record.architecture == current:
                wanted.add(record.id)
                pending.extend(_targets(record))
    return tuple(everything[record] for record in sorted(wanted))


def _targets(record: Layer | Link) -> tuple[RecordId, ...]:
    match record:
        case Layer(target=ArchitectureRef(architecture=target)) | Layer(target=LayerRef(layer=target)):
            return (target,)
        case _:
            return ()


def class_name(name: str) -> str:
    """The class of an architecture's module: "lenet" is `Lenet`, "res_net" `ResNet`."""
    joined = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return joined if joined.isidentifier() else f"Network{joined}"


def _resolve(architecture: RecordId, records: Mapping[RecordId, Record], depth: int) -> Network:
    record = records.get(architecture)
    if not isinstance(record, Architecture):
        raise Invalid("The architecture is gone.", code="DF212", hint="Choose another one for the reference.")
    for name in (record.name, *record.parameters):
        if not is_name(name) or (name in ("self", "nn", "torch") and name in record.parameters):
            raise _wrong(record, f"{name!r} cannot be a name in code")
    if depth == 0:
        raise _wrong(record, f"blocks are nested more than {MAX_BLOCK_DEPTH} deep")
    layers = {item.id: item for item in records.values() if isinstance(item, Layer) and item.architecture == record.id}
    links = [item for item in records.values() if isinstance(item, Link) and item.architecture == record.id]
    order = _order(record, layers, links)
    names = _names(record, [layers[item] for item in order], records)
    inner = {
        layer.id: _resolve(layer.target.architecture, records, depth - 1)
        for layer in layers.values()
        if isinstance(layer.target, ArchitectureRef)
    }
    incoming: defaultdict[RecordId, list[Link]] = defaultdict(list)
    tuples = {link.source for link in links if link.output > 0}
    tuples |= {layer.id for layer in layers.values() if isinstance(layer.target, LayerClass) and layer.target.name in TUPLES}
    tuples |= {block for block, network in inner.items() if len(network.outputs) > 1}
    for link in links:
        incoming[link.target].append(link)
    place = {layer: number for number, layer in enumerate(order)}
    inputs: list[str] = []
    steps = []
    for layer in order:
        if incoming[layer]:
            sources = _sources(record, names[layer], incoming[layer], place, tuples)
        else:
            inputs.append(f"{names[layer]}_input")
            sources = (Source(-len(inputs)),)
        steps.append(_step(record, layers[layer], names[layer], sources, inner.get(layer), records))
    used = {link.source for link in links}
    outputs = tuple(Source(place[layer], 0 if layer in tuples else None) for layer in order if layer not in used)
    return Network(architecture=record, inputs=("x",) if len(inputs) == 1 else tuple(inputs), steps=tuple(steps), outputs=outputs)


def _order(architecture: Architecture, layers: Mapping[RecordId, Layer], links: Iterable[Link]) -> list[RecordId]:
    """Layers after what they need, those that are ready by id."""
    if not layers:
        raise _wrong(architecture, "it has no layers")
    needs = dict.fromkeys(layers, 0)
    feeds: defaultdict[RecordId, list[RecordId]] = defaultdict(list)
    for link in links:
        if link.source not in layers or link.target not in layers:
            raise _wrong(architecture, "a link leads to a layer that is gone")
        needs[link.target] += 1
        feeds[link.source].append(link.target)
    ready = [layer for layer, count in needs.items() if count == 0]
    heapq.heapify(ready)
    order: list[RecordId] = []
    while ready:
        layer = heapq.heappop(ready)
        order.append(layer)
        for target in feeds[layer]:
            needs[target] -= 1
            if needs[target] == 0:
                heapq.heappush(ready, target)
    if len(order) < len(layers):
        raise _wrong(architecture, "its links form a cycle")
    return order


def _sources(
    architecture: Architecture, name: str, links: list[Link], place: Mapping[RecordId, int], tuples: set[RecordId]
) -> tuple[Source, ...]:
    ordered = sorted(links, key=lambda link: link.input)
    if [link.input for link in ordered] != list(range(len(ordered))):
        raise _wrong(architecture, f"the layer {name} has an input without a link")
    return tuple(Source(place[link.source], link.output if link.source in tuples else None) for link in ordered)


def _step(
    architecture: Architecture,
    layer: Layer,
    name: str,
    inputs: tuple[Source, ...],
    inner: Network | None,
    records: Mapping[RecordId, Record],
) -> Step:
    function = custom = ""
    match layer.target:
        case LayerClass(name=target) if target in JOINS:
            join = JOINS[target]
            if len(inputs) < join.least or (join.most is not None and len(inputs) > join.most):
                wanted = f"{join.least}" if join.most == join.least else f"at least {join.least}"
                raise _wrong(architecture, f"{name} joins {wanted} tensors and has {len(inputs)}")
            unknown = set(layer.attributes) - {parameter.name for parameter in join.parameters}
            if unknown:
                raise _wrong(architecture, f"{name} has no parameter {min(unknown)!r}")
            function = target
        case LayerClass(name=target):
            if not is_name(target) or target.startswith("_"):
                raise _wrong(architecture, f"{target!r} is not a layer of torch.nn")
        case LayerRef(layer=definition):
            found = records.get(definition)
            if not isinstance(found, LayerDefinition):
                raise _wrong(architecture, f"the custom layer of {name} is gone")
            custom = found.name
        case ArchitectureRef():
            pass
    for attribute in layer.attributes:
        if not is_name(attribute):
            raise _wrong(architecture, f"{attribute!r} of the layer {name} is not a parameter's name")
    return Step(layer=layer, name=name, inputs=inputs, function=function, custom=custom, inner=inner)


def _names(architecture: Architecture, layers: Iterable[Layer], records: Mapping[RecordId, Record]) -> dict[RecordId, str]:
    """A legal and unique name in code for each layer: its own, or what it is in lower case, numbered when used again."""
    taken = set(RESERVED) | set(architecture.parameters)
    names = {}
    for layer in layers:
        base = _identifier(layer.name or _target_name(layer, records).lower())
        name, number = base, 1
        while name in taken or keyword.iskeyword(name) or f"{name}_input" in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        names[layer.id] = name
    return names


def _target_name(layer: Layer, records: Mapping[RecordId, Record]) -> str:
    match layer.target:
        case LayerClass(name=name):
            return name
        case LayerRef(layer=target) | ArchitectureRef(architecture=target):
            found = records.get(target)
            return found.name if isinstance(found, LayerDefinition | Architecture) else "layer"


def _identifier(text: str) -> str:
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
    return name if name[:1].isalpha() else f"layer_{name}".rstrip("_")


def _wrong(architecture: Architecture, reason: str) -> Invalid:
    return Invalid(
        f"The architecture {architecture.name} cannot be built: {reason}.",
        code="architecture",
        hint="Open the architecture and correct it.",
    )
