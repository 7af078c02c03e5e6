"""Documents as rows of a table: tokens and tags for those who train on them, and columns for all that tags lose.

The columns ``id``, ``tokens``, ``ner_tags`` and ``text`` speak for themselves. ``spans`` holds every span, nested ones
too, with the place it was read from (``path`` only where it is not ``source``); ``sentences``, ``marks`` and ``joins``
are those of the document, ``meta`` its meta as JSON. ``source``, ``line``, ``column`` and ``anchors`` say where the
text came from, as ``record.OriginRecord`` does. Offsets are code points of ``text``. Rows are read in
``nerconv.formats.tag_rows``: one with ``text`` and ``spans`` from these, one of others from its tokens and tags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from nerconv import schemes
from nerconv.batch import Batch
from nerconv.formats.class_labels import tag_names
from nerconv.formats.record_batch import Columns, Items, columns_of
from nerconv.formats.tag_table import COLUMNS
from nerconv.options import WriteOptions
from nerconv.overlaps import flat
from nerconv.tables import Numbers
from nerconv.tag_arrays import Reader, coded, tag_numbers
from nerconv.white_space import set_apart

_META: Final = msgspec.json.Decoder(dict[str, Any])
#: The columns of rows besides tokens and tags, in the order of ``Columns``.
NAMES: Final = [name for name in COLUMNS if name not in ("tokens", "ner_tags")]


def by_name(batch: Batch) -> dict[str, Sequence[Any] | Items]:
    """Return the columns of the documents of ``batch``, but for tokens and tags."""
    found = columns_of(batch)
    meta = [msgspec.json.encode(each).decode() if each else "{}" for each in found.meta]
    sources = [path or "" for path in found.paths]
    return dict(zip(NAMES, found, strict=True)) | {"meta": meta, "source": sources}


def of_names(columns: Mapping[str, Any]) -> Columns:
    """Return what ``by_name`` gave. Raises ValueError for meta that are not a JSON object."""
    found = Columns(*(columns[name] for name in NAMES))
    meta = [_META.decode(each) if each != "{}" else {} for each in columns["meta"]]
    return found._replace(meta=meta, paths=[path or None for path in found.paths])


class Tagged(NamedTuple):
    """How many tokens each row has, of shape (rows,), and of each token the number of its tag among ``names``."""

    counts: Numbers
    tags: Numbers
    names: Sequence[str]


def tagged(batch: Batch, options: WriteOptions) -> Tagged:
    """Return the tags of the tokens of ``batch``, O first among their names.

    They are of ``options.scheme``, for spans that share no text; ``options.nested`` says which of two that do has tags.
    Raises ValueError for spans that do not meet the edges of tokens.

    >>> from nerconv.document import Document, Span
    >>> from nerconv.views import batch_of
    >>> tagged(batch_of([Document("a", "Ann met Bo", (Span(8, 10, "PER"),))], "a.txt"), WriteOptions())
    Tagged(counts=array([3]), tags=array([0, 0, 1]), names=['O', 'B-PER', 'I-PER'])
    """
    if batch.covered is None:
        raise ValueError(f"{batch.name}: a span does not meet the edges of tokens")
    scheme, counts = schemes.get(options.scheme), _token_counts(batch)
    covered = batch.covered.only(flat(batch, options.nested))
    # A token behind the last one of a document is not its neighbour.
    behind = covered.last + 1
    touches = (np.append(covered.first[1:], -1) == behind) & ~np.isin(behind, np.cumsum(counts))
    tags = np.zeros(len(batch.tokens.starts), dtype=np.int64)
    tags[covered.inside] = 1 + tag_numbers(covered.lengths, covered.codes, touches, scheme)
    return Tagged(counts, tags, tag_names(scheme, batch.labels))


def token_texts(batch: Batch) -> list[str]:
    """Return the tokens of ``batch``, those of all documents.

    >>> from nerconv.document import Document
    >>> from nerconv.views import batch_of
    >>> token_texts(batch_of([Document("a", "Ann's  hat", joins=(3,))], "a.txt"))
    ['Ann', "'s", 'hat']
    """
    starts, ends, _ = batch.tokens
    # No token holds a space.
    return set_apart(batch.bytes, starts, ends)[0].tobytes().decode().split(" ")[:-1]


def _token_counts(batch: Batch) -> Numbers:
    """Return how many tokens each document has."""
    counts: Numbers = np.diff(np.searchsorted(batch.tokens.starts, batch.bounds))[:, 0]
    return counts


def check_tags(batch: Batch, found: Tagged, options: WriteOptions) -> None:
    """Raise ValueError unless tags that were written, read back, are the spans of ``batch`` that share no text.

    A scheme that cannot tell touching spans of one label apart has them as one.
    """
    scheme, covered, (counts, tags, names) = schemes.get(options.scheme), batch.covered, found
    closes = np.zeros(len(tags), dtype=bool)
    closes[np.cumsum(counts)[counts > 0] - 1] = True
    read, labels, repaired = Reader(coded(names, tags, closes), scheme).read("lenient")
    known = {label: number for number, label in enumerate(batch.labels)}
    ids = np.array([known.get(label, -1) for label in labels], dtype=np.int64)[read.codes]
    spans = covered.only(flat(batch, options.nested)) if covered else None
    if (
        spans is None
        or repaired
        or not np.array_equal(counts, _token_counts(batch))
        or not np.array_equal(read.inside, spans.inside)
        or not np.array_equal(np.repeat(ids, read.lengths), np.repeat(spans.codes, spans.lengths))
        or (scheme.tells_touching and not np.array_equal(read.first, spans.first))
    ):
        raise ValueError("tokens and tags say something else than text and spans")
