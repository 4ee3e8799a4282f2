"""The live socket (`docs/spec/live.md`): the edits, presence, analysis and executions of one open project."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

import msgspec
from litestar.exceptions import WebSocketDisconnect

from deepforge.dispatch.events import ProjectEvent
from deepforge.document.room import Room
from deepforge.document.subscription import SLOW, Subscription
from deepforge.errors import DeepForgeError, NotFound
from deepforge.ids import RECORD_ID, BranchName, ProjectId
from deepforge.model.live import (
    Analysis,
    ClientMessage,
    Edit,
    Hello,
    Place,
    Presence,
    ProjectChanged,
    RefusedEdit,
    Unwatch,
    Watch,
    Welcome,
)
from deepforge.model.project import Person, Project
from deepforge.server.answers import api_error
from deepforge.server.asgi import Socket
from deepforge.server.caller import Caller
from deepforge.server.frames import CloseCode, Closed, first_end, next_frame
from deepforge.server.outbox import Outbox
from deepforge.server.services import Services
from deepforge.server.watches import Watches

__all__ = ["serve_live"]

_HELLO_SECONDS = 10.0
_PRESENCE_SECONDS = 0.05
_MOST_SELECTED = 500
_LONGEST_SCREEN = 200
_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)


async def serve_live(socket: Socket, services: Services, caller: Caller, project: ProjectId, branch: BranchName) -> None:
    """One connection, from its hello to its end."""
    await socket.accept()
    try:
        found, room = await _find(services, project, branch)
        hello = await _hello(socket)
        async with AsyncExitStack() as stack:
            await LiveSocket(socket, services, caller, found, room).serve(hello, stack)
    except WebSocketDisconnect:
        pass
    except Closed as closed:
        await _close(socket, closed)


async def _find(services: Services, project: ProjectId, branch: BranchName) -> tuple[Project, Room]:
    try:
        return await services.stores.projects.get(project), await services.documents.room(project, branch)
    except NotFound:
        raise Closed(CloseCode.NOT_FOUND, "no such project or branch") from None


async def _hello(socket: Socket) -> Hello:
    try:
        async with asyncio.timeout(_HELLO_SECONDS):
            message = await _message(socket)
    except TimeoutError:
        raise Closed(CloseCode.INVALID, "no hello") from None
    if not isinstance(message, Hello) or not RECORD_ID.fullmatch(message.client):
        raise Closed(CloseCode.INVALID, "no hello")
    return message


async def _message(socket: Socket) -> Hello | Edit | Presence | Watch | Unwatch:
    frame = await next_frame(socket)
    if isinstance(frame, bytes):
        raise Closed(CloseCode.INVALID, "text frames only")
    try:
        return _decoder.decode(frame)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Closed(CloseCode.INVALID, "not a message") from None


async def _close(socket: Socket, closed: Closed) -> None:
    with suppress(RuntimeError):  # the other side may have been quicker
        await socket.close(code=closed.code, reason=closed.reason)


class LiveSocket:
    """One browser tab in one branch. Whatever ends first (the reader, the writer, a pump) ends the connection."""

    def __init__(self, socket: Socket, services: Services, caller: Caller, project: Project, room: Room) -> None:
        self._socket = socket
        self._services = services
        self._caller = caller
        self._project = project
        self._room = room
        self._outbox = Outbox()
        self._told: Analysis | None = None

    async def serve(self, hello: Hello, stack: AsyncExitStack) -> None:
        """Say welcome, then send and receive until the end. Raises `Closed` or `WebSocketDisconnect`."""
        subscription = stack.enter_context(self._join(hello))
        self._outbox.put(self._welcome(subscription))
        stack.enter_context(self._services.events.of_project(self._project.id, self._tell))
        if self._caller.session is not None:
            listener = self._person_listener(subscription)
            stack.enter_context(self._services.sessions.listening(self._caller.session, listener))
        analysis = await stack.enter_async_context(self._services.analyses.open(self._project.id, self._room.branch))
        stack.enter_context(analysis.listening(self._tell_analysis))
        if analysis.current is not None:
            self._tell_analysis(analysis.current)
        watches = await stack.enter_async_context(Watches(self._services.dispatcher, self._services.stores.reports, self._outbox))
        await first_end(
            self._write(), self._commits(subscription), self._presence(subscription), self._read(subscription, watches)
        )

    def _join(self, hello: Hello) -> Subscription:
        try:
            return self._room.join(hello.client, self._caller.person, epoch=hello.epoch, version=hello.version)
        except DeepForgeError as error:
            raise Closed(CloseCode.INVALID, error.code) from None

    def _welcome(self, subscription: Subscription) -> Welcome:
        caught = subscription.catch_up
        return Welcome(
            project=self._project.id,
            project_name=self._project.name,
            branch=self._room.branch,
            epoch=caught.epoch,
            version=caught.version,
            client=subscription.client,
            person=self._caller.person,
            people=caught.people,
            records=caught.records,
            missed=caught.missed,
        )

    # To the browser

    def _tell(self, event: ProjectEvent) -> None:
        self._outbox.put(event)
        if isinstance(event, ProjectChanged) and event.name is None:
            self._outbox.close(CloseCode.NOT_FOUND, "the project was removed")

    def _tell_analysis(self, analysis: Analysis) -> None:
        """Only when something in it is new: after most edits nothing is."""
        if self._told is None or msgspec.structs.replace(self._told, version=analysis.version) != analysis:
            self._outbox.put(analysis)
        self._told = analysis

    def _person_listener(self, subscription: Subscription) -> Callable[[Person | None], None]:
        def listener(person: Person | None) -> None:
            if person is None:
                self._outbox.close(CloseCode.NO_SESSION, "logged out")
            else:
                subscription.person = person
                self._caller = msgspec.structs.replace(self._caller, person=person)
                self._room.move(subscription, subscription.place)

        return listener

    async def _write(self) -> None:
        while True:
            await self._socket.send_data((await self._outbox.next()).decode(), mode="text")

    async def _commits(self, subscription: Subscription) -> None:
        while (committed := await subscription.committed()) is not None:
            await self._outbox.room()
            self._outbox.put(committed)
        if subscription.closed == SLOW:
            raise Closed(CloseCode.SLOW, "reads too slowly")
        raise Closed(CloseCode.GOING_AWAY, subscription.closed)

    async def _presence(self, subscription: Subscription) -> None:
        while (news := await subscription.presence()) is not None:
            await self._outbox.room()
            for one in news:
                self._outbox.put(one)
            await asyncio.sleep(_PRESENCE_SECONDS)
        await asyncio.Event().wait()  # the pump of commits says why

    # From the browser

    async def _read(self, subscription: Subscription, watches: Watches) -> None:
        while True:
            message = await _message(self._socket)
            match message:
                case Edit():
                    await self._edit(subscription, message)
                case Presence(place=place):
                    self._move(subscription, place)
                case Watch(job=job, log_offset=offset):
                    await watches.add(job, offset)
                case Unwatch(job=job):
                    await watches.remove(job)
                case Hello():
                    raise Closed(CloseCode.INVALID, "hello twice")

    async def _edit(self, subscription: Subscription, edit: Edit) -> None:
        try:
            committed = await self._services.documents.edit(
                self._project.id, self._room.branch, edit, client=subscription.client, person=self._caller.person
            )
        except DeepForgeError as error:
            if error.status >= 500:  # no verdict on the edit, and the store may have it: the client comes back and asks again
                raise Closed(CloseCode.FAULT, error.code) from None
            self._outbox.put(RefusedEdit(transaction=edit.transaction.id, error=api_error(error)))
            return
        if committed.repeated:
            self._outbox.put(committed)

    def _move(self, subscription: Subscription, place: Place) -> None:
        """Too large a place is dropped: nobody has selected that much by hand."""
        if len(place.selection) <= _MOST_SELECTED and len(place.screen) <= _LONGEST_SCREEN:
            self._room.move(subscription, place)
