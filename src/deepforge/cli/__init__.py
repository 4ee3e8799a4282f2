"""The command `deepforge`: starts servers and workers, makes projects and runs pipelines from a terminal.

It talks to a server only as any other program may: HTTP by `docs/spec/http.md`, with the token of `server.json`.
"""

from deepforge.cli.program import main

__all__ = ["main"]
