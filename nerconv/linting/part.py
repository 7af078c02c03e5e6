"""A batch in a lint run: whole-array questions find the spans and words that a rule has to look at.

An answer never leaves out what a rule would flag, and may let through what no rule flags. ``Document`` objects are made
of the lines that a rule has to look at, and of no others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import compress
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import views
from nerconv.batch import Batch
from nerconv.document import Document, Where
from nerconv.equal_strings import pieces
from nerconv.linting.near import Longer, Mask, Near, Words, inside, last_word
from nerconv.linting.outside import word_begins
from nerconv.linting.readings import extents, readings, trimmed
from nerconv.tables import Numbers, within
from nerconv.unlabelled import Stretches, stretches, touching
from nerconv.white_space import runs

#: A stretch of a document, in code points.
Stretch = tuple[int, int]

_SPACE: Final = ord(" ")
_BLANK: Final = b" \t\n"
_WHITE: Final = np.isin(np.arange(256), list(_BLANK))
_SMALL: Final = np.isin(np.arange(256), list(range(ord("a"), ord("z") + 1)))
#: First bytes of letters in capitals, and perhaps of other letters: capitals beyond ASCII are not distinguished.
_CAPITALS: Final = bytes(65 <= byte <= 90 or byte >= 0xC2 for byte in range(256))
#: The last bytes of ' and ’ and :, of which the second is that of other characters, too.
_TAILS: Final = bytes(byte in (0x27, 0x3A, 0x99) for byte in range(256))
#: The most bytes between two halves of a name.
_GAP: Final = 3
_WORD: Final = re.compile(rb"[^ \t\n]+")
#: What is not let go of.
_LEFT: Final = frozenset({"continues", "_bare_begins", "_breaks"})
#: What a name that holds a space begins with.
_BEGINNING: Final = re.compile(rb"(?s)[^ ]+ .")


class View(NamedTuple):
    """A document as a rule sees it: all of its text, and spans and joins at least of the lines asked about.

    ``number`` is that of the document in its part, ``spans`` are the numbers of its spans in the part.
    """

    number: int
    document: Document
    spans: Numbers


class LintPart:
    """The documents of a batch. Offsets are bytes of its text in here, and code points of documents outside.

    A line is here what lies between two line ends that no span runs across. Words are set apart by white space.
    ``continues``: the first document goes on with the last one of the part before.

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann  ]'s and [PER Bo  ] . \\n").batches
    >>> part = LintPart(batch)
    >>> part.glued().tolist(), part.names
    ([True, False], ['<text>'])
    >>> [(view.number, view.document.text, view.spans.tolist()) for view in part.views(np.array([1]))]
    [(0, "Ann's and Bo . \\n", [0, 1])]
    """

    def __init__(self, batch: Batch, continues: bool = False) -> None:
        self.batch, self.continues = batch, continues

    def forget(self) -> None:
        """Let go of what was found out about the text, which takes several times the room that the text does.

        Where words begin takes half of its room, and every rule about omissions asks for it; lines take little.
        """
        left = {name: found for name, found in self.__dict__.items() if name in _LEFT}
        self.__dict__ = {"batch": replace(self.batch), **left}

    @cached_property
    def documents(self) -> Sequence[Document]:
        """The documents, whole."""
        return tuple(views.documents_of(self.batch))

    @property
    def names(self) -> Sequence[str]:
        """The file of each document, or its id where that is not known."""
        ids, paths = [extent.id for extent in self.batch.documents], self.batch.extras.paths
        return [path or id for path, id in zip(paths, ids, strict=True)] if paths else [self.batch.name] * len(ids)

    def directives(self) -> Iterator[tuple[str, Where, str]]:
        """Yield the directives to the linter as they are written, where they stood, and the text of their lines."""
        text = self.batch.text
        for mark in self.batch.marks:
            if mark.kind == "directive":
                offset = np.array([mark.offset])
                number = int(self.batch.document_of(offset)[0])
                begin, end = self.batch.bounds[number].tolist()
                begin, stop = max(text.rfind(b"\n", begin, mark.offset) + 1, begin), text.find(b"\n", mark.offset, end)
                [where] = self.places([(number, int(self.batch.points(offset)[0]) - self._begins[number])])
                if where:
                    yield mark.value, where, text[begin : end if stop < 0 else stop].decode()

    def places(self, found: Sequence[tuple[int, int]]) -> list[Where | None]:
        """Return where text stood in the source: the number of a document, and an offset of it, of each place."""
        paths = self.batch.extras.paths or [self.batch.name] * len(self.batch.documents)
        points = np.array([self._begins[number] + offset for number, offset in found], dtype=np.int64)
        places = zip(*(each.tolist() for each in self.batch.locate(self.batch.offsets(points))), strict=True)
        named = ((paths[number], *place) for (number, _), place in zip(found, places, strict=True))
        return [Where(path, line, column) if path is not None else None for path, line, column in named]

    def around(self, number: int, start: int, end: int) -> Document:
        """Return document ``number`` with the spans on the lines of ``start:end``, code points of it."""
        first, last = self.batch.offsets(self._begins[number] + np.array([start, end]))
        [view] = self._views(np.array([first]), np.array([last]))
        return view.document

    @cached_property
    def _begins(self) -> list[int]:
        """Where each document begins, in code points."""
        found: list[int] = self.batch.points(self.batch.bounds[:, 0]).tolist()
        return found

    @cached_property
    def _text(self) -> str:
        return self.batch.text.decode()

    def views(self, chosen: Numbers, alone: bool = False) -> Iterator[View]:
        """Yield the documents of the spans with the numbers ``chosen``, ``alone`` or with all others on their lines."""
        return self._views(self.batch.starts[chosen], self.batch.ends[chosen], chosen if alone else None)

    def _views(self, starts: Numbers, ends: Numbers, chosen: Numbers | None = None) -> Iterator[View]:
        """Yield the documents of the stretches from ``starts`` to ``ends``, with the spans on their lines.

        Those are the ``chosen`` ones, if that says which.
        """
        batch, lines = self.batch, self._lines(starts, ends)
        chosen = _inside(batch.starts, lines) if chosen is None else chosen
        joins = batch.joins[_inside(batch.joins, lines)]
        numbers, owners = np.unique(batch.document_of(starts)), batch.document_of(batch.starts[chosen])
        begins, stops = batch.points(batch.bounds).T
        spans, points = views.spans(batch, chosen, begins[owners]), batch.points(joins)
        text, ranges = (
            self._text,
            (
                _ranges(owners, numbers),
                _ranges(batch.document_of(joins), numbers),
                (begins[numbers], stops[numbers]),
            ),
        )
        for number, *edges in zip(numbers.tolist(), *(each.tolist() for pair in ranges for each in pair), strict=True):
            a, b, c, d, begin, stop = edges
            own = tuple((points[c:d] - begin).tolist())
            document = Document(batch.documents[number].id, text[begin:stop], spans[a:b], joins=own)
            yield View(number, document, chosen[a:b])

    def _lines(self, starts: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
        """Return where the lines begin and end that stretches of text stand on, in order."""
        breaks = self._breaks
        first, last = np.searchsorted(breaks, starts), np.searchsorted(breaks, np.maximum(ends - 1, starts))
        lines = np.unique(runs(first, last - first + 1))
        return np.append(0, breaks + 1)[lines], np.append(breaks, len(self.batch.text))[lines]

    @cached_property
    def _breaks(self) -> Numbers:
        """The offsets of the line ends that no span runs across."""
        reach, newlines = np.maximum.accumulate(np.append(0, self.batch.ends)), self.batch.newlines
        return newlines[reach[np.searchsorted(self.batch.starts, newlines)] <= newlines]

    @cached_property
    def _unlabelled(self) -> Stretches:
        return stretches(self.batch)

    def _hidden(self, starts: Numbers, ends: Numbers) -> Mask:
        """Return which stretches share some text with what nobody labelled: what has no label there is not an error."""
        return touching(starts, ends, self._unlabelled)

    def labelled_sentences(self) -> Mask:
        """Return which sentences somebody labelled, all of each."""
        return ~self._hidden(*self._sentences)

    @cached_property
    def _near(self) -> Near:
        return Near(self.batch.text)

    def glued(self) -> Mask:
        """Return which spans have an edge that does not stand beside white space."""
        before, behind = self._near.at(self.batch.starts - 1), self._near.at(self.batch.ends)
        return ~(_WHITE[before] & _WHITE[behind])

    def paired(self, whole: Words) -> Mask:
        """Return which spans are one of ``whole`` together with a span right behind them."""
        starts, ends = self.batch.starts, self.batch.ends
        gaps = starts[1:] - ends[:-1]
        near = np.flatnonzero((gaps >= 0) & (gaps <= _GAP))
        extents = zip(starts[near].tolist(), ends[near + 1].tolist(), strict=True)
        known = [self.batch.text[start:end] in whole.encoded for start, end in extents]
        found = np.zeros(len(starts), dtype=bool)
        found[near] = known
        return found

    def beside(self, behind: Words, before: Words) -> Mask:
        """Return which spans may have, outside of spans, a word of ``behind`` or of ``before`` beside them."""
        starts, ends, near = self.batch.starts, self.batch.ends, self._near
        adjacent = starts[1:] == ends[:-1] + 1
        taken = np.append(adjacent, False)[: len(starts)] | self._hidden(ends + 1, ends + 2)
        found = np.zeros(len(starts), dtype=bool)
        some = np.flatnonzero((near.at(ends) == _SPACE) & ~taken)
        found[some] = near.begin_as(ends[some] + 1, behind)
        taken = np.append(False, adjacent)[: len(starts)] | self._hidden(starts - 2, starts - 1)
        some = np.flatnonzero((near.at(starts - 1) == _SPACE) & ~taken)
        found[some] |= near.end_as(starts[some] - 1, before)
        return found

    def words_beside(self, behind: Words, before: Words) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        """Return the spans that one of the words ``behind`` follows, by number, with that; and those with ``before``.

        The word stands outside of spans.
        """
        text, none = self.batch.spaced, Words(())
        some = np.flatnonzero(self.beside(behind, none))
        extents = zip(some.tolist(), self.batch.ends[some].tolist(), strict=True)
        after = [(number, match[0]) for number, end in extents if (match := _WORD.match(text, end + 1))]
        some = np.flatnonzero(self.beside(none, before))
        extents = zip(some.tolist(), self.batch.starts[some].tolist(), strict=True)
        leading = [(number, last_word(text, start - 1, before.longest)) for number, start in extents]
        return _decoded(after, behind), _decoded(leading, before)

    def inside(self, chosen: Numbers, longer: Longer, most: int) -> list[bool]:
        """Return which of the spans ``chosen`` stand in a name that is ``longer``, with no word over ``most`` bytes."""
        return inside(self.batch.text, self.batch.starts[chosen], self.batch.ends[chosen], longer, most)

    def before_one_of(self, firsts: bytes) -> Mask:
        """Return which spans have one of the bytes ``firsts`` behind them, or behind a space there."""
        wanted, ends = np.isin(np.arange(256), list(firsts)), self.batch.ends
        return wanted[self._near.at(ends + (self._near.at(ends) == _SPACE))]

    def after_one_of(self, words: Words) -> Mask:
        """Return which spans may follow one of ``words``, given in lower case, a full stop and a space or not."""
        near, ends = Near(self.batch.text.lower()), self.batch.starts.copy()
        for byte in b" .":
            ends -= near.at(ends - 1) == byte
        return near.end_as(ends, words)

    @cached_property
    def _bare_begins(self) -> NDArray[np.int32]:
        """Where words begin outside of spans: behind white space, a span, or a join; text that is hidden left out."""
        at = word_begins(self.batch)
        return at[~self._hidden(at, at + 1)].astype(np.int32)

    def _bare_words(self, words: Words | None = None, firsts: bytes = b"") -> Numbers:
        """Return where words begin outside of spans that may be one of ``words``, or have one of ``firsts`` first.

        ``firsts`` holds 1 for those bytes. A word begins behind white space, a span, or a join.
        """
        wanted = np.frombuffer(firsts or (words.firsts if words else b""), bool)
        begins = self._bare_begins
        at: Numbers = begins[wanted[np.frombuffer(self.batch.spaced, np.uint8)[begins]]].astype(np.int64)
        return at if words is None else at[self._near.begin_as(at, words)]

    def _behind_span(self, at: Numbers) -> Numbers:
        """Return those of ``at`` that white space or a span stands before."""
        return at[_WHITE[self._near.at(at - 1)] | np.isin(at, self.batch.ends)]

    def _whole(self, at: Numbers) -> Numbers:
        """Return those of ``at`` at which a word begins, and not only what a span leaves of one."""
        return at[_WHITE[self._near.at(at - 1)]]

    def bare_names(self, names: Words) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with the places outside of spans where one of ``names``, which hold spaces, is whole tokens.

        Of names that stand at one place it is the longest, and none begins inside of another.
        """
        text, spaced, joins = self.batch.text, self.batch.spaced, set(self.batch.joins.tolist())
        places, done = [], 0
        for start, stop, free in self._starts_of(names):
            match = _BEGINNING.match(text, start) if start >= done else None
            for length in names.lengths.get(match[0], ()) if match else ():
                end = start + length
                is_edge = end == stop or end in joins or spaced[end : end + 1] in _BLANK
                # What ends with the carriage return of a line end is a line.
                is_edge &= spaced[end - 1 : end] not in _BLANK
                if end <= min(stop, free) and is_edge and text[start:end] in names.encoded:
                    places.append((start, end))
                    done = end
                    break
        extents = np.array(places, dtype=np.int64).reshape(-1, 2)
        return self.placed(list(compress(places, ~self._hidden(*extents.T))))

    def _starts_of(self, names: Words) -> Iterator[tuple[int, int, int]]:
        """Yield where tokens begin outside of spans as one of ``names``, the end of the document, and the next span."""
        batch = self.batch
        at = self._bare_words(names)
        at = at[_WHITE[self._near.at(at - 1)] | np.isin(at, batch.joins)]
        stops = batch.bounds[batch.document_of(at), 1]
        free = np.append(batch.starts, len(batch.text))[np.searchsorted(batch.starts, at)]
        return zip(at.tolist(), stops.tolist(), free.tolist(), strict=True)

    def capitalised_words(self, wanted: Callable[[str], object]) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with the ``wanted`` words that begin outside of spans.

        Asked about are only those that begin with a capital and have another, a quotation mark or a colon behind it.
        """
        matches = [match for at in self._loud().tolist() if (match := _WORD.match(self.batch.spaced, at))]
        words = {word for word in {match[0] for match in matches} if wanted(word.decode())}
        return self.placed([match.span() for match in matches if match[0] in words])

    def _loud(self) -> Numbers:
        """Return where words begin with a capital that may have another, a quotation mark or a colon behind it."""
        at = self._whole(self._bare_words(firsts=_CAPITALS))
        second = self._near.at(at + 1)
        found = ~(_SMALL[second] | _WHITE[second])
        tails = np.flatnonzero(np.frombuffer(self.batch.spaced.translate(_TAILS), bool))
        # A word may go on in a span that is glued to it.
        for edges in (tails, self.batch.starts[self.glued()]):
            before = np.searchsorted(at, edges, "right") - 1
            found[before[before >= 0]] = True
        return at[found]

    def untagged_words(self, words: Words) -> Counter[str]:
        """Return how often each of ``words`` stands outside of all spans."""
        at, text = self._behind_span(self._bare_words(words)), self.batch.spaced
        free = np.append(self.batch.starts, len(text))[np.searchsorted(self.batch.starts, at)]
        matches = (_WORD.match(text, *extent) for extent in zip(at.tolist(), free.tolist(), strict=True))
        return Counter(match[0].decode() for match in matches if match and match[0] in words.encoded)

    def bare_words(self, words: Words) -> list[tuple[str, Stretch]]:
        """Return the words outside of spans that are one of ``words``, and where they stand (bytes)."""
        return self._matched(self._whole(self._bare_words(words)), words)

    def _matched(self, at: Numbers, words: Words) -> list[tuple[str, Stretch]]:
        matches = (match for at in at.tolist() if (match := _WORD.match(self.batch.spaced, at)))
        return [(match[0].decode(), match.span()) for match in matches if match[0] in words.encoded]

    def words_among(self, words: Words) -> set[str]:
        """Return those of ``words`` that stand somewhere, in a span or outside of all."""
        at = np.flatnonzero(np.frombuffer(self.batch.spaced.translate(words.firsts), bool))
        at = self._whole(at[within(self.batch.bounds, at)])
        return {word for word, _ in self._matched(at[self._near.begin_as(at, words)], words)}

    def placed(self, places: Sequence[Stretch]) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield the documents of ``places`` (bytes), which ascend, with these in code points of them."""
        if not places:
            return
        starts, ends = np.array(places, dtype=np.int64).T
        owners, points = self.batch.document_of(starts), self.batch.points(np.stack((starts, ends), 1))
        for view in self._views(starts, ends):
            here = points[owners == view.number] - self._begins[view.number]
            yield view, [(start, end) for start, end in here.tolist()]

    @cached_property
    def _sentences(self) -> tuple[Numbers, Numbers]:
        return extents(self.batch)

    @property
    def sentences(self) -> Numbers:
        """A hash of the text of each sentence, without white space around it; lines that are blank among them."""
        return pieces(self.batch.text, *trimmed(self.batch.spaced, *self._sentences)).hashes.view(np.int64)

    def readings(self, chosen: Numbers) -> Numbers:
        """Return a hash of the spans of each sentence of ``chosen``, the same where start, end and label of all are."""
        begins, ends = self._sentences
        return readings(self.batch, begins[chosen], ends[chosen])

    def sentences_at(self, chosen: Numbers) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with those of their sentences that have the numbers ``chosen``, which ascend."""
        begins, ends = (edges[chosen] for edges in self._sentences)
        if self.batch.sentence_table is None:
            begins, ends = trimmed(self.batch.spaced, begins, ends)
        filled = begins < ends
        return self.placed(list(zip(begins[filled].tolist(), ends[filled].tolist(), strict=True)))


def _decoded(found: list[tuple[int, bytes]], words: Words) -> list[tuple[int, str]]:
    return [(number, word.decode()) for number, word in found if word in words.encoded]


def _inside(offsets: Numbers, extents: tuple[Numbers, Numbers]) -> Numbers:
    """Return the indexes of those of ``offsets``, which ascend, that lie in ``extents``, starts and ends."""
    first, last = (np.searchsorted(offsets, edges) for edges in extents)
    return runs(first, last - first)


def _ranges(owners: Numbers, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return the range of each of ``numbers`` in ``owners``, which ascend."""
    return np.searchsorted(owners, numbers), np.searchsorted(owners, numbers, "right")
