"""The records of the small documents that structure.json is about, as JSON has them."""

from typing import Any

CODE = "def train(data: Dataset, *, epochs: int = 1) -> Model:\n    return data\n"


def pipeline(id: str, name: str) -> dict[str, Any]:
    return {"kind": "pipeline", "id": id, "name": name}


def operation(id: str, name: str, code: str = CODE) -> dict[str, Any]:
    return {"kind": "operation", "id": id, "name": name, "code": code, "color": "slate"}


def data_type(id: str, name: str, code: str = "class Weights(Data): ...\n") -> dict[str, Any]:
    return {"kind": "data_type", "id": id, "name": name, "code": code}


def layer_definition(id: str, name: str) -> dict[str, Any]:
    return {"kind": "layer_definition", "id": id, "name": name, "code": "class Twice(nn.Module): ...\n"}


def module(id: str, name: str) -> dict[str, Any]:
    return {"kind": "module", "id": id, "name": name, "code": "PI = 3\n"}


def node(id: str, target: dict[str, Any], pipeline: str = "p1", **more: Any) -> dict[str, Any]:
    return {
        "kind": "node",
        "id": id,
        "pipeline": pipeline,
        "target": target,
        "name": None,
        "attributes": {},
        "references": {},
        **more,
    }


def runs(operation: str = "train") -> dict[str, Any]:
    return {"kind": "operation", "operation": operation}


def inner(pipeline: str) -> dict[str, Any]:
    return {"kind": "pipeline", "pipeline": pipeline}


INPUT = {"kind": "input", "artifact": None}
OUTPUT = {"kind": "output", "name": "model"}


def wire(id: str, source: str, target: str, output: str = "net", input: str = "data", pipeline: str = "p1") -> dict[str, Any]:
    return {"kind": "wire", "id": id, "pipeline": pipeline, "source": source, "output": output, "target": target, "input": input}


def architecture(id: str, name: str) -> dict[str, Any]:
    return {"kind": "architecture", "id": id, "name": name, "parameters": {}}


def layer(id: str, target: dict[str, Any] | None = None, architecture: str = "a1") -> dict[str, Any]:
    target = target or {"kind": "class", "name": "ReLU"}
    return {"kind": "layer", "id": id, "architecture": architecture, "target": target, "name": None, "attributes": {}}


def block(architecture: str) -> dict[str, Any]:
    return {"kind": "architecture", "architecture": architecture}


def link(id: str, source: str, target: str, architecture: str = "a1", output: int = 0, input: int = 0) -> dict[str, Any]:
    return {
        "kind": "link",
        "id": id,
        "architecture": architecture,
        "source": source,
        "target": target,
        "output": output,
        "input": input,
    }


def note(id: str, graph: str, about: str | None = None, text: str = "look") -> dict[str, Any]:
    return {"kind": "note", "id": id, "graph": graph, "text": text, "about": about}


def frame(id: str, graph: str, *members: str) -> dict[str, Any]:
    return {"kind": "frame", "id": id, "graph": graph, "title": "Here", "members": list(members)}
