"""The worker hosts that have called: what they offer, when they were last heard of, which attempts they have."""

from datetime import datetime
from typing import Protocol

from deepforge.dispatch.clock import Clock
from deepforge.ids import AttemptId, JobId, WorkerId
from deepforge.model.hosting import Register, Resources, ServerOrder

__all__ = ["Host", "HostLink", "Hosts"]

_UNKNOWN = Resources(cpus=0, memory=0, slots=0)


class HostLink(Protocol):
    """The connection to a host."""

    def send(self, order: ServerOrder) -> None:
        """Send it after those before; what cannot be sent is lost with the connection."""
        ...

    def close(self) -> None:
        """End the connection; the host may call again."""
        ...


class Host:
    """One worker host, connected or not. `attempts` are those that it has or may have, and their jobs."""

    def __init__(self, worker: WorkerId, *, name: str, heard: float, seen: datetime) -> None:
        self.worker = worker
        self.name = name
        self.resources = _UNKNOWN
        self.framework = ""
        self.link: HostLink | None = None
        self.heard = heard
        self.seen = seen
        self.silent = False
        self.attempts: dict[AttemptId, JobId] = {}

    @property
    def free(self) -> int:
        """How many more attempts it takes now."""
        return 0 if self.link is None or self.silent else max(0, self.resources.slots - len(self.attempts))

    def send(self, order: ServerOrder) -> None:
        """Send, if it is connected; what it then does not know it is told when it comes back."""
        if self.link is not None:
            self.link.send(order)


class Hosts:
    """All hosts by id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hosts: dict[WorkerId, Host] = {}

    def all(self) -> list[Host]:
        return list(self._hosts.values())

    def get(self, worker: WorkerId) -> Host | None:
        return self._hosts.get(worker)

    def known(self, worker: WorkerId, name: str = "") -> Host:
        """The host of this id; one that was never heard of since the server started counts from now."""
        if worker not in self._hosts:
            self._hosts[worker] = Host(worker, name=name, heard=self._clock.monotonic(), seen=self._clock.now())
        return self._hosts[worker]

    def connect(self, link: HostLink, register: Register) -> Host:
        """A host came (back); an older connection of it is ended."""
        host = self.known(register.worker)
        if host.link is not None:
            host.link.close()
        host.link, host.name, host.resources, host.framework = link, register.name, register.resources, register.framework
        self.heard(host)
        return host

    def disconnect(self, link: HostLink, host: Host) -> None:
        """The connection ended; a newer one of the same host is left alone."""
        if host.link is link:
            host.link = None
        if host.link is None and not host.attempts:
            self.forget(host)

    @property
    def framework(self) -> str:
        """The version of torch, if those who have said theirs have the same; else empty."""
        said = {host.framework for host in self._hosts.values() if host.framework}
        return said.pop() if len(said) == 1 else ""

    def forget(self, host: Host) -> None:
        """It has gone for good, or is as new when it comes back."""
        self._hosts.pop(host.worker, None)

    def heard(self, host: Host) -> None:
        host.heard, host.seen = self._clock.monotonic(), self._clock.now()

    def silence(self, host: Host) -> float:
        """Seconds since it was last heard of."""
        return self._clock.monotonic() - host.heard

    def roomiest(self) -> Host | None:
        """The host with the most free slots, if any has one."""
        best = max(self._hosts.values(), key=lambda host: host.free, default=None)
        return best if best is not None and best.free > 0 else None
