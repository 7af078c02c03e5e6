"""What the user data of a Doc hold beside it: where everything came from, as tables of packed numbers.

``data = doc.user_data["nerconv"]`` is a mapping; what would be empty is left out. ``numpy.frombuffer(data["spans"],
nerconv.formats.kept.SPAN)`` gives a table as rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from nerconv.document import Document
from nerconv.formats.record import OFFSET_UNIT, MarkRecord, OriginRecord, Record, SpanRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Offsets are code points; ``label`` is the number that spaCy has for it; ``line`` is 0 where the place is not known.
SPAN: Final = np.dtype([("start", "<i8"), ("end", "<i8"), ("label", "<u8"), ("line", "<i8"), ("column", "<i8")])
SENTENCE: Final = np.dtype([("start", "<i8"), ("end", "<i8")])
#: From ``offset`` on the text stood at this line and column, until the next one.
ANCHOR: Final = np.dtype([("offset", "<i8"), ("line", "<i8"), ("column", "<i8")])

#: Line and column, the path where it is not that of the document, and lint flags.
Place = tuple[int | None, int | None, str | None, list[str]]


class Kept(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False):
    """The user data: tables of SPAN, SENTENCE and ANCHOR rows as bytes, and what is rare as it is.

    ``path`` is the file that the text came from. ``paths`` and ``flags`` name the spans that stood in another one and
    those with lint flags by their row. ``meta`` is JSON: msgpack has neither large numbers nor a difference of lists
    and tuples. ``tokens`` says whose tokens a Doc has, as ``spacy:de``, where they are not those of the corpus.
    ``part``: the number of a group of sentences, from 1, and how many groups the document with this ``id`` has.
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
    part: tuple[int, int] | None = None


def kept(
    document: Document, number: Callable[[str], int], tokens: str = "", part: tuple[int, int] | None = None
) -> Kept:
    """Return what a Doc has no place for; ``number`` gives the number of a label, ``tokens``, ``part``: as in Kept."""
    origin = document.origin
    path = origin.path if origin else None
    places = [document.place(span) for span in document.spans]
    spans = [
        (span.start, span.end, number(span.label), place.line if place else 0, place.column if place else 0)
        for span, place in zip(document.spans, places, strict=True)
    ]
    return Kept(
        id=document.id,
        path=path,
        spans=_packed(spans, SPAN),
        sentences=_packed(document.sentences, SENTENCE),
        anchors=_packed(list(zip(origin.offsets, origin.lines, origin.columns, strict=True)), ANCHOR)
        if origin
        else b"",
        marks=[MarkRecord(*mark) for mark in document.marks],
        joins=list(document.joins),
        meta=msgspec.json.encode(dict(document.meta)).decode() if document.meta else "",
        paths=[(row, place.path) for row, place in enumerate(places) if place and place.path != path],
        flags=[(row, list(span.flags)) for row, span in enumerate(document.spans) if span.flags],
        tokens=tokens,
        part=part,
    )


def _packed(rows: Sequence[tuple[int, ...]], kind: np.dtype[Any]) -> bytes:
    return np.array(list(rows), dtype=kind).tobytes()


def unpacked(data: bytes, kind: np.dtype[Any]) -> NDArray[Any]:
    """Return a table as rows. Raises ValueError when it ends within one."""
    return np.frombuffer(data, kind)


def to_record(kept: Kept, text: str, spans: Sequence[tuple[int, int, str]], labels: Mapping[str, int]) -> Record:
    """Return the record of a Doc with ``text`` and ``spans``, ``labels`` being their numbers. Raises ValueError.

    The Doc is the truth, its user data only says where things came from: entities may have been set anew since.
    """
    places = _places(kept)
    found = [(start, end, label, places.get((start, end, labels[label]))) for start, end, label in spans]
    return Record(
        id=kept.id,
        text=text,
        offset_unit=OFFSET_UNIT,
        spans=[
            SpanRecord(a, b, label, *place.pop()) if place else SpanRecord(a, b, label) for a, b, label, place in found
        ],
        sentences=unpacked(kept.sentences, SENTENCE).tolist(),
        marks=kept.marks,
        joins=kept.joins,
        meta=msgspec.json.decode(kept.meta, type=dict[str, Any]) if kept.meta else {},
        origin=None if kept.path is None else OriginRecord(kept.path, unpacked(kept.anchors, ANCHOR).tolist()),
    )


def _places(kept: Kept) -> dict[tuple[int, int, int], list[Place]]:
    """Return the places of the spans by start, end and label, of equal ones the first at the end."""
    paths, flags = dict(kept.paths), dict(kept.flags)
    places: dict[tuple[int, int, int], list[Place]] = defaultdict(list)
    rows = unpacked(kept.spans, SPAN).tolist()
    for number, (start, end, label, line, column) in reversed(list(enumerate(rows))):
        place = (line or None, column or None, paths.get(number), flags.get(number, []))
        places[start, end, label].append(place)
    return places
