"""The local worker host: a process of its own, which this one starts, starts again should it end, and stops."""

import asyncio
import os
import signal
import sys

from deepforge.cli.terminal import tell
from deepforge.server.info import ServerInfo
from deepforge.settings import Settings

__all__ = ["host_command", "host_environment", "keep_host"]

_GRACE_SECONDS = 2.0
"""What running attempts get when the whole installation is stopped: it is to be gone within five seconds."""
_STOP_SECONDS = 3.5
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0


def host_command(settings: Settings, url: str) -> list[str]:
    """What runs a worker host for the server at `url`."""
    return [sys.executable, "-P", "-m", "deepforge.worker", "--server", url, "--dir", str(settings.worker_dir)]


def host_environment(token: str, **more: str) -> dict[str, str]:
    """The environment of a worker host: the token is in it, not in the arguments, which every user can read."""
    return os.environ | {"DEEPFORGE_WORKER_TOKEN": token} | more


async def keep_host(settings: Settings, info: ServerInfo) -> None:
    """Keep a worker host running until cancelled; then stop it within a few seconds."""
    pause = _FIRST_PAUSE
    while True:
        # A session of its own: Ctrl+C in the terminal is for the server's process, which ends its worker in order.
        host = await asyncio.create_subprocess_exec(
            *host_command(settings, info.url),
            "--parent",
            str(os.getpid()),
            stdin=asyncio.subprocess.DEVNULL,
            env=host_environment(info.worker_token, DEEPFORGE_GRACE_SECONDS=str(min(_GRACE_SECONDS, settings.grace_seconds))),
            start_new_session=True,
        )
        try:
            status = await host.wait()
        finally:
            if host.returncode is None:
                await _stop(host)
        tell(f"The worker ended (status {status}). Starting it again in {pause:g} s.", style="yellow")
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _stop(host: asyncio.subprocess.Process) -> None:
    host.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await host.wait()
    except TimeoutError:
        host.kill()
        await host.wait()
