"""The HTTP interface (`docs/spec/http.md`): module-level handlers that parse, call and return."""

from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler, WebsocketRouteHandler

from deepforge.server.routes import artifacts, client, documents, executions, jobs, projects, session, sockets

__all__ = ["HANDLERS"]

HANDLERS: tuple[HTTPRouteHandler | WebsocketRouteHandler | ASGIRouteHandler, ...] = (
    *session.HANDLERS,
    *projects.HANDLERS,
    *documents.HANDLERS,
    *executions.HANDLERS,
    *jobs.HANDLERS,
    *artifacts.HANDLERS,
    *sockets.HANDLERS,
    *client.HANDLERS,
)
"""Every route that there is; `policy.POLICY` has a row for each."""
