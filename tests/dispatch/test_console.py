"""Consoles as text: no character is split between pages, no byte is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepforge.dispatch.console import as_page
from deepforge.model.hosting import Console
from deepforge.model.project import LogPage

CASES = {
    "plain": (0, b"abc\n", 4, LogPage(offset=0, next=4, end=4, text="abc\n")),
    "cut in a character": (0, "aö".encode()[:2], 3, LogPage(offset=0, next=1, end=3, text="a")),
    "begun in a character": (2, "aöb".encode()[2:], 4, LogPage(offset=3, next=4, end=4, text="b")),
    "cut in four bytes": (0, "a😀".encode()[:4], 5, LogPage(offset=0, next=1, end=5, text="a")),
    "no UTF-8": (0, b"a\xffb", 3, LogPage(offset=0, next=3, end=3, text="a\ufffdb")),
    "zero byte": (0, b"a\0b", 3, LogPage(offset=0, next=3, end=3, text="a\0b")),
    "empty": (7, b"", 7, LogPage(offset=7, next=7, end=7, text="")),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_pages(case: tuple[int, bytes, int, LogPage]) -> None:
    offset, data, end, page = case
    assert as_page(Console(offset=offset, data=data, end=end)) == page


@given(st.text(max_size=200), st.integers(4, 9))
def test_pages_put_together_are_the_text(text: str, limit: int) -> None:
    data = text.encode(errors="ignore")
    offset, read = 0, ""
    while offset < len(data):
        page = as_page(Console(offset=offset, data=data[offset : offset + limit], end=len(data)))
        assert page.next > offset
        read, offset = read + page.text, page.next
    assert read == data.decode()
