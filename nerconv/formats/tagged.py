"""Documents as rows of a table: tokens and tags for those who train on them, and columns for all that tags lose.

The columns ``id``, ``tokens``, ``ner_tags`` and ``text`` speak for themselves. ``spans`` holds every span, nested ones
too, with the place it was read from (``path`` only where it is not ``source``); ``sentences``, ``marks`` and ``joins``
are those of the document, ``meta`` its meta as JSON. ``source``, ``line``, ``column`` and ``anchors`` say where the
text came from, as ``record.OriginRecord`` does. Offsets are code points of ``text``. Rows are read in
``nerconv.formats.tag_rows``: one with ``text`` and ``spans`` from these, one of others from its tokens and tags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import msgspec
import numpy as np

from nerconv import schemes
from nerconv.batch import Batch
from nerconv.formats.class_labels import tag_names
from nerconv.formats.origins import origins
from nerconv.formats.tag_columns import tag_numbers
from nerconv.options import WriteOptions
from nerconv.overlaps import flat
from nerconv.tables import Numbers
from nerconv.tag_arrays import Reader, coded
from nerconv.white_space import SPACE, runs

T = TypeVar("T")


def cut(values: Sequence[T], counts: Numbers) -> list[Sequence[T]]:
    """Return ``values`` cut into runs of so many as ``counts`` says.

    >>> cut("abc", np.array([2, 0, 1]))
    ['ab', '', 'c']
    """
    return [values[first:last] for first, last in pairwise(np.append(0, np.cumsum(counts)).tolist())]


class Nested(NamedTuple):
    """A column of lists: how many items each row has, of shape (rows,), and by name the values of all items."""

    counts: Numbers
    fields: Mapping[str, Sequence[Any] | Numbers]


class Table(NamedTuple):
    """The documents of a batch as rows, but for their ids, texts and tokens, which are those of the batch.

    ``counts``: how many tokens each row has, of shape (rows,); ``tags``: the number of the tag of each token among
    ``names``, of which O is the first. ``lines`` and ``columns`` are None where they do not say where a row stood.
    """

    counts: Numbers
    tags: Numbers
    names: tuple[str, ...]
    nested: Mapping[str, Nested]
    meta: Sequence[str]
    sources: Sequence[str]
    lines: Sequence[int | None]
    columns: Sequence[int | None]


class Tagged(NamedTuple):
    """Tokens of rows, how many each row has, and the number of the tag of each token, as they were read."""

    tokens: Sequence[str]
    counts: Numbers
    tags: Numbers


def table(batch: Batch, options: WriteOptions) -> Table:
    """Return the documents of ``batch`` as rows.

    Tags are of ``options.scheme``, for spans that share no text; ``options.nested`` says which of two that do has
    tags. Raises ValueError for spans that do not meet the edges of tokens.

    >>> from nerconv.document import Document, Span
    >>> from nerconv.views import batch_of
    >>> found = table(batch_of([Document("a", "Ann met Bo", (Span(8, 10, "PER"),))], "a.txt"), WriteOptions())
    >>> found.counts, found.tags, found.names, found.nested["spans"].fields["start"]
    (array([3]), array([0, 0, 1]), ('O', 'B-PER', 'I-PER'), array([8]))
    """
    extras, count = batch.extras, len(batch.documents)
    paths = extras.paths or (batch.name,) * count
    known = np.array([path is not None for path in paths], dtype=bool)
    origin = origins(batch, batch.bounds)
    anchored = np.diff(origin.ranges)[:, 0]
    anchors = {name: array[np.repeat(known, anchored)] for name, array in origin.anchors._asdict().items()}
    follows = known & ~origin.whole
    return Table(
        _token_counts(batch),
        _tags(batch, options),
        tuple(tag_names(schemes.get(options.scheme), batch.labels)),
        {
            "spans": _spans(batch),
            "sentences": _nested(batch, dict(zip(("start", "end"), batch.sentences, strict=True))),
            "marks": _marks(batch),
            "joins": _nested(batch, {"offset": batch.joins}),
            "anchors": Nested(anchored * known, anchors),
        },
        [msgspec.json.encode(meta).decode() for meta in extras.meta] or ["{}"] * count,
        [path or "" for path in paths],
        _known(origin.lines * follows),
        _known(origin.columns * follows),
    )


def _known(numbers: Numbers) -> list[int | None]:
    """Return lines or columns, None for those that nobody knows."""
    return [number or None for number in numbers.tolist()]


def _nested(batch: Batch, offsets: Mapping[str, Numbers]) -> Nested:
    """Return ``offsets`` (bytes; the first ones say which document) in code points from the start of their document."""
    counts = np.diff(batch.ranges(next(iter(offsets.values()))))[:, 0]
    shift = np.repeat(batch.points(batch.bounds[:, 0]), counts)
    return Nested(counts, {name: batch.points(each) - shift for name, each in offsets.items()})


def _spans(batch: Batch) -> Nested:
    counts, offsets = _nested(batch, {"start": batch.starts, "end": batch.ends})
    count = len(batch.starts)
    more = {
        "label": [batch.labels[number] for number in batch.label_ids.tolist()],
        "line": _known(batch.source_lines),
        "column": _known(batch.source_columns),
        "path": batch.extras.span_paths or (None,) * count,
        "flags": batch.extras.flags or ((),) * count,
    }
    return Nested(counts, {**offsets, **more})


def _marks(batch: Batch) -> Nested:
    counts, offsets = _nested(batch, {"offset": np.array([mark.offset for mark in batch.marks], dtype=np.int64)})
    more = {"kind": [mark.kind for mark in batch.marks], "value": [mark.value for mark in batch.marks]}
    return Nested(counts, {**offsets, **more})


def token_texts(batch: Batch) -> list[str]:
    """Return the tokens of ``batch``, those of all documents.

    >>> from nerconv.document import Document
    >>> from nerconv.views import batch_of
    >>> token_texts(batch_of([Document("a", "Ann's  hat", joins=(3,))], "a.txt"))
    ['Ann', "'s", 'hat']
    """
    starts, ends, _ = batch.tokens
    # The bytes of each token and one more, which becomes a space: no token holds one.
    sizes = ends - starts + 1
    found = np.append(batch.bytes, np.uint8(SPACE))[runs(starts, sizes)]
    found[np.cumsum(sizes) - 1] = SPACE
    return found.tobytes().decode().split(" ")[:-1]


def _token_counts(batch: Batch) -> Numbers:
    """Return how many tokens each document has."""
    counts: Numbers = np.diff(np.searchsorted(batch.tokens.starts, batch.bounds))[:, 0]
    return counts


def _tags(batch: Batch, options: WriteOptions) -> Numbers:
    """Return the number of the tag of each token."""
    if batch.covered is None:
        raise ValueError(f"{batch.name}: a span does not meet the edges of tokens")
    covered = batch.covered.only(flat(batch, options.nested))
    # A token behind the last one of a document is no neighbour of it.
    ends = np.cumsum(_token_counts(batch))
    touches = (np.append(covered.first[1:], -1) == covered.last + 1) & ~np.isin(covered.last + 1, ends)
    tags = np.zeros(len(batch.tokens.starts), dtype=np.int64)
    tags[covered.inside] = 1 + tag_numbers(covered.lengths, covered.codes, touches, schemes.get(options.scheme))
    return tags


def check(batch: Batch, found: Tagged, names: Sequence[str], options: WriteOptions) -> None:
    """Raise ValueError unless tokens and tags that were written, read back, say what ``batch`` says.

    ``names``: those of the numbers of tags. A scheme that cannot tell touching spans apart has them as one.
    """
    scheme, covered, tags = schemes.get(options.scheme), batch.covered, found.tags
    closes = np.zeros(len(tags), dtype=bool)
    closes[np.cumsum(found.counts)[found.counts > 0] - 1] = True
    read, labels, repaired = Reader(coded(names, tags, closes), scheme).read("lenient")
    known = {label: number for number, label in enumerate(batch.labels)}
    ids = np.array([known.get(label, -1) for label in labels], dtype=np.int64)[read.codes]
    spans = covered.only(flat(batch, options.nested)) if covered else None
    if (
        spans is None
        or repaired
        or found.tokens != token_texts(batch)
        or not np.array_equal(found.counts, _token_counts(batch))
        or not np.array_equal(read.inside, spans.inside)
        or not np.array_equal(np.repeat(ids, read.lengths), np.repeat(spans.codes, spans.lengths))
        or (scheme.tells_touching and not np.array_equal(read.first, spans.first))
    ):
        raise ValueError("tokens and tags say something else than text and spans")
