"""Prints the OpenAPI document from which the client's types are generated: `python -m deepforge.server.schema`.

The messages of the live socket are no part of any route, so they are added to the schema's components; all components are
msgspec's own, so that a message looks the same whichever way it travels.
"""

import sys
from typing import Any

import msgspec

from deepforge.errors import Broken
from deepforge.model import analysis, live, project
from deepforge.model.document import Version
from deepforge.model.execution import Snapshot
from deepforge.model.records import Record
from deepforge.server.app import described

__all__ = ["openapi"]

_EXTRA = (
    live.ClientMessage,
    live.ServerMessage,
    Record,
    Version,
    Snapshot,
    analysis.Catalogue,
    *(kind for name in project.__all__ if isinstance(kind := getattr(project, name), type)),
)
_ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ApiError"}}}}
_BYTES = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


def openapi() -> dict[str, object]:
    """The OpenAPI 3.1 document: every route, every message as a component."""
    schemas, components = msgspec.json.schema_components(_EXTRA, ref_template="#/components/schemas/{name}")
    named = dict(zip(("ClientMessage", "ServerMessage", "Record"), schemas, strict=False))
    routes = described()
    lost = set(routes.get("components", {}).get("schemas", {})) - set(components)
    if lost:
        raise Broken(f"Routes use messages that are not among the components: {', '.join(sorted(lost))}.")
    return {
        "openapi": "3.1.0",
        "info": {"title": "DeepForge", "version": "0"},
        "paths": {path: _documented(item) for path, item in routes["paths"].items()},
        "components": {"schemas": {**components, **named}},
    }


def _documented(item: dict[str, Any]) -> dict[str, Any]:
    """A path with the one body of all errors, and raw bodies where they are."""
    for operation in item.values():
        if not isinstance(operation, dict):
            continue
        kept = {status: answer for status, answer in operation["responses"].items() if status < "400"}
        operation["responses"] = {**kept, "default": {"description": "An error", **_ERROR}}
        if operation["operationId"] == "uploadArtifact":
            operation["requestBody"] = _BYTES
    return item


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(openapi()), indent=2).decode() + "\n")
