"""`deepforge start`: the server in this process, the local worker host as its child; or one of the two alone."""

import asyncio
import os
import signal
import sys
import webbrowser

import click
import msgspec
from msgspec import structs

from deepforge.cli.api import Api
from deepforge.cli.terminal import tell
from deepforge.cli.worker import host_command, host_environment, keep_host
from deepforge.errors import Broken, Invalid, NotFound
from deepforge.server import serve
from deepforge.server.info import ServerInfo, read_server_info
from deepforge.settings import Settings, load_settings
from deepforge.worker.lifeline import end_with

__all__ = ["LaunchUrl", "start"]


class LaunchUrl(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `POST /api/launch`."""

    url: str


@click.command(short_help="Start the server and a worker.")
@click.option("-s", "--server", is_flag=True, help="Start the server without a worker.")
@click.option(
    "-w",
    "--worker",
    "worker_url",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="Start a worker without a server: for the server at URL, else for the one that runs on this machine.",
)
@click.option(
    "-p", "--port", metavar="N", type=click.IntRange(0, 65535), help="The server's port; 0 takes a free one.  [default: 8888]"
)
@click.option("--host", metavar="ADDRESS", help="The address that the server listens on.  [default: 127.0.0.1]")
@click.option("--allow-remote", is_flag=True, help="Listen on an address that other machines reach; traffic is not encrypted.")
@click.option("--browser/--no-browser", default=True, help="Open the browser where there is one.")
@click.option("--parent", type=int, hidden=True)
def start(
    *,
    server: bool,
    worker_url: str | None,
    port: int | None,
    host: str | None,
    allow_remote: bool,
    browser: bool,
    parent: int | None,
) -> None:
    """Start DeepForge: the server with its embedded database, and a worker on this machine.

    Where a server already runs, print a fresh login URL of it.
    """
    if parent is not None:
        end_with(parent, signal.SIGTERM)
    settings = _settings(port, host, allow_remote=allow_remote)
    if worker_url is not None and not server:
        _become_worker(settings, worker_url)
    elif worker_url:
        raise Invalid("A worker for another server cannot be started together with a server.", hint="Use two commands.")
    elif (info := read_server_info(settings.data_dir)) is not None:
        tell("DeepForge is already running here.")
        _announce(info, browser=browser)
    else:
        asyncio.run(_serve(settings, worker=not server or worker_url is not None, browser=browser))


def _settings(port: int | None, host: str | None, *, allow_remote: bool) -> Settings:
    changes = {"port": port, "host": host, "allow_remote": allow_remote}
    return structs.replace(load_settings(), **{name: value for name, value in changes.items() if value is not None})


async def _serve(settings: Settings, *, worker: bool, browser: bool) -> None:
    """Serve until a signal. The worker host ends first, so that it can still report what becomes of its attempts."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[ServerInfo] = loop.create_future()
    stop = asyncio.Event()

    def listening(info: ServerInfo) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        ready.set_result(info)

    async def accompany() -> None:
        info = await ready
        await asyncio.to_thread(_announce, info, browser=browser)
        await (keep_host(settings, info) if worker else stop.wait())

    serving = asyncio.create_task(serve(settings, on_ready=listening))
    companion = asyncio.create_task(accompany())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((serving, companion, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (companion, stopping, serving):
            task.cancel()
            await asyncio.wait((task,))
    for done in (serving, companion):
        if not done.cancelled():
            done.result()  # what it failed with


def _announce(info: ServerInfo, *, browser: bool) -> None:
    """Print the one URL that logs in, and open it where a person sits before a browser."""
    with Api(info.url, info.token) as api:
        url = api.post("/api/launch", LaunchUrl).url
    click.echo(f"DeepForge: {url}")
    if browser and _has_screen():
        webbrowser.open(url)


def _has_screen() -> bool:
    """Whether a browser would come up in a window, for somebody who started this by hand."""
    windows = sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return windows and sys.stdout.isatty()


def _become_worker(settings: Settings, url: str) -> None:
    """Replace this process by a worker host for the server at `url` ("" for the local one). Never returns."""
    info = read_server_info(settings.data_dir)
    if url and (info is None or url.rstrip("/") != info.url.rstrip("/")):
        token = os.environ.get("DEEPFORGE_WORKER_TOKEN", "")
        if not token:
            raise Invalid(
                f"A worker needs a token for {url}.",
                hint="Set DEEPFORGE_WORKER_TOKEN to the worker_token in server.json on the server's machine.",
            )
        # Another server's attempts are not to be mixed with those of the local one.
        settings = structs.replace(settings, worker_dir=settings.worker_dir.with_name(f"{settings.worker_dir.name}-remote"))
    elif info is None:
        raise NotFound(
            f"No server is running in {settings.data_dir}.", hint="Start one with `deepforge start --server`, or name its URL."
        )
    else:
        url, token = info.url, info.worker_token
    tell(f"Worker for {url}. Ctrl+C ends it.")
    command = host_command(settings, url)
    try:
        os.execve(command[0], command, host_environment(token))
    except OSError as error:
        raise Broken(f"The worker cannot be started: {error}.") from error
