"""The text of a file that is edited, so that every byte outside of the edits stays."""

from __future__ import annotations

import codecs
import sys
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from nerconv.document import Where
from nerconv.io.decode import byte_order
from nerconv.linting.edits.outcome import Refused


class Edit(NamedTuple):
    """Characters ``start:end`` of the text of a file, in code points and half-open, become ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class SourceText:
    """The text of a file without its byte-order mark, which is ``mark``, and the codec that gives its bytes back."""

    text: str
    codec: str
    mark: bytes = b""

    @classmethod
    def of(cls, raw: bytes, encoding: str) -> SourceText:
        """Return the text of ``raw``. Raises Refused where its bytes could not be written again as they are."""
        mark, named = byte_order(raw, encoding)
        codec = codecs.lookup(named).name.removesuffix("-sig")
        if codec in ("utf-16", "utf-32"):  # which would write a mark of their own
            big = mark in (codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE) if mark else sys.byteorder == "big"
            codec += "-be" if big else "-le"
        try:
            text = raw[len(mark) :].decode(codec)
            same = mark + text.encode(codec) == raw
        except (LookupError, ValueError):
            same = False
        if not same:
            raise Refused(f"its bytes are not all {named}, so they cannot be written again as they are; see --encoding")
        return cls(text, codec, mark)

    @cached_property
    def begins(self) -> list[int]:
        """Where each line begins."""
        begins, at = [0], self.text.find("\n")
        while at >= 0:
            begins.append(at + 1)
            at = self.text.find("\n", at + 1)
        return begins

    def line(self, number: int) -> str:
        """Return the line with a number, from 1, without its line end. Raises Refused where there is none."""
        if not 0 < number <= len(self.begins):
            raise Refused(f"the file has no line {number}")
        start = self.begins[number - 1]
        end = self.begins[number] - 1 if number < len(self.begins) else len(self.text)
        return self.text[start : end - (number < len(self.begins) and self.text.startswith("\r\n", end - 1))]

    def at(self, where: Where | None) -> int:
        """Return the offset of a place. Raises Refused where the file has none such."""
        if where is None or not 0 < where.line <= len(self.begins):
            raise Refused("the place is not in the file")
        return min(self.begins[where.line - 1] + where.column - 1, len(self.text))

    def line_of(self, offset: int) -> int:
        """Return the number of the line, from 1, on which ``offset`` stands."""
        return bisect_right(self.begins, offset)

    def encoded(self, text: str) -> bytes:
        """Return the bytes of ``text`` in the encoding of the file. Raises Refused for what it cannot hold."""
        try:
            return self.mark + text.encode(self.codec)
        except UnicodeEncodeError as error:
            raise Refused(f"{self.codec} cannot hold {text[error.start : error.end]!r}") from None


def applied(text: str, edits: Iterable[Edit], offset: int = 0) -> str:
    """Return ``text``, which begins at ``offset`` of its file, with ``edits`` made, in order and apart."""
    pieces, done = [], offset
    for edit in edits:
        pieces += [text[done - offset : edit.start - offset], edit.text]
        done = edit.end
    return "".join(pieces) + text[done - offset :]


def shortened(text: str, edit: Edit) -> Edit:
    """Return ``edit`` of ``text`` without what it leaves as it is at its edges."""
    old, new = text[edit.start : edit.end], edit.text
    size = min(len(old), len(new))
    left = next((at for at in range(size) if old[at] != new[at]), size)
    right = next((at for at in range(size - left) if old[-1 - at] != new[-1 - at]), size - left)
    return Edit(edit.start + left, edit.end - right, new[left : len(new) - right])
