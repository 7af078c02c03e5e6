"""What the user data of a Doc hold beside it: where everything came from, as tables of packed numbers.

``data = doc.user_data["nerconv"]`` is a mapping; what would be empty is left out. ``numpy.frombuffer(data["spans"],
nerconv.formats.docbin_provenance.SPAN)`` gives a table as rows.

>>> from nerconv import read
>>> batch, = read(text="[PER Ann  ] left . \\n").batches
>>> found = decode(encode(batch, [None], "")[0])
>>> found.path, np.frombuffer(found.spans, SPAN)[["start", "end", "column"]].tolist()
('<text>', [(0, 3, 1)])
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats.record import MarkRecord
from nerconv.formats.record_batch import cut
from nerconv.formats.relative import marks
from nerconv.formats.spacy_strings import hashes_of
from nerconv.tables import Numbers
from nerconv.white_space import runs

#: Where in ``user_data`` it stands.
USER_DATA_KEY: Final = "nerconv"
#: Offsets are code points; ``label`` is the number that spaCy has for it; ``line`` is 0 where the place is not known.
SPAN: Final = np.dtype([("start", "<i8"), ("end", "<i8"), ("label", "<u8"), ("line", "<i8"), ("column", "<i8")])
SENTENCE: Final = np.dtype([("start", "<i8"), ("end", "<i8")])
#: From ``offset`` on the text stood at this line and column, until the next one.
ANCHOR: Final = np.dtype([("offset", "<i8"), ("line", "<i8"), ("column", "<i8")])

#: The number of a group of sentences, from 1, and how many groups its document has.
Part = tuple[int, int]
Table = NDArray[Any]


class Provenance(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False):
    """The user data: tables of SPAN, SENTENCE and ANCHOR rows as bytes, and what is rare as it is.

    ``path`` is the file that the text came from. ``paths`` and ``flags`` name the spans that stood in another one and
    those with lint flags by their row. ``meta`` is JSON: msgpack has neither large numbers nor a difference of lists
    and tuples. ``tokens`` says whose tokens a Doc has, as ``spacy:de``, where they are not those of the corpus.
    ``part``: which group of sentences it is, where the document with this ``id`` has several.
    """

    id: str | None = None
    path: str | None = None
    spans: bytes = b""
    sentences: bytes = b""
    anchors: bytes = b""
    marks: list[MarkRecord] = []
    joins: list[int] = []
    meta: str = ""
    paths: list[tuple[int, str]] = []
    flags: list[tuple[int, list[str]]] = []
    tokens: str = ""
    part: Part | None = None


def encode(batch: Batch, parts: Sequence[Part | None], tokens: str) -> list[bytes]:
    """Return the user data of each document, or group of one as ``parts`` says, as msgpack."""
    extras, count = batch.extras, len(batch.documents)
    paths, metas = extras.paths or (batch.name,) * count, extras.meta or ({},) * count
    known = np.array([path is not None for path in paths], dtype=bool)
    joins, counts = _relative(batch, batch.joins)
    ranges = np.searchsorted(batch.starts, batch.bounds).tolist()
    rows = zip(
        [extent.id for extent in batch.documents],
        paths,
        _cut(*_spans(batch)),
        _cut(*_table(SENTENCE, *_relative(batch, *batch.sentences))),
        _cut(*_anchors(batch, parts, known)),
        marks(batch),
        cut(joins.tolist(), counts),
        # The first group has that of all.
        [_json(meta) if meta and (part or (1,))[0] == 1 else "" for meta, part in zip(metas, parts, strict=True)],
        _rows(extras.span_paths, ranges),
        _rows(extras.flags, ranges),
        [tokens] * count,
        parts,
        strict=True,
    )
    encoder, names = msgspec.msgpack.Encoder(), Provenance.__struct_fields__
    return [encoder.encode({USER_DATA_KEY: Provenance(**dict(zip(names, row, strict=True)))}) for row in rows]


def _rows(values: Sequence[Any], ranges: Sequence[tuple[int, int]]) -> Sequence[list[tuple[int, Any]]]:
    """Return those of ``values`` in each range that say something, behind their numbers."""
    return [[row for row in enumerate(values[a:b]) if row[1]] for a, b in ranges] if values else [[]] * len(ranges)


class _UserData(msgspec.Struct, gc=False):
    nerconv: Provenance | None = None


_DECODER: Final = msgspec.msgpack.Decoder(_UserData)


def decode(data: bytes | None) -> Provenance | None:
    """Return what user data say of where everything came from, or None when they say nothing of the kind.

    Raises ValueError for what is not of this shape.
    """
    if data is None:
        return None
    try:
        found = _DECODER.decode(data).nerconv
    except (msgspec.DecodeError, TypeError):
        found = _converted(data)
    if found is not None:
        if found.meta:
            meta_of(found)
        sizes = len(found.spans) % SPAN.itemsize, len(found.sentences) % SENTENCE.itemsize
        if any(sizes) or len(found.anchors) % ANCHOR.itemsize:
            raise ValueError("a table of its user data is cut short")
    return found


def _converted(data: bytes) -> Provenance | None:
    try:
        every = msgspec.msgpack.decode(data, type=dict)
    except (msgspec.DecodeError, TypeError):
        every = _by_srsly(data)
    found = every.get(USER_DATA_KEY)
    if found is not None and not isinstance(found, Mapping):
        raise ValueError(f"user_data[{USER_DATA_KEY!r}] is not a mapping but {type(found).__name__}")
    return None if found is None else msgspec.convert(dict(found), Provenance)


def _by_srsly(data: bytes) -> dict[Any, Any]:
    """Return what only the serializer of spaCy reads, such as arrays of numpy. It takes long."""
    import srsly  # type: ignore[import-untyped]

    collecting = gc.isenabled()
    try:
        return dict(srsly.msgpack_loads(data, use_list=False))
    finally:
        # srsly switches the collector off and, when it fails, leaves it so.
        if collecting:
            gc.enable()


def meta_of(found: Provenance) -> dict[str, Any]:
    """Return the meta. Raises ValueError for what is not JSON."""
    return msgspec.json.decode(found.meta, type=dict[str, Any]) if found.meta else {}


def _json(meta: Mapping[str, Any]) -> str:
    return msgspec.json.encode(dict(meta)).decode()


def _relative(batch: Batch, *offsets: Numbers) -> tuple[Numbers, ...]:
    """Return byte ``offsets``, arrays of one length, in code points of their documents; and the number in each.

    The first of them say which document that is.
    """
    owners, begins = batch.document_of(offsets[0]), batch.points(batch.bounds[:, 0])
    counts = np.bincount(owners, minlength=len(batch.documents)) if len(owners) else np.zeros_like(begins)
    return *(batch.points(each) - begins[owners] for each in offsets), counts


def _table(kind: np.dtype[Any], *columns: NDArray[Any]) -> tuple[Table, Numbers]:
    """Return rows of a ``kind`` and, as it is behind the values of these, the number of them in each document."""
    table = np.empty(len(columns[0]), kind)
    for name, values in zip(kind.names or (), columns[:-1], strict=True):
        table[name] = values
    return table, columns[-1]


def _spans(batch: Batch) -> tuple[Table, Numbers]:
    starts, ends, counts = _relative(batch, batch.starts, batch.ends)
    labels = hashes_of(batch.labels)[batch.label_ids]
    return _table(SPAN, starts, ends, labels, batch.source_lines, batch.source_columns, counts)


def _anchors(batch: Batch, parts: Sequence[Part | None], known: NDArray[np.bool_]) -> tuple[Table, Numbers]:
    """Return the anchors of each document that is ``known`` to have come from somewhere."""
    first, last = batch.anchor_ranges().T
    begins = batch.points(batch.bounds[:, 0])
    # Of anchors where a group ends, the last belongs to the next one.
    ends = np.array([part is None or part[0] == part[1] for part in parts], dtype=bool)
    following = np.append((first + (batch.anchors.offsets[first] < begins))[1:], 0)
    counts = np.where(known, np.where(ends, last, following) - first, 0)
    # Documents that meet share the anchor between them.
    chosen = runs(first, counts)
    offsets, lines, columns = (array[chosen] for array in batch.anchors)
    offsets = offsets - np.repeat(begins, counts)
    heads = (np.cumsum(counts) - counts)[counts > 0]
    # A document may begin within a line.
    columns[heads] -= offsets[heads]
    offsets[heads] = 0
    return _table(ANCHOR, offsets, lines, columns, counts)


def _cut(table: Table, counts: Numbers) -> list[bytes]:
    """Return the rows of each document, one after the other with so many as ``counts`` says."""
    data = table.tobytes()
    return [data[a:b] for a, b in pairwise((np.cumsum(np.append(0, counts)) * table.itemsize).tolist())]
