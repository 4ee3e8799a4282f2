"""Projects made for a test: operations by their source, pipelines of them, asked of a running installation over REST."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec

from deepforge.cli.api import Api
from deepforge.ids import ProjectId, RecordId, TransactionId, new_id
from deepforge.model.artifact import Artifact
from deepforge.model.document import Transaction
from deepforge.model.execution import Execution, Job
from deepforge.model.live import Committed, Edit
from deepforge.model.project import (
    ArtifactPage,
    DocumentAt,
    ExecutionPage,
    LogPage,
    NewExecution,
    NewProject,
    Project,
    Workers,
)
from deepforge.model.records import Node, NodeTarget, Operation, OperationRef, Pipeline, Record, Wire
from deepforge.server.info import ServerInfo, read_server_info

__all__ = ["Workshop", "connected", "node", "operations", "pipeline", "until", "wire"]

T = TypeVar("T")
SOON = 60.0


def until(found: Callable[[], T | None], *, seconds: float = SOON) -> T:
    """What `found` gives as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, f"it did not come about within {seconds:g} s"
        time.sleep(0.02)
    return result


def operations(**sources: str) -> list[Record]:
    """Operations by name, each with the id op-NAME."""
    return [Operation(id=RecordId(f"op-{name}"), name=name, code=code) for name, code in sources.items()]


def node(pipeline: str, name: str, target: NodeTarget | None = None) -> Node:
    """A node PIPELINE-NAME; it runs the operation of this name unless it has another target."""
    return Node(
        id=RecordId(f"{pipeline}-{name}"),
        pipeline=RecordId(f"p-{pipeline}"),
        target=target or OperationRef(operation=RecordId(f"op-{name}")),
    )


def wire(pipeline: str, source: str, target: str, *, output: str = "result", input: str = "data") -> Wire:
    return Wire(
        id=RecordId(f"{pipeline}-{source}-{target}-{input}"),
        pipeline=RecordId(f"p-{pipeline}"),
        source=RecordId(f"{pipeline}-{source}"),
        output=output,
        target=RecordId(f"{pipeline}-{target}"),
        input=input,
    )


def pipeline(name: str, *parts: Node | Wire) -> list[Record]:
    return [Pipeline(id=RecordId(f"p-{name}"), name=name), *parts]


class Workshop:
    """A project in the running server of a data directory."""

    def __init__(self, data_dir: Path, name: str, *records: Record, seed: str = "blank") -> None:
        self.data_dir = data_dir
        with self.api as api:
            self.project: ProjectId = api.post("/api/projects", Project, NewProject(name=name, seed=seed)).id
        if records:
            self.put(*records)

    @property
    def info(self) -> ServerInfo:
        """Of the server that runs now."""
        return until(lambda: read_server_info(self.data_dir))

    @property
    def api(self) -> Api:
        return Api(self.info.url, self.info.token)

    def put(self, *records: Record) -> None:
        branch = f"/api/projects/{self.project}/branches/main"
        with self.api as api:
            base = api.get(f"{branch}/document", DocumentAt).version
            edit = Transaction(id=TransactionId(new_id()), label="Make it so", put=records)
            api.post(f"{branch}/transactions", Committed, Edit(base=base, transaction=edit))

    def start(self, pipeline: str) -> Execution:
        """Run a pipeline, by its record's id."""
        body = NewExecution(key=TransactionId(new_id()), pipeline=RecordId(pipeline))
        with self.api as api:
            return api.post(f"/api/projects/{self.project}/executions", Execution, body)

    def execution(self, execution: Execution) -> Execution:
        with self.api as api:
            return api.get(f"/api/executions/{execution.id}", Execution)

    def ended(self, execution: Execution, *, seconds: float = SOON) -> Execution:
        """The execution once it has ended."""
        until(lambda: self.execution(execution).status.final, seconds=seconds)
        return self.execution(execution)

    def executions(self, pipeline: str) -> list[Execution]:
        """All of a pipeline (up to a page of them)."""
        with self.api as api:
            found = api.get(f"/api/projects/{self.project}/executions", ExecutionPage, {"pipeline": pipeline})
        return list(found.items)

    def console(self, job: Job) -> str:
        """All of it."""
        text, offset = "", 0
        with self.api as api:
            while True:
                page = api.get(f"/api/jobs/{job.id}/log", LogPage, {"offset": offset})
                text += page.text
                if page.next <= offset:
                    return text
                offset = page.next

    def copy(self, artifact: str, name: str) -> Artifact:
        """A new artifact `name` with the content and type of another."""
        (original,) = [one for one in self.artifacts() if one.name == artifact]
        headers = {"Authorization": f"Bearer {self.info.token}", "Content-Type": "application/octet-stream"}
        with httpx.Client(base_url=self.info.url, headers=headers, trust_env=False) as client:
            content = client.get(f"/api/artifacts/{original.id}/content").content
            path = f"/api/projects/{self.project}/artifacts"
            answer = client.put(path, params={"name": name, "type": original.type}, content=content)
        assert answer.status_code == 201, answer.text
        return msgspec.json.decode(answer.content, type=Artifact)

    def artifacts(self) -> list[Artifact]:
        with self.api as api:
            return list(api.get(f"/api/projects/{self.project}/artifacts", ArtifactPage).items)


def connected(workshop: Workshop) -> bool:
    """Whether a worker has called in."""
    with workshop.api as api:
        return any(worker.connected for worker in api.get("/api/workers", Workers).workers)
