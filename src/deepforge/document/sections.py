"""Change sets taken apart into sections: how one is carried over another, and how two become one.

The ties are `@codemirror/state`'s, to the section: server and clients must come to the same text (`changes.py`).
"""

from collections.abc import Iterable

from msgspec import Struct

from deepforge.document.units import Units, refuse_change, units

__all__ = ["Edit", "Section", "SectionBuilder", "Sections", "compose_sections", "edits_of", "map_sections"]


class Section(Struct, frozen=True):
    """`length` units of the old text: kept if `insert` is None, otherwise replaced by it."""

    length: int
    insert: str | None


Sections = tuple[Section, ...]


class Edit(Struct, frozen=True):
    """A replacement by position: the units from `start` to `end` of the old text become `insert`."""

    start: int
    end: int
    insert: str


def edits_of(sections: Iterable[Section]) -> list[Edit]:
    """The replacements among the sections, by position."""
    found: list[Edit] = []
    at = 0
    for section in sections:
        if section.insert is not None:
            found.append(Edit(at, at + section.length, section.insert))
        at += section.length
    return found


class SectionBuilder:
    """Makes sections in normal form: neighbours of one sort (kept, deleted, inserted) are one section, and none is empty."""

    def __init__(self) -> None:
        self._sections: list[tuple[int, list[str] | None]] = []

    def __len__(self) -> int:
        return len(self._sections)

    def add(self, length: int, insert: str | None, *, join: bool = False) -> None:
        """Add a section. `join` makes a replacement part of the one before it, whatever that is."""
        if length == 0 and not insert:
            return
        if self._sections and (join or self._same_sort(length, insert)):
            old_length, texts = self._sections[-1]
            if texts is not None and insert:
                texts.append(insert)
            self._sections[-1] = (old_length + length, texts)
        else:
            self._sections.append((length, None if insert is None else [insert] if insert else []))

    def _same_sort(self, length: int, insert: str | None) -> bool:
        old_length, texts = self._sections[-1]
        if insert is None or texts is None:
            return insert is None and texts is None
        if not insert:
            return not texts
        return length == 0 and old_length == 0

    def done(self) -> Sections:
        """The sections."""
        return tuple(Section(length, None if texts is None else "".join(texts)) for length, texts in self._sections)


def map_sections(mine: Sections, other: Sections, *, before: bool) -> Sections:
    """My change as it is after the other one; both are for one text."""
    return _Mapping(mine, other, before=before).run()


