"""The built client in `static/`: hashed assets for ever, the page itself fresh each time; a plain page where it is not built."""

import re
from pathlib import Path

from litestar import Response

from deepforge.errors import NotFound

__all__ = ["StaticClient"]

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PAGES = re.compile(r"/projects(/.*)?")
_NOT_BUILT = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>DeepForge</title>
<body><h1>The client is not built</h1><p>The server runs, but its pages are missing. In a source checkout,
<code>./bin/deepforge start</code> builds them; a packaged installation has them: install it again.</p></body></html>
"""


class StaticClient:
    """The files as they were when the server started: a path that is none of them is never looked up on the disk."""

    def __init__(self, directory: Path) -> None:
        self._files = {
            "/" + path.relative_to(directory).as_posix(): path
            for path in (sorted(directory.rglob("*")) if directory.is_dir() else ())
            if path.is_file() and path.suffix in _TYPES
        }

    def page(self, *, status: int = 200) -> Response[bytes]:
        """The page that every screen of the client begins with."""
        index = self._files.get("/index.html")
        body = index.read_bytes() if index else _NOT_BUILT
        return Response(body, status_code=status, media_type=_TYPES[".html"], headers={"Cache-Control": "no-cache"})

    def file(self, path: str) -> Response[bytes]:
        """A file, or the page for the client's own paths; for others the page, too, which then says that there is nothing."""
        path = "/" + path.lstrip("/")
        found = self._files.get(path)
        if found is None and path.startswith("/assets/"):
            raise NotFound("There is no such file.")
        if found is None or path == "/index.html":
            return self.page(status=200 if _PAGES.fullmatch(path) or path == "/index.html" else 404)
        lasting = "public, max-age=31536000, immutable" if path.startswith("/assets/") else "no-cache"
        return Response(found.read_bytes(), media_type=_TYPES[found.suffix], headers={"Cache-Control": lasting})

    @staticmethod
    def redirect(path: str, *, cookie: str | None = None) -> Response[bytes]:
        """To a path of ours."""
        headers = {"Location": path} if cookie is None else {"Location": path, "Set-Cookie": cookie}
        return Response(b"", status_code=303, headers=headers)
