"""What decides a job's outcome, as a hash: equal fingerprints mean that running it again would be the same work."""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from deepforge.ids import BlobHash
from deepforge.model.execution import JobPlan
from deepforge.model.records import (
    Architecture,
    DataType,
    Layer,
    LayerDefinition,
    Link,
    Module,
    Operation,
    Record,
)

__all__ = ["fingerprint"]

_DECIDING = Operation | DataType | LayerDefinition | Module | Architecture | Layer | Link


def fingerprint(
    job: JobPlan, records: Iterable[Record], inputs: Mapping[str, tuple[str, BlobHash]], framework: str, seed: int = 0
) -> str:
    """A SHA-256 in hexadecimal.

    `records` are those that the attempt gets: the operation, what it may import, and the architectures that its references
    need. `inputs` gives the type and the content's hash of each. `framework` is the version of torch. Colours, names of
    nodes, and where outputs are saved decide nothing.
    """
    deciding = sorted(
        (_plain(record) for record in records if isinstance(record, _DECIDING)), key=lambda plain: (plain[0], plain[1])
    )
    parts = {
        "version": 1,
        "operation": job.operation,
        "records": deciding,
        "attributes": sorted(job.attributes.items()),
        "references": sorted((name, msgspec.to_builtins(reference)) for name, reference in job.references.items()),
        "inputs": sorted((name, type, hash) for name, (type, hash) in inputs.items()),
        "outputs": [(port.name, port.type) for port in job.outputs],
        "framework": framework,
        "seed": seed,
    }
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def _plain(record: Record) -> tuple[str, str, object]:
    if isinstance(record, Operation):
        return "operation", record.id, (record.name, record.code)
    return record.__class__.__name__, record.id, msgspec.to_builtins(record)