class _Mapping:
    """One run of `ChangeSet.map`: both changes' edits walked in the order of the old text.

    Of two edits the one that starts first comes first; of two that start together the shorter; of two of the same length
    the other's (mine if `before`). An edit of mine may be met in pieces: its text goes out with the first.
    """

    def __init__(self, mine: Sections, other: Sections, *, before: bool) -> None:
        self.mine = edits_of(mine)
        self.theirs = edits_of(other)
        self.length = sum(section.length for section in mine)
        self.before = before
        self.at = 0  # everything before it, in the old text, is dealt with
        self.i = self.j = 0
        self.text_out = False  # the text of my current edit was put out
        self.out = SectionBuilder()

    def run(self) -> Sections:
        while self.i < len(self.mine) or self.j < len(self.theirs):
            if self.j < len(self.theirs) and self._theirs_first(self.theirs[self.j]):
                self._pass_theirs(self.theirs[self.j])
            else:
                self._put_mine(self.mine[self.i])
        self._keep_to(self.length)
        return self.out.done()

    def _theirs_first(self, theirs: Edit) -> bool:
        if self.i == len(self.mine):
            return True
        mine = self.mine[self.i]
        start = max(self.at, mine.start)
        if theirs.start != start:
            return theirs.start < start
        if self.text_out:
            return True
        if self.at > mine.start:
            return False
        lengths = theirs.end - theirs.start, mine.end - mine.start
        return lengths[0] < lengths[1] or (lengths[0] == lengths[1] and not self.before)

    def _pass_theirs(self, theirs: Edit) -> None:
        """Keep what they inserted; what I did inside of what they deleted comes after it, as plain insertions."""
        self._keep_to(theirs.start)
        self.out.add(units(theirs.insert), None)
        while self.i < len(self.mine) and self.mine[self.i].start < theirs.end and self.mine[self.i].end <= theirs.end:
            self._put_text(0, self.mine[self.i])
            self._next_mine()
        self.at = theirs.end
        self.j += 1

    def _put_mine(self, mine: Edit) -> None:
        """Put my edit out up to their next one that is not a deletion inside of mine."""
        self._keep_to(mine.start)
        deleted = 0
        while self.at < mine.end:
            theirs = self.theirs[self.j] if self.j < len(self.theirs) else None
            if theirs is None or theirs.start > self.at:
                end = mine.end if theirs is None else min(mine.end, theirs.start)
                deleted += end - self.at
                self.at = end
            elif not theirs.insert and theirs.end < mine.end:
                self.at = theirs.end
                self.j += 1
            else:
                break
        self._put_text(deleted, mine)
        if self.at == mine.end:
            self._next_mine()

    def _put_text(self, deleted: int, mine: Edit) -> None:
        self.out.add(deleted, "" if self.text_out else mine.insert)
        self.text_out = True

    def _next_mine(self) -> None:
        self.i += 1
        self.text_out = False

    def _keep_to(self, position: int) -> None:
        if position > self.at:
            self.out.add(position - self.at, None)
            self.at = position


class _Cursor:
    """Where a composition is in one of its two changes. `rest` counts units of the text between the two."""

    def __init__(self, sections: Sections, *, after: bool) -> None:
        self._sections = iter(sections)
        self._after = after
        self.next()

    def next(self) -> None:
        self.section = next(self._sections, None)
        self.off = 0
        self._text: Units | None = None
        section = self.section
        if section is None:
            self.rest = 0
        elif self._after and section.insert is not None:
            self.rest = units(section.insert)
        else:
            self.rest = section.length

    def forward(self, count: int) -> None:
        if count == self.rest:
            self.next()
        else:
            self.rest -= count
            self.off += count

    def text(self, count: int) -> str:
        """The next `count` units of the text that the section inserts (made ready to be cut once only)."""
        if self._text is None:
            self._text = Units(self.section.insert or "") if self.section is not None else Units("")
        return self._text.cut(self.off, self.off + count)

    @property
    def replaces(self) -> bool:
        return self.section is not None and self.section.insert is not None


def compose_sections(first: Sections, later: Sections) -> Sections:
    """One change that does what `first` and then `later` do."""
    out = SectionBuilder()
    a, b = _Cursor(first, after=True), _Cursor(later, after=False)
    join = False  # a replacement of either goes on over an edge of the other: one section
    while a.section is not None or b.section is not None:
        if a.section is not None and a.section.insert == "":
            out.add(a.section.length, "", join=join)
            a.next()
        elif b.section is not None and b.section.length == 0:
            out.add(0, b.section.insert, join=join)
            b.next()
        elif a.section is None or b.section is None:
            raise refuse_change("Two changes do not follow each other.")
        else:
            count, sections = min(a.rest, b.rest), len(out)
            out.add(*_overlap(a, a.section, b, b.section, count), join=join)
            goes_on = (a.replaces and a.rest > count) or (b.replaces and b.rest > count)
            join = goes_on and (join or len(out) > sections)
            a.forward(count)
            b.forward(count)
    return out.done()


def _overlap(a: _Cursor, first: Section, b: _Cursor, later: Section, count: int) -> tuple[int, str | None]:
    """What `count` units of the text between two changes come to: from how many old units, and which new text."""
    if first.insert is None:
        old = count
    else:
        old = 0 if a.off else first.length
    if later.insert is not None:
        return old, "" if b.off else later.insert
    if first.insert is None:
        return old, None
    return old, a.text(count)
