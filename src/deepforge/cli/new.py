"""`deepforge new`: a project from a seed, without a browser."""

from collections.abc import Iterable

import click

from deepforge.cli.api import Api
from deepforge.cli.servers import server_at_hand
from deepforge.errors import NotFound
from deepforge.model.project import NewProject, Project, Seed
from deepforge.settings import load_settings

__all__ = ["check_seed", "listed", "new"]


@click.command(short_help="Make a project from a seed.")
@click.argument("name")
@click.option("--seed", required=True, metavar="SEED", help="The seed that the project starts from, such as digits.")
def new(name: str, seed: str) -> None:
    """Make the project NAME from a seed."""
    with server_at_hand(load_settings(), worker=False) as api:
        check_seed(api, seed)
        project = api.post("/api/projects", Project, NewProject(name=name, seed=seed))
    click.echo(f"Created the project {project.name} from the seed {seed}.")


def check_seed(api: Api, seed: str) -> None:
    """Raise `NotFound`, with the seeds that there are, unless the server has this one."""
    names = [known.name for known in api.get("/api/seeds", list[Seed])]
    if seed not in names:
        raise NotFound(f"There is no seed {seed!r}.", hint=f"There are: {listed(names)}.")


def listed(names: Iterable[str]) -> str:
    """Names for a sentence, in their order, each once."""
    return ", ".join(dict.fromkeys(names)) or "none"
