"""`deepforge run`: executes a pipeline and follows it, so that a script can train a network and know how it went."""

import signal
import sys
from collections.abc import Mapping, Sequence

import click
import msgspec
from msgspec import Struct

from deepforge.cli.api import Api
from deepforge.cli.choices import choose_artifacts, choose_attributes, choose_outputs, find_pipeline, find_project
from deepforge.cli.fitting import fill_inputs, open_inputs
from deepforge.cli.follow import Console, Follower, duration
from deepforge.cli.report import report
from deepforge.cli.servers import server_at_hand
from deepforge.cli.terminal import tell, tell_status
from deepforge.ids import JobId, ProjectId, TransactionId, new_id
from deepforge.model.artifact import Artifact
from deepforge.model.execution import Cause, Execution, Status
from deepforge.model.live import Analysis
from deepforge.model.project import ArtifactPage, DocumentAt, NewExecution, Project
from deepforge.settings import load_settings

__all__ = ["Request", "conclude", "every_artifact", "execute", "run", "sentence"]

_BRANCH = "main"
_STATUS = {Status.SUCCESS: 0, Status.CANCELED: 130}


class Request(Struct, frozen=True, kw_only=True):
    """What a person asks to run."""

    project: str
    pipeline: str
    attributes: Sequence[str]
    inputs: Sequence[str]
    outputs: Sequence[str]


@click.command(short_help="Execute a pipeline and follow it.")
@click.argument("project")
@click.argument("pipeline")
@click.option("--set", "attributes", metavar="NODE.ATTRIBUTE=VALUE", multiple=True, help="Another value of an attribute.")
@click.option("--input", "inputs", metavar="NODE=ARTIFACT", multiple=True, help="The artifact that an Input brings in.")
@click.option("--output", "outputs", metavar="NODE=NAME", multiple=True, help="The name under which an Output saves.")
@click.option("--json", "as_json", is_flag=True, help="Print the execution as one JSON object, the console to standard error.")
def run(
    project: str, pipeline: str, attributes: Sequence[str], inputs: Sequence[str], outputs: Sequence[str], *, as_json: bool
) -> int:
    """Execute PIPELINE of PROJECT and follow it: status 0 when it succeeds, 1 when it fails, 130 when it is stopped."""
    request = Request(project=project, pipeline=pipeline, attributes=attributes, inputs=inputs, outputs=outputs)
    # Whoever ends this command ends what it started, in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = sys.stderr if as_json else sys.stdout

    def write(text: str) -> None:
        console.write(text)
        console.flush()

    with server_at_hand(load_settings(), worker=True) as api:
        found = find_project(api.get("/api/projects", list[Project]), request.project)
        started = execute(api, found, request)
        follower = Follower(api, write=write)
        execution = follower.follow(started.id)
        if as_json:
            saved = report(execution, project=found.name, consoles=follower.consoles, artifacts=every_artifact(api, found.id))
            click.echo(msgspec.json.format(msgspec.json.encode(saved), indent=2))
    conclude(execution, follower.consoles)
    return _STATUS.get(execution.status, 1 if execution.status.final else 130)


def execute(api: Api, project: Project, request: Request) -> Execution:
    """Start the execution, with the choices that were made for it."""
    branch = f"/api/projects/{project.id}/branches/{_BRANCH}"
    document = api.get(f"{branch}/document", DocumentAt)
    artifacts = every_artifact(api, project.id)
    graph = find_pipeline(document.records, artifacts, request.pipeline)
    inputs = choose_artifacts(graph, artifacts, request.inputs)
    unfilled = open_inputs(graph, {override.node for override in inputs})
    # What the code says is asked for only where it is needed: it waits until all of it has been read.
    known = api.get(f"{branch}/analysis", Analysis) if request.attributes or unfilled else Analysis(version=document.version)
    body = NewExecution(
        key=TransactionId(new_id()),
        pipeline=graph.pipeline.id,
        attributes=choose_attributes(graph, known.interfaces, request.attributes),
        inputs=(*inputs, *fill_inputs(graph, unfilled, artifacts, known)),
        outputs=choose_outputs(graph, request.outputs),
    )
    return api.post(f"/api/projects/{project.id}/executions", Execution, body)


def every_artifact(api: Api, project: ProjectId) -> list[Artifact]:
    """The artifacts of a project, the newest first."""
    artifacts: list[Artifact] = []
    cursor: str | None = None
    while True:
        page = api.get(f"/api/projects/{project}/artifacts", ArtifactPage, {"cursor": cursor} if cursor else None)
        artifacts += page.items
        cursor = page.cursor
        if cursor is None:
            return artifacts


def conclude(execution: Execution, consoles: Mapping[JobId, Console]) -> None:
    """Say how it ended, and why where it failed."""
    for job in execution.jobs:
        if job.status is Status.FAILED and job.cause is not None:
            console = consoles.get(job.id)
            if job.cause.traceback and (console is None or job.cause.traceback.strip() not in console.tail):
                tell(job.cause.traceback.rstrip())
            tell(f"{job.name} failed: {sentence(job.cause)}", style="red")
    if not execution.status.final:
        tell(f"{execution.name} has not stopped yet: its worker goes on ending it.")
    elif execution.status is Status.FAILED and execution.cause and not any(job.cause for job in execution.jobs):
        tell(f"{execution.name}: {execution.cause}", style="red")
    tell_status(execution.name, execution.status, duration(execution))


def sentence(cause: Cause) -> str:
    """Why a job failed, with the place in the user's code."""
    place = f" ({cause.file}, line {cause.line})" if cause.file and cause.line is not None else ""
    return f"{cause.message}{place} {cause.hint}".rstrip()
