"""The fix of a place as it will stand in the file: a few characters around what changes, and that marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from nerconv.io.sources import Source, Unreadable
from nerconv.linting.corpus import Owner
from nerconv.linting.edits import check_editable, editor_of
from nerconv.linting.edits.outcome import Editor, Refused
from nerconv.linting.edits.text import Edit, SourceText
from nerconv.linting.rule import TextChange
from nerconv.options import ReadOptions
from nerconv.printable import counted
from nerconv.review.question import Change, Place

#: Characters that are shown on each side of what changes.
AROUND: Final = 40
#: So many more are shown rather than left out.
_FEW: Final = 5
#: A piece of a line, and whether it changes.
Piece = tuple[str, bool]


class FixView(NamedTuple):
    """A part of a file before and after a fix, in pieces, and a note; without pieces it says why there are none."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    note: str


class FixViews:
    """Fixes in the files of a review. The file that was looked at last is remembered, as it was read then."""

    def __init__(self, sources: Iterable[Source], read: ReadOptions) -> None:
        self._sources, self._read = {source.name: source for source in sources}, read
        self._last: tuple[str, SourceText, Editor] | None = None

    def of(self, place: Place, owner: Owner, changes: Sequence[Change]) -> FixView | None:
        """Return how ``changes`` at ``place`` look in its file; None where nothing is to be changed."""
        if not changes:
            return None
        try:
            text, edit = self._editor(owner.part.batch.name)
            edits = edit(owner.document, changes).edits
        except (Refused, Unreadable) as error:
            return FixView((), (), f"This cannot be written: {error}.")
        finally:
            owner.part.forget()
        return _view(text, edits, changes) if edits else None

    def _editor(self, name: str) -> tuple[SourceText, Editor]:
        if self._last is None or self._last[0] != name:
            source = self._sources[name]
            check_editable(source, self._read)
            self._last = (name, *editor_of(source, source.read(), self._read))
        return self._last[1:]


def _view(text: SourceText, edits: Sequence[Edit], changes: Sequence[Change]) -> FixView:
    """Return what ``edits``, in order and apart, change in ``text``."""
    before, after = (tuple(_joined(_pieces(text.text, edits, new))) for new in (False, True))
    size = sum(len(text.encoded(edit.text)) - len(text.encoded(text.text[edit.start : edit.end])) for edit in edits)
    stays = "" if any(isinstance(change, TextChange) for change in changes) else "The text stays as it is; the "
    grows = f"{counted(abs(size), 'byte')} {'more' if size > 0 else 'fewer'}" if size else "as many bytes as before"
    return FixView(before, after, f"{stays or 'The '}file has {grows}.")


def _pieces(text: str, edits: Sequence[Edit], new: bool) -> Iterator[Piece]:
    """Yield what is shown of ``text``, as it is or as it will be: what changes, and the characters around that."""
    first, last = edits[0], edits[-1]
    begin = text.rfind("\n", 0, first.start) + 1
    if first.start - begin > AROUND + _FEW:
        begin = first.start - AROUND
        yield "…", False
    done = begin
    for edit in edits:
        yield from _between(text, done, edit.start, done > begin)
        yield edit.text if new else text[edit.start : edit.end], True
        done = edit.end
    stop = text.find("\n", last.end)
    stop = len(text) if stop < 0 else stop
    if stop - last.end > AROUND + _FEW:
        yield text[done : last.end + AROUND] + "…", False
    else:
        yield text[done:stop].removesuffix("\r"), False


def _between(text: str, start: int, end: int, inner: bool) -> Iterator[Piece]:
    """Yield what stands between two changes; of much, only what is near them."""
    if inner and end - start > 2 * AROUND:
        yield f"{text[start : start + AROUND]} … {text[end - AROUND : end]}", False
    else:
        yield text[start:end], False


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield ``pieces`` without empty ones, neighbours alike together."""
    held, marked = "", False
    for text, changed in pieces:
        if changed != marked and text:
            if held:
                yield held, marked
            held, marked = "", changed
        held += text
    if held:
        yield held, marked
