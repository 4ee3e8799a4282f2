"""A running execution as the engine sees it: what is stored of it, and its plan. Both together are all that a restart needs."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from deepforge.ids import BranchName, ExecutionId, JobId, ProjectId
from deepforge.model.execution import Attempt, Execution, Job, JobPlan, Plan, SourceArtifact, Status, Time
from deepforge.model.hosting import InputFile

__all__ = ["Run", "begin", "input_files", "live_attempt"]


class Run(Struct, frozen=True, kw_only=True):
    """`execution.jobs` and `plan.jobs` are in the same order. Rebuilt after a restart: ``Run(execution=..., plan=...)``."""

    execution: Execution
    plan: Plan

    def job(self, job: JobId) -> Job | None:
        """The job of this id, if the execution has it."""
        return next((one for one in self.execution.jobs if one.id == job), None)

    def job_plan(self, job: JobId) -> JobPlan:
        """What the job computes. Raises `KeyError` for a job of another execution."""
        for one, planned in zip(self.execution.jobs, self.plan.jobs, strict=True):
            if one.id == job:
                return planned
        raise KeyError(job)

    def with_jobs(self, jobs: Sequence[Job]) -> "Run":
        """The run with these jobs in place of its own."""
        return Run(execution=msgspec.structs.replace(self.execution, jobs=tuple(jobs)), plan=self.plan)


def begin(
    plan: Plan,
    *,
    id: ExecutionId,
    project: ProjectId,
    branch: BranchName,
    version: int,
    pipeline_name: str,
    name: str,
    created: Time,
    job_ids: Sequence[JobId],
    author: str = "",
) -> Run:
    """A new execution of a plan, all jobs pending. `job_ids` gives one id to each of ``plan.jobs``.

    Store the execution, then ``step`` it with `Began`.
    """
    jobs = tuple(
        Job(id=job, execution=id, node=planned.node, name=planned.name, status=Status.PENDING)
        for job, planned in zip(job_ids, plan.jobs, strict=True)
    )
    execution = Execution(
        id=id,
        project=project,
        branch=branch,
        version=version,
        pipeline=plan.pipeline,
        pipeline_name=pipeline_name,
        name=name,
        status=Status.PENDING,
        created=created,
        author=author,
        jobs=jobs,
    )
    return Run(execution=execution, plan=plan)


def live_attempt(job: Job) -> Attempt | None:
    """The attempt that a host has or may have at this moment."""
    if job.attempts and not job.attempts[-1].status.final:
        return job.attempts[-1]
    return None


def input_files(run: Run, job: JobId) -> dict[str, InputFile]:
    """The inputs of a queued job, by name: each a blob and the type that reads it."""
    made = {one.node: one for one in run.execution.jobs}
    files: dict[str, InputFile] = {}
    for name, source in run.job_plan(job).inputs.items():
        if isinstance(source, SourceArtifact):
            files[name] = InputFile(type=source.type, blob=source.blob)
        else:
            output = next(one for one in made[source.node].outputs if one.name == source.output)
            files[name] = InputFile(type=output.type, blob=output.blob)
    return files
