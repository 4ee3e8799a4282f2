"""Starts executions: the document at the asked version, with what its code says, goes to the dispatcher."""

from deepforge.dispatch.dispatcher import Dispatcher
from deepforge.dispatch.launch import RunRequest
from deepforge.ids import ProjectId
from deepforge.model.execution import Execution
from deepforge.model.project import NewExecution, Person
from deepforge.server.analysis import Analyses
from deepforge.server.documents import Documents
from deepforge.server.names import checked_name
from deepforge.server.stores import Stores

__all__ = ["Runs"]


class Runs:
    """Runs of pipelines."""

    def __init__(self, stores: Stores, documents: Documents, analyses: Analyses, dispatcher: Dispatcher) -> None:
        self._stores = stores
        self._documents = documents
        self._analyses = analyses
        self._dispatcher = dispatcher

    async def start(self, project: ProjectId, new: NewExecution, person: Person) -> Execution:
        """Run a pipeline. A key that was used answers with its execution, whatever has been edited since.

        Raises `NotFound`, `Invalid`, or `Refused` with the marks that stand against it.
        """
        await self._stores.projects.get(project)
        known = await self._dispatcher.made_with(project, new.key)
        if known is not None:
            return known
        if new.name is not None:
            checked_name(new.name)
        document = await self._documents.at(project, new.branch, new.version)
        facts = await self._analyses.facts(document)
        return await self._dispatcher.start(
            RunRequest(
                project=project,
                document=document,
                new=new,
                interfaces=facts.interfaces,
                types=facts.types,
                artifacts=await self._stores.artifacts.all(project),
                readable=facts.readable,
                author=person.name,
            )
        )
