"""Everything that handlers use: made once in the composition root (`composition.py`), handed to them by the application."""

from msgspec import Struct

from deepforge.dispatch.dispatcher import Dispatcher
from deepforge.dispatch.events import Events
from deepforge.server.analysis import Analyses
from deepforge.server.analyst import Analyst
from deepforge.server.artifacts import Artifacts
from deepforge.server.documents import Documents
from deepforge.server.jobs import Jobs
from deepforge.server.projects import Projects
from deepforge.server.runs import Runs
from deepforge.server.sessions import Sessions
from deepforge.server.static_client import StaticClient
from deepforge.server.stores import Stores
from deepforge.settings import Settings

__all__ = ["Services"]


class Services(Struct, frozen=True, kw_only=True):
    """The objects of one server."""

    settings: Settings
    stores: Stores
    events: Events
    sessions: Sessions
    projects: Projects
    documents: Documents
    analyst: Analyst
    analyses: Analyses
    artifacts: Artifacts
    dispatcher: Dispatcher
    runs: Runs
    jobs: Jobs
    client: StaticClient
