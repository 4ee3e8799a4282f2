"""What the command says beside what it prints: always on standard error, in colour where that is a terminal."""

from rich.console import Console
from rich.text import Text

from deepforge.model.execution import Status

__all__ = ["tell", "tell_status"]

_STYLES = {Status.SUCCESS: "green", Status.FAILED: "red", Status.CANCELED: "yellow", Status.RUNNING: "cyan"}


def tell(line: str, *, style: str = "") -> None:
    """A line on standard error."""
    # Made for each line: whoever redirects standard error (a test, a caller of `main`) redirects this too.
    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(line, style=style))


def tell_status(name: str, status: Status, rest: str = "") -> None:
    """Something has come into a status; the word says so, the colour only helps."""
    tell(f"{name}: {status}{rest}", style=_STYLES.get(status, ""))
