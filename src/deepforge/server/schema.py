"""Prints the OpenAPI document from which the client's types are generated: `python -m deepforge.server.schema`.

The messages of the live socket are no part of any route, so they are added to the schema's components.
"""

import sys

import msgspec

from deepforge.model import analysis, live, project
from deepforge.model.document import Version
from deepforge.model.execution import Snapshot
from deepforge.model.records import Record

__all__ = ["openapi"]

_EXTRA = (
    live.ClientMessage,
    live.ServerMessage,
    Record,
    Version,
    Snapshot,
    analysis.Catalogue,
    *(getattr(project, name) for name in project.__all__),
)


def openapi() -> dict[str, object]:
    """The OpenAPI 3.1 document: every message as a component."""
    schemas, components = msgspec.json.schema_components(_EXTRA, ref_template="#/components/schemas/{name}")
    named = dict(zip(("ClientMessage", "ServerMessage", "Record"), schemas, strict=False))
    return {
        "openapi": "3.1.0",
        "info": {"title": "DeepForge", "version": "0"},
        "paths": {},
        "components": {"schemas": {**components, **named}},
    }


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(openapi()), indent=2).decode() + "\n")
