"""What the tests of attacks share: paths of every route, requests written by hand, an upload."""

import asyncio
from urllib.parse import urlsplit

import msgspec

from deepforge.model.artifact import Artifact
from deepforge.model.project import Project
from deepforge.server.policy import POLICY, Body
from tests.server.harness import Running

__all__ = ["JSON_MUTATIONS", "alive", "by_hand", "filled", "port_of", "uploaded"]

JSON_MUTATIONS = sorted(pair for pair, (access, body) in POLICY.items() if body is Body.JSON)


def filled(template: str) -> str:
    """A path of this route, with ids that look right."""
    given = {"blob": "0" * 64, "branch": "main", "line": "1", "image": "1", "path": "projects"}
    parts = template.replace("{", "\0{").replace("}", "}\0").split("\0")
    return "".join(given.get(part[1:-1], "abcd2345") if part.startswith("{") else part for part in parts)


async def by_hand(server: Running, *lines: str) -> int:
    """The status of a request written by hand (clients would tidy it up); 0 if the connection was ended without one."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    head = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    return int(head.split()[1]) if head else 0


def port_of(server: Running) -> int:
    return urlsplit(server.url).port or 0


async def alive(server: Running) -> bool:
    return (await server.anonymous.get("/healthz")).status_code == 200


async def uploaded(server: Running, name: str, data: bytes, status: int = 201) -> Artifact:
    project = (await server.get("/api/projects", list[Project]) or [await server.project(seed="blank")])[0]
    path = f"/api/projects/{project.id}/artifacts"
    response = await server.browser.put(path, params={"name": name, "type": "File"}, content=data)
    assert response.status_code == status, response.text
    return msgspec.json.decode(response.content, type=Artifact) if status == 201 else msgspec.UNSET  # type: ignore[return-value]
