"""The proof of every format: what was written, read back, is what was to be written, as far as the format keeps it.

Both sides are batches. They are brought to the same terms first: texts of documents one after another without what
separates them, or, where a format keeps tokens and not white space, tokens set apart by single bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats.keeps import Keeps
from nerconv.tables import Anchors, Numbers
from nerconv.white_space import LINE, STOP, runs, set_apart

_NEWLINE: Final = ord("\n")
_SHOWN: Final = 40
#: Bits of an offset in code points.
_POINTS: Final = 40


#: Names the document that something belongs to, by its number.
_Owner = Callable[[int], str]


class _Terms(NamedTuple):
    """A batch in terms in which both sides can be compared.

    ``text``: the texts of all documents; ``bounds``: where they begin and end there, of shape (documents, 2);
    ``moved``: makes byte offsets of the batch those of ``text``, given offsets that lie in the same documents.
    """

    text: bytes
    bounds: Numbers
    moved: Callable[[Numbers, Numbers], Numbers]


def difference(written: Batch, read: Batch, keeps: Keeps) -> str | None:
    """Return the first difference between a batch and what was read back of it, in words; None when there is none.

    Only what ``keeps`` says survives is compared: ids, text or else tokens and sentences, spans with their labels, the
    places they came from, and lint flags, sentences, marks, joins and meta.

    >>> from nerconv import read
    >>> written, back = (read(text=f"[{label} Rome  ] . \\n").batches[0] for label in ("LOC", "PER"))
    >>> difference(written, written, Keeps()), difference(written, back, Keeps())
    (None, "the label 1 of 'text' is read as [-1] and was [0]")
    """
    return next(_differences(written, read, keeps), None)


def _differences(written: Batch, read: Batch, keeps: Keeps) -> Iterator[str]:
    ids = [extent.id for extent in written.documents]
    owners = written.document_of(written.starts)

    def document(number: int) -> str:
        return f" of {ids[number]!r}"

    def span(number: int) -> str:
        return document(owners[number])

    if keeps.ids:
        yield from _items("id", ids, [extent.id for extent in read.documents], document)
    if len(ids) != len(read.documents):
        yield f"{len(ids):,} documents are read as {len(read.documents):,}"
        return
    here, there = (_terms(batch, keeps) for batch in (written, read))
    yield from _texts(here, there, ids)
    yield from _arrays("span", _spans(written, here), _spans(read, there), span)
    yield from _arrays("label", (_labels(written, written),), (_labels(read, written),), span)
    if keeps.sentences and keeps.text:
        yield from _arrays("sentence", _sentences(written, here), _sentences(read, there))
    if keeps.provenance:
        yield from _places(written, read, document, span)
    if keeps.provenance and keeps.text:
        yield from _source(written, read)
    if keeps.flags:
        yield from _items("flags", _flags(written), _flags(read), span)
    if keeps.marks:
        yield from _items("mark", _marks(written, here), _marks(read, there))
    if keeps.joins:
        yield from _arrays("join", _joins(written, here), _joins(read, there))
    if keeps.meta:
        yield from _items("meta", _meta(written), _meta(read), document)


def _terms(batch: Batch, keeps: Keeps) -> _Terms:
    if not keeps.text:
        return _tokens(batch)
    begins, ends = batch.bounds.T
    if not keeps.open_end:
        ends = ends - ((ends > begins) & (np.append(batch.bytes, np.uint8(0))[ends - 1] == _NEWLINE))
    sizes = ends - begins
    after = np.cumsum(sizes)
    shift = begins - after + sizes
    text = b"".join([batch.text[a:b] for a, b in zip(begins.tolist(), ends.tolist(), strict=True)])

    def moved(offsets: Numbers, within: Numbers) -> Numbers:
        return offsets - shift[batch.document_of(within)] if len(offsets) else offsets

    return _Terms(text, np.stack((after - sizes, after), 1), moved)


def _tokens(batch: Batch) -> _Terms:
    """Return tokens, each with one byte behind it that says whether it ends a sentence, a document, or neither."""
    if not len(batch.joins) and batch.sentence_table is None:
        text, at = batch.tight.text, batch.tight.at
        return _Terms(text.tobytes(), _document_bounds(text, len(batch.documents)), lambda offsets, _: at(offsets))
    starts, ends, closes = batch.tokens
    text, behind = set_apart(batch.bytes, starts, ends)
    text[behind[closes]] = LINE
    last = np.unique(np.searchsorted(starts, batch.bounds[:, 1]) - 1)
    last = last[(last >= 0) & (last < len(starts) - 1)]
    text[behind[last]] = STOP

    def moved(offsets: Numbers, within: Numbers) -> Numbers:
        """Return where offsets stand among the tokens."""
        if not len(starts):
            return np.zeros_like(offsets)
        at = np.maximum(np.searchsorted(starts, within, "right") - 1, 0)
        found: Numbers = behind[at] + np.minimum(offsets, ends[at]) - ends[at]
        return found

    return _Terms(text.tobytes(), _document_bounds(text, len(batch.documents)), moved)


def _document_bounds(text: NDArray[np.uint8], count: int) -> Numbers:
    stops = np.append(np.flatnonzero(text == STOP), max(len(text) - 1, 0))[:count]
    return np.stack((np.append(0, stops[:-1] + 1)[: len(stops)], stops), 1)


def _texts(here: _Terms, there: _Terms, ids: Sequence[str]) -> Iterator[str]:
    if here.text == there.text and np.array_equal(here.bounds, there.bounds):
        return
    for id, (a, b), (c, d) in zip(ids, here.bounds.tolist(), there.bounds.tolist(), strict=False):
        if (text := here.text[a:b]) != (other := there.text[c:d]):
            at = next((n for n, (x, y) in enumerate(zip(text, other, strict=False)) if x != y), min(b - a, d - c))
            yield f"the text of {id!r} differs at byte {at:,}: {_shown(text, at)} is read as {_shown(other, at)}"
            return
    yield f"the text of {ids[-1] if ids else 'nothing'!r} ends elsewhere"


def _shown(text: bytes, at: int) -> str:
    return repr(text[at : at + _SHOWN].decode(errors="replace"))


def _spans(batch: Batch, terms: _Terms) -> tuple[Numbers, Numbers]:
    return terms.moved(batch.starts, batch.starts), terms.moved(batch.ends, batch.ends - 1)


def _sentences(batch: Batch, terms: _Terms) -> tuple[Numbers, Numbers]:
    starts, ends = batch.sentences
    return terms.moved(starts, starts), terms.moved(ends, starts)


def _joins(batch: Batch, terms: _Terms) -> tuple[Numbers]:
    return (terms.moved(batch.joins, batch.joins),)


def _labels(batch: Batch, among: Batch) -> Numbers:
    """Return the label of each span as an index of those of ``among``, -1 where they have none such."""
    numbers = {label: number for number, label in enumerate(among.labels)}
    found: Numbers = np.array([numbers.get(label, -1) for label in batch.labels], dtype=np.int64)[batch.label_ids]
    return found


def _places(written: Batch, read: Batch, document: _Owner, span: _Owner) -> Iterator[str]:
    places, others = ((batch.source_lines, batch.source_columns) for batch in (written, read))
    yield from _arrays("source line and column of span", places, others, span)
    yield from _items("path", _paths(written), _paths(read), document)
    yield from _items("path of span", _span_paths(written), _span_paths(read), span)


def _source(written: Batch, read: Batch) -> Iterator[str]:
    mine, theirs = _anchors(written), _anchors(read)
    same = np.array_equal(mine.offsets, theirs.offsets)
    keys = mine.offsets if same else np.union1d(mine.offsets, theirs.offsets)
    yield from _arrays("source of the text", mine.locate(keys), theirs.locate(keys))


def _anchors(batch: Batch) -> Anchors:
    """Return where the texts of documents stood, offsets as one number: that of the document, then code points."""
    ranges, begins = batch.anchor_ranges(), batch.points(batch.bounds[:, 0])
    counts = np.diff(ranges)[:, 0]
    chosen, owners = runs(ranges[:, 0], counts), np.repeat(np.arange(len(ranges)), counts)
    offsets, lines, columns = (array[chosen] for array in batch.anchors)
    offsets = offsets - begins[owners]
    # A document may begin within a line, behind the anchor of its start.
    columns = columns - np.minimum(offsets, 0)
    return Anchors(owners << _POINTS | np.maximum(offsets, 0), lines, columns)


def _paths(batch: Batch) -> Sequence[str | None]:
    return batch.extras.paths or (batch.name,) * len(batch.documents)


def _span_paths(batch: Batch) -> Sequence[str | None]:
    return batch.extras.span_paths or (None,) * len(batch.starts)


def _flags(batch: Batch) -> Sequence[Any]:
    return batch.extras.flags or ((),) * len(batch.starts)


def _meta(batch: Batch) -> Sequence[Any]:
    return batch.extras.meta or ({},) * len(batch.documents)


def _marks(batch: Batch, terms: _Terms) -> list[tuple[int, str, str]]:
    offsets = np.array([mark.offset for mark in batch.marks], dtype=np.int64)
    return [(at, *mark[1:]) for at, mark in zip(terms.moved(offsets, offsets).tolist(), batch.marks, strict=True)]


def _arrays(
    what: str, written: Sequence[Numbers], read: Sequence[Numbers], owner: _Owner = lambda _: ""
) -> Iterator[str]:
    """Yield the first difference between tables of the same kind, by rows."""
    if len(written[0]) != len(read[0]):
        yield f"{len(written[0]):,} {what}s are read as {len(read[0]):,}"
        return
    other = np.zeros(len(written[0]), dtype=bool)
    for mine, theirs in zip(written, read, strict=True):
        other |= mine != theirs
    if other.any():
        at = int(np.flatnonzero(other)[0])
        was, found = ([int(array[at]) for array in side] for side in (written, read))
        yield f"the {what} {at + 1:,}{owner(at)} is read as {found} and was {was}"


def _items(what: str, written: Sequence[Any], read: Sequence[Any], owner: _Owner = lambda _: "") -> Iterator[str]:
    if len(written) != len(read):
        yield f"{len(written):,} {what}s are read as {len(read):,}"
    elif written != read:
        at = next(number for number, pair in enumerate(zip(written, read, strict=True)) if pair[0] != pair[1])
        yield f"the {what}{owner(at)} is read as {read[at]!r} and was {written[at]!r}"
