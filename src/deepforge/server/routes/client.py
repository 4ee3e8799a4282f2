"""The built client: `/`, its assets, and its own paths; and the login link."""

from litestar import Response, get
from litestar.params import FromPath

from deepforge.errors import DeepForgeError
from deepforge.server.asgi import HttpRequest
from deepforge.server.given import TheServices

__all__ = ["HANDLERS"]


@get("/", include_in_schema=False)
async def get_start(request: HttpRequest, services: TheServices) -> Response[bytes]:
    """The client; with `?token=` the login link: it sets the cookie and leaves the address clean."""
    token = request.query_params.get("token")
    if token is None:
        return services.client.page()
    try:
        secret, _ = await services.sessions.log_in(token, source=request.client.host if request.client else "")
    except DeepForgeError:
        return services.client.redirect("/")  # the page says that there is no session; the link is not tried again
    return services.client.redirect("/", cookie=services.sessions.cookie(secret))


@get("/{path:path}", include_in_schema=False)
async def get_page(services: TheServices, path: FromPath[str]) -> Response[bytes]:
    return services.client.file(path)


HANDLERS = (get_start, get_page)
