"""Text by UTF-16 units, as browsers count it; Python's strings count code points.

Only a text with characters beyond U+FFFF is handled in its UTF-16 form; for all others the two counts are the same.
"""

from deepforge.errors import Refused

__all__ = ["MAX_TEXT", "Units", "check_text", "refuse_change", "refuse_length", "units"]

MAX_TEXT = 1_000_000
"""Of one text, in UTF-16 units."""

_HINT = "Reload the page to get the current text, then make the change again."


def refuse_change(message: str, where: str = "", hint: str = _HINT) -> Refused:
    """The error of a change that cannot be applied."""
    return Refused(message, code="DF109", hint=hint, where=where)


def refuse_length(where: str = "") -> Refused:
    """The error of a text that is too long."""
    message = f"A text is longer than {MAX_TEXT:,} characters."
    return Refused(message, code="DF111", hint="Split it into several modules.", where=where)


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(_wide(text)) // 2


def check_text(text: str, where: str = "") -> None:
    """Raises `Refused` (DF109, DF111) if a whole text is not one that a record may hold."""
    if "\r" in text:
        raise refuse_change("Text has a carriage return; lines end with LF only.", where, "Convert the line ends to LF.")
    length = len(text) if text.isascii() else len(_wide(text, where)) // 2
    if length > MAX_TEXT:
        raise refuse_length(where)


def _wide(text: str, where: str = "") -> bytes:
    try:
        return text.encode("utf-16-le")
    except UnicodeEncodeError:
        raise refuse_change("Text has half of a surrogate pair.", where) from None


class Units:
    """A text that can be cut by UTF-16 positions."""

    def __init__(self, text: str) -> None:
        wide = None if text.isascii() else _wide(text)
        self._text = text
        self._wide = None if wide is None or len(wide) == 2 * len(text) else wide
        self.length = len(text) if self._wide is None else len(self._wide) // 2

    def cut(self, start: int, end: int, where: str = "") -> str:
        """The text between two positions. Raises `Refused` (DF109) where that would split a surrogate pair."""
        if self._wide is None:
            return self._text[start:end]
        self.check(start, where)
        self.check(end, where)
        return self._wide[2 * start : 2 * end].decode("utf-16-le")

    def check(self, at: int, where: str = "") -> None:
        """Raises `Refused` (DF109) if `at` lies inside a surrogate pair."""
        if self._wide is not None and at < self.length and 0xDC <= self._wide[2 * at + 1] <= 0xDF:
            raise refuse_change("A change splits a character in two (a surrogate pair).", where)
