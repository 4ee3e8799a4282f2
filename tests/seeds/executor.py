"""Runs a seed's pipelines job after job, each attempt as a real process from the directory that the product writes.

No server, no queue: what stands here is only the order of the nodes and the copying of files. It shows that a seed's code and
graphs are right, and that an attempt's directory is plain Python that runs by hand.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from deepforge.code.emit import emit_attempt
from deepforge.code.read import read_definition
from deepforge.ids import AttemptId, BlobHash, ExecutionId, JobId, ProjectId, RecordId
from deepforge.model.artifact import BlobInfo
from deepforge.model.hosting import AttemptSpec, InputFile
from deepforge.model.interface import Interface
from deepforge.model.records import (
    Architecture,
    Input,
    Layer,
    Link,
    Node,
    Operation,
    OperationRef,
    Output,
    Pipeline,
    Record,
    Value,
    Wire,
)

__all__ = ["SEEDS", "Saved", "Seed", "load_seed"]

SEEDS = Path(__file__).parents[2] / "seeds"


@dataclass(frozen=True)
class Saved:
    """An artifact: its type and where its bytes are."""

    type: str
    path: Path


@dataclass
class Seed:
    """A seed in memory, with the artifacts that it came with and those that pipelines have saved."""

    name: str
    records: tuple[Record, ...]
    interfaces: dict[RecordId, Interface]
    artifacts: dict[str, Saved]
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each job wrote into result.json, by operation."""
    consoles: dict[str, str] = field(default_factory=dict)

    def run(
        self,
        pipeline: str,
        directory: Path,
        *,
        inputs: Mapping[str, str] | None = None,
        attributes: Mapping[str, Mapping[str, Value]] | None = None,
    ) -> None:
        """Run a pipeline. `inputs` names artifacts by the port that their node is wired to, `attributes` go by operation."""
        graph = next(record for record in self.records if isinstance(record, Pipeline) and record.name == pipeline)
        nodes = {record.id: record for record in self.records if isinstance(record, Node) and record.pipeline == graph.id}
        wires = [record for record in self.records if isinstance(record, Wire) and record.pipeline == graph.id]
        data: dict[tuple[str, str], Saved] = {}
        waiting = dict(nodes)
        while waiting:
            ready = [item for item in waiting.values() if all(w.source not in waiting for w in wires if w.target == item.id)]
            for node in ready:
                del waiting[node.id]
                arriving = {wire.input: data[wire.source, wire.output] for wire in wires if wire.target == node.id}
                match node.target:
                    case Input(artifact=artifact):
                        port = next(wire.input for wire in wires if wire.source == node.id)
                        data[node.id, "data"] = self.artifacts[(inputs or {}).get(port) or str(artifact)]
                    case Output(name=name):
                        self.artifacts[name] = arriving["data"]
                    case OperationRef(operation=operation):
                        outputs = self._run(node, operation, arriving, directory / f"{pipeline} {node.id}", attributes or {})
                        data.update({(node.id, output): saved for output, saved in outputs.items()})

    def _run(
        self,
        node: Node,
        operation: RecordId,
        arriving: Mapping[str, Saved],
        directory: Path,
        attributes: Mapping[str, Mapping[str, Value]],
    ) -> dict[str, Saved]:
        interface = self.interfaces[operation]
        blob = BlobInfo(hash=BlobHash("0" * 64), size=0)
        spec = AttemptSpec(
            attempt=AttemptId("attempt"),
            fence=1,
            job=JobId("job"),
            execution=ExecutionId("execution"),
            project=ProjectId("project"),
            name=interface.name,
            operation=interface.operation,
            interface=interface,
            records=tuple(record for record in self.records if not isinstance(record, Pipeline | Node | Wire)),
            attributes={
                **{attribute.name: attribute.default for attribute in interface.attributes},
                **node.attributes,
                **attributes.get(interface.name, {}),
            },
            references=node.references,
            inputs={port: InputFile(type=saved.type, blob=blob) for port, saved in arriving.items()},
            outputs=interface.outputs,
            seed=7,
        )
        write_attempt(directory, spec, {port: saved.path for port, saved in arriving.items()})
        done = run_attempt(directory)
        self.consoles[interface.name] = done.stdout
        assert done.returncode == 0, f"{interface.name}:\n{done.stdout}\n{done.stderr}"
        result = json.loads((directory / "result.json").read_bytes())
        self.results[interface.name] = result
        return {each["name"]: Saved(each["type"], directory / "outputs" / each["name"]) for each in result["outputs"]}


def write_attempt(directory: Path, spec: AttemptSpec, inputs: Mapping[str, Path]) -> None:
    """Write the directory of an attempt, as a worker host does."""
    for name, text in {**emit_attempt(spec), "spec.json": msgspec.json.encode(spec).decode()}.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
    (directory / "inputs").mkdir()
    for port, path in inputs.items():
        shutil.copyfile(path, directory / "inputs" / port)


def run_attempt(directory: Path) -> subprocess.CompletedProcess[str]:
    """Run an attempt as a person would."""
    return subprocess.run(
        [sys.executable, "main.py"],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(SEEDS.parent / "src"), "XDG_CACHE_HOME": str(directory.parent / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )


def load_seed(name: str) -> Seed:
    """Read a seed's folder (`docs/spec/folder.md`)."""
    folder = SEEDS / name
    records: list[Record] = []
    for definition in json.loads((folder / "definitions.json").read_bytes()):
        assert definition.pop("kind") == "operation"
        code = (folder / "operations" / f"{definition['name']}.py").read_text(encoding="utf-8")
        records.append(Operation(**definition, code=code))
    for path in sorted(folder.glob("pipelines/*.json")):
        graph = json.loads(path.read_bytes())
        records.append(msgspec.convert(graph["pipeline"], Pipeline))
        records += [*msgspec.convert(graph["nodes"], list[Node]), *msgspec.convert(graph["wires"], list[Wire])]
    for path in sorted(folder.glob("architectures/*.json")):
        graph = json.loads(path.read_bytes())
        records.append(msgspec.convert(graph["architecture"], Architecture))
        records += [*msgspec.convert(graph["layers"], list[Layer]), *msgspec.convert(graph["links"], list[Link])]
    interfaces: dict[RecordId, Interface] = {}
    for record in records:
        if isinstance(record, Operation):
            facts = read_definition(record)
            assert facts.interface is not None
            interfaces[record.id] = facts.interface
    artifacts = {
        each["id"]: Saved(each["type"], folder / each["file"]) for each in json.loads((folder / "artifacts.json").read_bytes())
    }
    return Seed(name, tuple(records), interfaces, artifacts)
