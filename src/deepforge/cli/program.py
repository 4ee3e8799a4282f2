"""The command's group, and the one place where an error becomes a sentence on standard error and an exit status."""

import sys
from collections.abc import Iterator, Sequence

import click

import deepforge
from deepforge.cli.new import new
from deepforge.cli.run import run
from deepforge.cli.start import start
from deepforge.cli.terminal import tell
from deepforge.errors import DeepForgeError, Refused
from deepforge.model.interface import Mark

__all__ = ["INTERRUPTED", "cli", "main"]

INTERRUPTED = 130
"""The exit status of what a person has stopped, as shells have it: 128 + SIGINT."""


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(deepforge.__version__, "-V", "--version", message="v%(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Design, train and understand neural networks together."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


cli.add_command(start)
cli.add_command(new)
cli.add_command(run)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: what went wrong is one sentence, never a traceback."""
    try:
        status = cli.main(args=arguments, prog_name="deepforge", standalone_mode=False)
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except DeepForgeError as error:
        _show(error)
        return 1
    except ExceptionGroup as group:
        known, unknown = group.split(DeepForgeError)
        if unknown is not None or known is None:
            raise
        for leaf in _leaves(known):
            _show(leaf)
        return 1
    return status if isinstance(status, int) else 0


def _show(error: DeepForgeError) -> None:
    tell(f"Error: {error}", style="bold red")
    if isinstance(error, Refused):
        for mark in error.marks:
            if isinstance(mark, Mark):
                tell(f"  {mark.code}: {mark.message} {mark.hint}".rstrip())


def _leaves(group: ExceptionGroup[DeepForgeError]) -> Iterator[DeepForgeError]:
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
