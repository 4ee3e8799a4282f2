"""Who is here: log in, say one's name, log out."""

from litestar import Response, delete, get, patch, post
from litestar.params import JSONBody

from deepforge.model.project import Health, Launch, NewSession, Session, SessionChange
from deepforge.server.asgi import HttpRequest
from deepforge.server.given import TheCaller, TheServices

__all__ = ["HANDLERS"]


@get("/healthz", operation_id="getHealth", summary="Whether the server answers", sync_to_thread=False)
def get_health() -> Health:
    return Health()


@post("/api/session", operation_id="createSession", summary="Log in with a launch token", status_code=200)
async def create_session(request: HttpRequest, services: TheServices, data: JSONBody[NewSession]) -> Response[Session]:
    secret, session = await services.sessions.log_in(data.token, source=request.client.host if request.client else "")
    response = Response(session)
    response.headers["Set-Cookie"] = services.sessions.cookie(secret)
    return response


@get("/api/session", operation_id="getSession", summary="Who I am")
async def get_session(services: TheServices, caller: TheCaller) -> Session:
    services.analyst.wake()  # the first page is there
    return services.sessions.describe(caller)


@patch("/api/session", operation_id="changeSession", summary="Choose my name and colour")
async def change_session(services: TheServices, caller: TheCaller, data: JSONBody[SessionChange]) -> Session:
    return await services.sessions.change(caller, data)


@delete("/api/session", operation_id="endSession", summary="Log out")
async def end_session(services: TheServices, caller: TheCaller) -> Response[None]:
    await services.sessions.end(caller)
    response = Response(None, status_code=204)
    response.headers["Set-Cookie"] = services.sessions.no_cookie()
    return response


@post("/api/launch", operation_id="createLaunch", summary="A fresh one-time login URL (owner's token only)", status_code=200)
async def create_launch(services: TheServices) -> Launch:
    return Launch(url=services.sessions.launch_url())


HANDLERS = (get_health, create_session, get_session, change_session, end_session, create_launch)
