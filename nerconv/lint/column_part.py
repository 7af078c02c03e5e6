"""Documents that are columns, as a part of a lint run: what holds no noise is told by whole-array operations.

``Document`` objects are made of the lines that a rule has to look at, and of no others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv import views
from nerconv.batch import Batch
from nerconv.document import Document, Origin, Where
from nerconv.lint.near import Mask, Near, Words
from nerconv.lint.parts import Numbered, Stretch, View, numbered
from nerconv.tables import Numbers, within
from nerconv.white_space import runs

_SPACE: Final = ord(" ")
_BLANK: Final = b" \t"
_WHITE: Final = np.isin(np.arange(256), list(b" \t\n"))
_SMALL: Final = np.isin(np.arange(256), list(range(ord("a"), ord("z") + 1)))
#: First bytes of letters in capitals, and perhaps of other letters: capitals beyond ASCII are not told apart.
_CAPITALS: Final = bytes(65 <= byte <= 90 or byte >= 0xC2 for byte in range(256))
#: The last bytes of ' and ’ and :, of which the second is that of other characters, too.
_TAILS: Final = bytes(byte in (0x27, 0x3A, 0x99) for byte in range(256))
#: The most bytes between two halves of a name.
_GAP: Final = 3
_TOKEN: Final = re.compile(rb"[^ \t\n]+")
_TWO_TOKENS: Final = re.compile(rb"[^ \t\n]+ [^ \t\n]+")
#: What makes the hashes of start, end and label of a span differ.
_FACTORS: Final = tuple(map(np.uint64, (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)))


class ColumnPart:
    """Documents as columns. Offsets are bytes of their text in here, and code points of documents outside."""

    def __init__(self, columns: Batch) -> None:
        self._columns = columns
        self._origins: dict[int, Origin | None] = {}

    @cached_property
    def documents(self) -> Sequence[Document]:
        """The documents, whole."""
        return tuple(views.documents_of(self._columns))

    @property
    def names(self) -> Sequence[str]:
        """The file, once for each document."""
        return [self._columns.name] * len(self._columns.documents)

    @cached_property
    def surfaces(self) -> Numbered:
        """The text of each span."""
        columns = self._columns
        extents = zip(columns.starts.tolist(), columns.ends.tolist(), strict=True)
        codes, found = numbered(columns.text[start:end] for start, end in extents)
        return Numbered(codes, [surface.decode() for surface in found])

    @property
    def labels(self) -> Numbered:
        """The label of each span."""
        return Numbered(self._columns.label_ids, self._columns.labels)

    def directives(self) -> Sequence[Document]:
        """Return all documents where one holds a directive."""
        return self.documents if any(mark.kind == "directive" for mark in self._columns.marks) else ()

    def place(self, number: int, offset: int) -> Where | None:
        """Return where the text of a document at ``offset`` stood in the source."""
        if number not in self._origins:
            first, last = self._anchor_ranges[number]
            self._origins[number] = views.origin(self._columns, number, (first, last), self._begins[number])
        origin = self._origins[number]
        return origin.locate(offset) if origin else None

    @cached_property
    def _anchor_ranges(self) -> list[list[int]]:
        found: list[list[int]] = self._columns.anchor_ranges().tolist()
        return found

    @cached_property
    def _begins(self) -> list[int]:
        """Where each document begins, in code points."""
        found: list[int] = self._columns.points(self._columns.bounds[:, 0]).tolist()
        return found

    @cached_property
    def _text(self) -> str:
        return self._columns.text.decode()

    def views(self, chosen: Numbers) -> Iterator[View]:
        """Yield the documents of the spans with the numbers ``chosen``, with the spans on their lines."""
        return self._views(self._columns.starts[chosen])

    def _views(self, offsets: Numbers) -> Iterator[View]:
        """Yield the documents that ``offsets`` lie in, with the spans on the lines of these."""
        columns = self._columns
        kept = self._on_lines(offsets)
        owners = columns.document_of(columns.starts[kept])
        numbers = np.unique(columns.document_of(offsets))
        bounds = zip(*(np.searchsorted(owners, numbers, side).tolist() for side in ("left", "right")), strict=True)
        stops = columns.points(columns.bounds[numbers, 1]).tolist()
        begins = columns.points(columns.bounds[:, 0])
        spans = views.spans(columns, kept, begins[owners])
        for number, stop, (first, last) in zip(numbers.tolist(), stops, bounds, strict=True):
            begin = self._begins[number]
            document = Document(columns.documents[number].id, self._text[begin:stop], spans[first:last])
            yield View(number, document, kept[first:last])

    def _on_lines(self, offsets: Numbers) -> Numbers:
        """Return the numbers of the spans on the lines of ``offsets``."""
        columns = self._columns
        lines = np.unique(np.searchsorted(columns.newlines, offsets))
        begins, ends = np.append(0, columns.newlines + 1)[lines], np.append(columns.newlines, len(columns.text))[lines]
        first, last = (np.searchsorted(columns.starts, edges) for edges in (begins, ends))
        return runs(first, last - first)

    @cached_property
    def _near(self) -> Near:
        return Near(self._columns.text)

    def glued(self) -> Mask:
        """Return which spans have an edge that does not stand beside white space."""
        before, behind = self._near.at(self._columns.starts - 1), self._near.at(self._columns.ends)
        return ~(_WHITE[before] & _WHITE[behind])

    def paired(self, whole: Words) -> Mask:
        """Return which spans are one of ``whole`` together with a span of their label right behind them."""
        starts, ends, codes = self._columns.starts, self._columns.ends, self._columns.label_ids
        gaps = starts[1:] - ends[:-1]
        near = np.flatnonzero((gaps >= 0) & (gaps <= _GAP) & (codes[1:] == codes[:-1]))
        extents = zip(starts[near].tolist(), ends[near + 1].tolist(), strict=True)
        known = [self._columns.text[start:end] in whole.encoded for start, end in extents]
        found = np.zeros(len(starts), dtype=bool)
        found[near] = known
        return found

    def beside(self, behind: Words, before: Words) -> Mask:
        """Return which spans may have, outside of spans, a word of ``behind`` or of ``before`` beside them."""
        starts, ends, near = self._columns.starts, self._columns.ends, self._near
        touching = starts[1:] == ends[:-1] + 1
        found = np.zeros(len(starts), dtype=bool)
        some = np.flatnonzero((near.at(ends) == _SPACE) & ~np.append(touching, False)[: len(starts)])
        found[some] = near.begin_as(ends[some] + 1, behind)
        some = np.flatnonzero((near.at(starts - 1) == _SPACE) & ~np.append(False, touching)[: len(starts)])
        found[some] |= near.end_as(starts[some] - 1, before)
        return found

    def on_lines_with(self, sign: str) -> Mask:
        """Return which spans stand on a line that holds ``sign``."""
        columns, found = self._columns, np.zeros(len(self._columns.starts), dtype=bool)
        raw = sign.encode()
        if raw in columns.text:
            at = np.array([match.start() for match in re.finditer(re.escape(raw), columns.text)])
            found[self._on_lines(at)] = True
        return found

    @cached_property
    def _bare(self) -> bytes:
        """The text with spaces in place of all spans."""
        text = self._columns.bytes.copy()
        starts, ends = self._columns.starts, self._columns.ends
        text[runs(starts, ends - starts)] = _SPACE
        return text.tobytes()

    def _bare_words(self, firsts: bytes) -> Numbers:
        """Return where words begin outside of spans whose first byte is one for which ``firsts`` holds 1."""
        at = np.flatnonzero(np.frombuffer(self._bare.translate(firsts), bool))
        at = at[_WHITE[Near(self._bare).at(at - 1)]]
        return at[within(self._columns.bounds, at)]

    def _likely(self, wanted: Words) -> Numbers:
        """Return where words begin outside of spans that go on, for some bytes, as one of ``wanted`` does."""
        at = self._bare_words(wanted.firsts)
        return at[self._near.begin_as(at, wanted)]

    def pairs(self, wanted: Words) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with the ``wanted`` stretches of two tokens that begin outside of spans."""
        places = []
        for start in self._token_starts(self._likely(wanted)).tolist():
            match = _TWO_TOKENS.match(self._columns.text, start)
            if match and match[0] in wanted.encoded:
                places.append(match.span())
        return self._placed(places)

    def _token_starts(self, at: Numbers) -> Numbers:
        """Return those of ``at`` at which a token begins, and not only what a span leaves of one."""
        return at[_WHITE[self._near.at(at - 1)]]

    def loud_words(self, wanted: Callable[[str], object]) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with the ``wanted`` tokens that begin outside of spans."""
        matches = [match for at in self._loud().tolist() if (match := _TOKEN.match(self._columns.text, at))]
        words = {word for word in {match[0] for match in matches} if wanted(word.decode())}
        return self._placed([match.span() for match in matches if match[0] in words])

    def _loud(self) -> Numbers:
        """Return where tokens begin with a capital that may have another, a quotation mark or a colon behind it."""
        at = self._token_starts(self._bare_words(_CAPITALS))
        second = self._near.at(at + 1)
        found = ~(_SMALL[second] | _WHITE[second])
        tails = np.flatnonzero(np.frombuffer(self._bare.translate(_TAILS), bool))
        # A token may go on in a span that is glued to it.
        for signs in (tails, self._columns.starts[self.glued()]):
            before = np.searchsorted(at, signs, "right") - 1
            found[before[before >= 0]] = True
        return at[found]

    def bare_words(self, words: Words) -> Counter[str]:
        """Return how often each of ``words`` stands outside of all spans."""
        found = (match[0] for at in self._likely(words).tolist() if (match := _TOKEN.match(self._bare, at)))
        return Counter(word.decode() for word in found if word in words.encoded)

    def _placed(self, places: Sequence[Stretch]) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield the documents of ``places`` (bytes), which ascend, with these in code points of them."""
        starts, ends = np.array(places, dtype=np.int64).reshape(-1, 2).T
        if not places:
            return
        owners = self._columns.document_of(starts)
        for view in self._views(starts):
            here, begin = owners == view.number, self._begins[view.number]
            pairs = zip(
                *((self._columns.points(edges[here]) - begin).tolist() for edges in (starts, ends)), strict=True
            )
            yield view, list(pairs)

    @cached_property
    def _sentences(self) -> tuple[Numbers, Numbers]:
        """Where the lines of documents begin that are not blank, and the hash of each without outer white space."""
        columns = self._columns
        begins = np.append(0, columns.newlines + 1)
        texts = np.fromiter((hash(line.strip(_BLANK)) for line in columns.text.split(b"\n")), np.int64, len(begins))
        filled = (texts != hash(b"")) & within(columns.bounds, begins)
        return begins[filled], texts[filled]

    @property
    def sentences(self) -> Numbers:
        """A hash of the text of each sentence."""
        return self._sentences[1]

    def readings(self) -> Numbers:
        """Return a hash of the spans of each sentence, the same where start, end and label of all are the same."""
        columns, begins = self._columns, self._sentences[0]
        found = np.zeros(len(begins), dtype=np.uint64)
        if len(columns.starts):
            lines = np.searchsorted(begins, columns.starts, "right") - 1
            labels = np.array([hash(label) for label in columns.labels])[columns.label_ids]
            keys = (columns.starts - begins[lines], columns.ends - begins[lines], labels)
            mixed = [key.astype(np.uint64) * factor for key, factor in zip(keys, _FACTORS, strict=True)]
            filled, first = np.unique(lines, return_index=True)
            found[filled] = np.add.reduceat(_mixed(mixed[0] + mixed[1] + mixed[2]), first)
        return found.view(np.int64)

    def sentences_at(self, chosen: Numbers) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with those of their sentences that have the numbers ``chosen``."""
        text, places = self._columns.text, []
        for begin in self._sentences[0][chosen].tolist():
            end = text.find(b"\n", begin)
            line = text[begin : end if end >= 0 else None].rstrip(_BLANK)
            places.append((begin + len(line) - len(line.lstrip(_BLANK)), begin + len(line)))
        return self._placed(places)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return ``numbers`` so that their sums tell sets of them apart, too."""
    numbers = (numbers ^ (numbers >> np.uint64(31))) * _FACTORS[0]
    return numbers ^ (numbers >> np.uint64(29))
