"""`python -m deepforge.worker`: a worker host. The server's worker token comes in DEEPFORGE_WORKER_TOKEN."""

import argparse
import asyncio
import logging
import os
import platform
import signal
import sys
from pathlib import Path

from deepforge.errors import DeepForgeError
from deepforge.settings import load_settings
from deepforge.worker.host import HostOptions, open_host
from deepforge.worker.lifeline import end_with
from deepforge.worker.processes import overwrite_environment

TOKEN_VARIABLE = "DEEPFORGE_WORKER_TOKEN"  # noqa: S105, RUF100 (the name of the variable, not a token)


def main(arguments: list[str] | None = None) -> int:
    """Run a host until SIGTERM or SIGINT. Exit status 1, with a sentence, when it cannot run or is not wanted."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    token = os.environ.get(TOKEN_VARIABLE, "")
    overwrite_environment(TOKEN_VARIABLE, "")  # first: what is unset can no longer be found in memory
    os.environ.pop(TOKEN_VARIABLE, None)
    try:
        asyncio.run(_host(_options(arguments, token)))
    except DeepForgeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _host(options: HostOptions) -> None:
    async with open_host(options) as host:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, host.stop)
        await host.run()


def _options(arguments: list[str] | None, token: str) -> HostOptions:
    settings = load_settings()
    parser = argparse.ArgumentParser(prog="python -m deepforge.worker", description="Run executions for a DeepForge server.")
    parser.add_argument("--server", required=True, metavar="URL", help="the server, such as http://127.0.0.1:8888")
    parser.add_argument("--dir", type=Path, default=settings.worker_dir, help="where attempts run (default: %(default)s)")
    parser.add_argument("--name", default=platform.node() or "worker", help="what people see (default: %(default)s)")
    parser.add_argument("--slots", type=int, default=2, help="attempts at a time (default: %(default)s)")
    parser.add_argument(
        "--leave-running", action="store_true", help="leave attempts running at the end, for a later worker to adopt"
    )
    parser.add_argument("--plain", action="store_true", help="start each attempt as a plain process")
    parser.add_argument("--parent", type=int, help="end at once with this process, which starts it; attempts run on")
    chosen = parser.parse_args(arguments)
    if chosen.parent is not None:
        end_with(chosen.parent, signal.SIGKILL)
    return HostOptions(
        server=chosen.server.rstrip("/"),
        directory=chosen.dir.expanduser().absolute(),
        name=chosen.name,
        token=token,
        slots=max(1, chosen.slots),
        leave_running=chosen.leave_running,
        grace=settings.grace_seconds,
        plain=chosen.plain,
    )


if __name__ == "__main__":
    sys.exit(main())
