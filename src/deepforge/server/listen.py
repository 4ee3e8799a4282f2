"""Listening: the socket, the names under which the server may be called, and uvicorn over it with our own way to stop."""

import asyncio
import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import uvicorn

from deepforge.errors import Broken
from deepforge.server.gate import Gate
from deepforge.settings import Settings

__all__ = ["LOOPBACK", "listening", "own_hosts", "own_origins", "run_server"]

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_ANY = ("0.0.0.0", "::", "")  # compared, not listened on
_GRACEFUL_SECONDS = 2
_BACKLOG = 512


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket that the server listens on; port 0 takes a free one. Raises `Broken` with what to do."""
    host = "127.0.0.1" if settings.host == "localhost" else settings.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns off Nagle's delay (40 ms an answer) only where it is.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, settings.port))
        except OSError as error:
            raise _cannot_listen(settings, error) from error
        listener.listen(_BACKLOG)
        listener.setblocking(False)
        yield listener


def _cannot_listen(settings: Settings, error: OSError) -> Broken:
    if error.errno == errno.EADDRINUSE:
        return Broken(
            f"Port {settings.port} is in use by another program.",
            code="port-in-use",
            hint=f"Stop it, or choose another port: deepforge start --port {settings.port + 1 if settings.port < 65535 else 0}",
        )
    return Broken(
        f"The server cannot listen on {settings.host} port {settings.port}: {error.strerror}.",
        code="cannot-listen",
        hint="Choose another address or port.",
    )


def own_hosts(settings: Settings, url: str) -> set[str]:
    """What a request's Host may be: loopback with our port, the address that was asked for, and that of the proxy."""
    port = urlsplit(url).port or 80
    names = {"127.0.0.1", "localhost", "[::1]"}
    if settings.host not in LOOPBACK:
        names |= _own_names() if settings.host in _ANY else {settings.host.lower()}
    hosts = {f"{name}:{port}" for name in names} | (names if port == 80 else set())
    return hosts | ({urlsplit(settings.public_url).netloc.lower()} if settings.public_url else set())


def own_origins(settings: Settings, url: str) -> set[str]:
    """The origins of our own pages."""
    public = urlsplit(settings.public_url)
    proxy = {f"{public.scheme}://{public.netloc}".lower()} if settings.public_url else set()
    return {f"http://{host}" for host in own_hosts(settings, url) if host != public.netloc.lower()} | proxy


def _own_names() -> set[str]:
    name = socket.gethostname().lower()
    try:
        found = socket.getaddrinfo(name, None)
    except OSError:
        found = []
    addresses = {str(address[0]) for *_, address in found}
    return {name} | {f"[{address}]" if ":" in address else address for address in addresses}


class _Server(uvicorn.Server):
    """Says when it listens; leaves signals to `run_server`, because uvicorn raises them again before our stores are closed."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Stop; the second time at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


async def run_server(app: Gate, listener: socket.socket, *, max_frame: int, on_ready: Callable[[], None]) -> None:
    """Serve until a signal or cancellation. Connections get two seconds to end."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=max_frame,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
    )
    # It would print the tokens of login links, whatever handlers somebody puts on it.
    logging.getLogger("uvicorn.access").disabled = True
    server = _Server(config, on_ready)
    with _signals(server.stop):
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.stop()
            await serving
            raise


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
