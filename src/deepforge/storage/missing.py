"""The errors that every store raises alike for what is not there, or is there already."""

from collections.abc import Sequence

from deepforge.errors import Conflict, NotFound
from deepforge.model.document import Version

__all__ = [
    "branch_exists",
    "check_order",
    "name_taken",
    "no_artifact",
    "no_blob",
    "no_branch",
    "no_execution",
    "no_job",
    "no_line",
    "no_person",
    "no_project",
    "no_session",
    "no_version",
]


def no_project(project: str) -> NotFound:
    return NotFound("There is no such project.", hint="It may have been deleted.", where=project)


def name_taken(name: str) -> Conflict:
    return Conflict(f'There is a project called "{name}" already.', code="name-taken", hint="Choose another name.", where="name")


def no_branch(project: str, branch: str) -> NotFound:
    return NotFound(f'There is no branch "{branch}" of this project.', hint="It may have been deleted.", where=project)


def branch_exists(branch: str) -> Conflict:
    return Conflict(f'There is a branch called "{branch}" already.', code="branch-exists", hint="Choose another name.")


def no_version(version: int) -> NotFound:
    return NotFound(f"There is no version {version} of this branch.", where=str(version))


def check_order(newest: int, versions: Sequence[Version]) -> None:
    """Versions follow the newest that is stored, one by one. Raises `Conflict`."""
    for expected, version in enumerate(versions, newest + 1):
        if version.version != expected:
            raise Conflict(
                f"Version {version.version} does not follow version {expected - 1}.",
                code="not-next",
                hint="Load the branch again.",
            )


def no_execution(execution: str) -> NotFound:
    return NotFound("There is no such execution.", hint="It may have been deleted.", where=execution)


def no_job(job: str) -> NotFound:
    return NotFound("There is no such job.", hint="Its execution may have been deleted.", where=job)


def no_artifact(artifact: str) -> NotFound:
    return NotFound("There is no such artifact.", hint="It may have been deleted.", where=artifact)


def no_line(line: int) -> NotFound:
    return NotFound(f"There is no line {line} in this attempt.", hint="It may not have been reported yet.", where=str(line))


def no_blob(blob: str) -> NotFound:
    return NotFound("There is no such file in the store.", hint="It may have been deleted.", where=blob)


def no_session(session: str) -> NotFound:
    return NotFound("There is no such session.", hint="Log in again.", where=session)


def no_person(person: str) -> NotFound:
    return NotFound("There is no such person.", where=person)
