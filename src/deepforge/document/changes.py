"""How text changes: CodeMirror's change sets, with CodeMirror's meaning.

A change set runs over a text of a given length in stretches: keep n units, or replace n units by some text. Lengths count
UTF-16 units, as browsers do; Python's strings count code points, so that a text with characters beyond U+FFFF is handled
in its UTF-16 form. Lines end with LF only, and no change splits a surrogate pair.

`map` and `compose` agree with `@codemirror/state` to the section, ties included, so that for changes A and B of one text
``A.compose(B.map(A)) == B.compose(A.map(B, before=True))``: the server, which gives the order, and every client come to
the same text (operational transformation; `docs/spec/document.md`).
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from deepforge.document.sections import Section, SectionBuilder, compose_sections, edits_of, map_sections
from deepforge.document.units import MAX_TEXT, Units, check_text, refuse_change, refuse_length, units
from deepforge.errors import Refused

__all__ = ["MAX_SECTIONS", "ChangeSet", "refuse_sections"]

MAX_SECTIONS = 10_000
"""Of one change set, and of all change sets of one transaction together."""


class ChangeSet(Struct, frozen=True):
    """One change of a text. Make it with `parse` (of JSON) or `replace`; the sections are in normal form."""

    sections: tuple[Section, ...]

    @classmethod
    def parse(cls, data: object, where: str = "") -> "ChangeSet":
        """Read CodeMirror's JSON. Raises `Refused` (DF109, DF111) for anything else."""
        if not isinstance(data, list):
            raise refuse_change("A change set is not a list.", where)
        if len(data) > MAX_SECTIONS:
            raise refuse_sections(where)
        out = SectionBuilder()
        for part in data:
            out.add(*_part(part, where))
        changes = cls(out.done())
        if changes.length > MAX_TEXT or changes.new_length > MAX_TEXT:
            raise refuse_length(where)
        return changes

    @classmethod
    def replace(cls, text: str, edits: Iterable[tuple[int, int, str]]) -> "ChangeSet":
        """Replacements ``(start, end, insert)`` in `text`, ascending and apart, in UTF-16 units."""
        out, at = SectionBuilder(), 0
        for start, end, insert in edits:
            out.add(start - at, None)
            out.add(end - start, insert)
            at = end
        out.add(units(text) - at, None)
        return cls(out.done())

    def json(self) -> list[Any]:
        """CodeMirror's JSON: n keeps, ``[n]`` deletes, ``[n, line, line]`` replaces by the lines joined with LF."""
        return [_json(section) for section in self.sections]

    @property
    def length(self) -> int:
        """The length of the text that it applies to, in UTF-16 units."""
        return sum(section.length for section in self.sections)

    @property
    def new_length(self) -> int:
        """The length of the text that it makes, in UTF-16 units."""
        return sum(section.length if section.insert is None else units(section.insert) for section in self.sections)

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return all(section.insert is None for section in self.sections)

    def apply(self, text: str, where: str = "") -> str:
        """The changed text. Raises `Refused` (DF109) if it does not fit the text or splits a surrogate pair."""
        units_of = Units(text)
        if self.length != units_of.length:
            raise refuse_change(f"A change for a text of {self.length} characters meets one of {units_of.length}.", where)
        pieces: list[str] = []
        at = 0
        for section in self.sections:
            if section.insert is None:
                pieces.append(units_of.cut(at, at + section.length, where))
            else:
                units_of.check(at, where)
                units_of.check(at + section.length, where)
                pieces.append(section.insert)
            at += section.length
        return "".join(pieces)

    def invert(self, text: str) -> "ChangeSet":
        """The change back: `text` is the text that this one applies to."""
        units_of = Units(text)
        back: list[Section] = []
        at = 0
        for section in self.sections:
            end = at + section.length
            back.append(section if section.insert is None else Section(units(section.insert), units_of.cut(at, end)))
            at = end
        return ChangeSet(tuple(back))

    def map(self, other: "ChangeSet", *, before: bool = False) -> "ChangeSet":
        """This change as it is after `other` (a change of the same text). Where both insert at one place, the text of
        `other` comes first, unless `before`. Raises `Refused` (DF109) if the two are for texts of different lengths."""
        if self.length != other.length:
            raise refuse_change(f"A change for a text of {self.length} characters meets one of {other.length}.")
        return ChangeSet(map_sections(self.sections, other.sections, before=before))

    def compose(self, later: "ChangeSet") -> "ChangeSet":
        """One change that does what this one and then `later` do. Raises `Refused` (DF109) if `later` does not follow."""
        if self.new_length != later.length:
            raise refuse_change(f"A change for a text of {later.length} characters meets one of {self.new_length}.")
        return ChangeSet(compose_sections(self.sections, later.sections))

    def edits(self) -> list[tuple[int, int, str]]:
        """The replacements, as positions in the old text."""
        return [(edit.start, edit.end, edit.insert) for edit in edits_of(self.sections)]


def refuse_sections(where: str = "") -> Refused:
    """The error of a text change in too many places."""
    message = f"An edit changes text in too many places: its change sets have more than {MAX_SECTIONS:,} parts."
    return Refused(message, code="DF111", hint="Make the change in pieces.", where=where)


def _part(part: object, where: str) -> tuple[int, str | None]:
    match part:
        case bool():
            pass
        case int() if 0 <= part <= MAX_TEXT:
            return part, None
        case [int() as length, *lines] if not isinstance(length, bool) and 0 <= length <= MAX_TEXT:
            return length, "\n".join(_line(line, where) for line in lines)
        case _:
            pass
    raise refuse_change("A part of a change set is neither a length nor a length with lines of text.", where)


def _line(line: object, where: str) -> str:
    if not isinstance(line, str):
        raise refuse_change("A line in a change set is not text.", where)
    if "\n" in line or "\r" in line:
        raise refuse_change("A line in a change set has a line end inside; lines end with LF only.", where)
    check_text(line, where)
    return line


def _json(section: Section) -> int | list[int | str]:
    if section.insert is None:
        return section.length
    return [section.length, *section.insert.split("\n")] if section.insert else [section.length]
