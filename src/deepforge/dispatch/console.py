"""A console's bytes as text, in pages that never split a character."""

from deepforge.model.hosting import Console
from deepforge.model.project import LogPage

__all__ = ["as_page"]

_LONGEST = 4  # bytes of a character in UTF-8


def as_page(console: Console) -> LogPage:
    """The page as text. Bytes that are no UTF-8 show as U+FFFD; a character of which only a part is there yet waits for the
    next page; a page that begins inside a character begins after it."""
    data = console.data
    skipped = _continuation(data) if console.offset else 0
    data = data[skipped:]
    kept = len(data) - _unfinished(data)
    offset = console.offset + skipped
    return LogPage(offset=offset, next=offset + kept, end=console.end, text=data[:kept].decode(errors="replace"))


def _continuation(data: bytes) -> int:
    count = 0
    while count < min(len(data), _LONGEST - 1) and data[count] & 0xC0 == 0x80:
        count += 1
    return count


def _unfinished(data: bytes) -> int:
    """How many bytes at the end begin a character without ending it."""
    for back in range(1, min(len(data), _LONGEST) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 2 if byte >> 5 == 0b110 else 3 if byte >> 4 == 0b1110 else 4 if byte >> 3 == 0b11110 else 1
        return back if needed > back else 0
    return 0
