"""Files as downloads: always an attachment that a browser neither guesses at nor runs; single ranges; read in pieces."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from litestar import Response
from litestar.response import Stream

__all__ = ["attachment", "byte_range", "download"]

_PIECE = 1024 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def download(path: Path, size: int, *, name: str, wanted: str | None) -> Stream | Response[bytes]:
    """The answer to a request for the file, with status 200, 206, or 416 when the range `wanted` does not lie in it."""
    headers = {
        "Content-Disposition": attachment(name),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
    }
    if wanted is None:
        return _stream(path, 0, size, 200, headers)
    span = byte_range(wanted, size)
    if span is None:
        unsatisfied = {**headers, "Content-Range": f"bytes */{size}"}
        return Response(b"", status_code=416, headers=unsatisfied, media_type="application/octet-stream")
    start, stop = span
    return _stream(path, start, stop, 206, {**headers, "Content-Range": f"bytes {start}-{stop - 1}/{size}"})


def attachment(name: str) -> str:
    """`Content-Disposition` for any name: a plain one for old readers, the true one in UTF-8 (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[:100].lstrip(".-") or "download"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of a single range within `size` bytes; None when it cannot be satisfied."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        count = min(int(last), size)
        return (size - count, size) if count else None
    start, stop = int(first), min(int(last) + 1, size) if last else size
    return (start, stop) if start < stop else None


def _stream(path: Path, start: int, stop: int, status: int, headers: dict[str, str]) -> Stream:
    return Stream(
        _pieces(path, start, stop),
        status_code=status,
        media_type="application/octet-stream",
        headers={**headers, "Content-Length": str(stop - start)},
    )


async def _pieces(path: Path, start: int, stop: int) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        await asyncio.to_thread(file.seek, start)
        left = stop - start
        while left and (piece := await asyncio.to_thread(file.read, min(_PIECE, left))):
            left -= len(piece)
            yield piece
