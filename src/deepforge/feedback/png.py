"""Pictures as PNG, with zlib alone (ISO/IEC 15948: signature, IHDR, IDAT, IEND; filter 0 on every row)."""

import struct
import zlib

__all__ = ["png"]


def png(rows: list[bytes], width: int, channels: int) -> bytes:
    """A PNG of 8 bits a channel. `rows` hold `width * channels` bytes each; channels: 1 gray, 3 RGB, 4 RGB with alpha."""
    color_type = {1: 0, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, len(rows), 8, color_type, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
