"""A document as a row of a table: tokens and tags for those who train on them, and columns for all that tags lose.

The columns ``id``, ``tokens``, ``ner_tags`` and ``text`` speak for themselves. ``spans`` holds every span, nested ones
too, with the place it was read from (``path`` only where it is not ``source``); ``sentences``, ``marks`` and ``joins``
are those of the document, ``meta`` its meta as JSON. ``source``, ``line``, ``column`` and ``anchors`` say where the
text came from, as ``record.OriginRecord`` does. Offsets are code points of ``text``. A row with ``text`` and ``spans``
is read from these; a row of others, with tokens and tags only, is read from them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate
from typing import Any, Final, NamedTuple

import msgspec

from nerconv import schemes
from nerconv import tokens as corpus
from nerconv.detection import Detection, detect, refusal
from nerconv.document import Document, Facts, Finding, Item, Where
from nerconv.files import Source
from nerconv.fit import Keeps, fit
from nerconv.formats.json_record import FIELDS, read_record, seen_spans
from nerconv.formats.once import Once
from nerconv.formats.record import OFFSET_UNIT, OriginRecord, Record, SpanRecord, to_record
from nerconv.formats.record_read import to_document
from nerconv.notation import Notation
from nerconv.options import OTHER_RULE, ReadOptions
from nerconv.schemes import InvalidTags, Scheme, TokenSpan

#: The columns, in order.
COLUMNS: Final = (
    "id",
    "tokens",
    "ner_tags",
    "text",
    "spans",
    "sentences",
    "marks",
    "joins",
    "meta",
    "source",
    "line",
    "column",
    "anchors",
)
#: The columns that hold something else than strings and lists of them, besides the tags.
NESTED: Final = ("spans", "sentences", "marks", "joins", "line", "column", "anchors")

_FLAT: Final = Keeps(nesting=False)
_KNOWN: Final = FIELDS | set(COLUMNS)
#: Columns that tables of others do not have: offsets beside them count code points.
_OURS: Final = frozenset({"joins", "marks", "anchors"})


def to_row(document: Document, scheme: Scheme, nested: str | None) -> dict[str, Any]:
    """Return ``document`` as a row; its spans meet the edges of corpus tokens.

    ``ner_tags`` are strings of ``scheme`` for the spans that share no text; ``nested`` says which of two stays.
    """
    record = to_record(document)
    origin = record.origin or OriginRecord("")
    return {
        "id": document.id,
        "tokens": corpus.words(document, 0, len(document.text)),
        "ner_tags": _tags(document, scheme, nested),
        "text": document.text,
        "spans": [{name: getattr(span, name) for name in SpanRecord.__struct_fields__} for span in record.spans],
        "sentences": [list(pair) for pair in document.sentences],
        "marks": [mark._asdict() for mark in document.marks],
        "joins": list(document.joins),
        "meta": msgspec.json.encode(record.meta).decode(),
        "source": origin.path,
        "line": origin.line,
        "column": origin.column,
        "anchors": list(map(list, origin.anchors)),
    }


def _tags(document: Document, scheme: Scheme, nested: str | None) -> list[str]:
    if not document.spans:
        return ["O"] * corpus.count(document)
    flat = fit(document, _FLAT, None, nested).document
    starts, ends = corpus.edges(flat)
    spans = [(bisect_left(starts, s.start), bisect_left(ends, s.end) + 1, s.label) for s in flat.spans]
    return schemes.encode(scheme, spans if scheme.tells_touching else _merged(spans), len(starts))


def _merged(spans: list[TokenSpan]) -> list[TokenSpan]:
    """Return ``spans`` with those of one label that touch as one; the column ``spans`` keeps them apart."""
    merged: list[TokenSpan] = []
    for start, end, label in spans:
        if merged and merged[-1][1:] == (start, label):
            merged[-1] = (merged[-1][0], end, label)
        else:
            merged.append((start, end, label))
    return merged


class Row(NamedTuple):
    """A row as it was read: its place, the id it has unless it names its own, and its columns by name."""

    where: Where
    id: str
    columns: Mapping[str, Any]

    @property
    def is_whole(self) -> bool:
        """Whether it holds text and spans, so that its tags need not be read."""
        return self.columns.get("text") is not None and self.columns.get("spans") is not None


class _Tagged(msgspec.Struct):
    """The tokens of a row of others, and a tag for each."""

    tokens: list[str]
    ner_tags: list[str]

    def __post_init__(self) -> None:
        if len(self.tokens) != len(self.ner_tags):
            raise ValueError(f"the row has {len(self.tokens):,} tokens and {len(self.ner_tags):,} ner_tags")


def read_rows(
    rows: Callable[[Once], Iterator[Row | Finding]], source: Source, format: str, options: ReadOptions
) -> Iterator[Item]:
    """Yield the documents of ``rows``, each followed by its findings, and Facts about tags where they had to be read.

    ``rows`` starts from the first row each time it is called: a tag scheme that nobody named is told from all rows.
    Raises UsageError for a scheme that does not exist.
    """
    detection: Detection | None = None
    ignored: Counter[str] = Counter()
    once = Once()
    repaired = 0
    for row in rows(once):
        if isinstance(row, Finding):
            yield row
            continue
        ignored.update(row.columns.keys() - set(COLUMNS))
        if row.is_whole:
            yield from _read_whole(row, once)
            continue
        if detection is None:
            detection = detect(_all_tags(rows(Once())), options.scheme, options.invalid != "error")
            yield Facts(source.name, format, {"scheme": str(detection)}, detection.name, detection.candidates)
            yield from _untold(detection, rows, row.where, options)
        if detection.notation is not None:
            items, count = _read_tagged(row, detection.notation, options)
            yield from items
            repaired += count
    yield from once.findings()
    yield from _closing(ignored, repaired, source, format, options)


def _closing(
    ignored: Counter[str], repaired: int, source: Source, format: str, options: ReadOptions
) -> Iterator[Facts]:
    if repaired:
        values = {"repaired tags": f"{repaired:,} ({options.invalid})"}
        yield Facts(source.name, format, values, repaired=repaired)
    if ignored:
        keys = ", ".join(f"{key} ({count:,})" for key, count in sorted(ignored.items()))
        yield Facts(source.name, format, {"keys not read": keys})


def _all_tags(rows: Iterator[Row | Finding]) -> Iterator[list[str]]:
    for row in rows:
        if isinstance(row, Row) and not row.is_whole:
            with suppress(ValueError):  # read later, it becomes a finding
                yield _tagged(row).ner_tags


def _untold(
    detection: Detection, rows: Callable[[Once], Iterator[Row | Finding]], where: Where, options: ReadOptions
) -> Iterator[Finding]:
    if detection.notation is None:
        unread: Counter[str] = sum(map(schemes.meant, _all_tags(rows(Once()))), Counter())
        code, why = refusal(detection, options.repair_option)
        yield Finding(code, why, where, unread=unread)


def _tagged(row: Row) -> _Tagged:
    """Return the tokens and tags of a row of others. Raises ValueError when it has none, or not one for each."""
    found = {name: row.columns.get(name) for name in ("tokens", "ner_tags")}
    if None in found.values():
        raise ValueError("the row has neither text and spans nor tokens and ner_tags")
    return msgspec.convert(found, _Tagged)


def _read_tagged(row: Row, notation: Notation, options: ReadOptions) -> tuple[list[Item], int]:
    """Return the document of a row of others with its findings, and the number of tags that had to be repaired."""
    try:
        tagged = _tagged(row)
        decoded = notation.decode(tagged.ner_tags, options.invalid)
        document, findings = to_document(_record_of(row, tagged, decoded.spans), row.id, row.where)
        if options.both and decoded.repaired:
            others = notation.decode(tagged.ner_tags, OTHER_RULE[options.invalid]).spans
            other, _ = to_document(_record_of(row, tagged, others), row.id, row.where)
            document = replace(document, other_spans=other.spans)
        lost = _discarded(tagged, row, notation) if decoded.repaired and options.invalid == "discard" else []
    except InvalidTags as error:
        repair = f" with {options.repair_option}" if all(found.repairable for found in error.violations) else ""
        unread = schemes.meant(tagged.ner_tags)
        return [Finding("F005", f"{error}{repair}; the row is left out", row.where, unread=unread)], 0
    except ValueError as error:
        return [_bad(row, error)], 0
    return [document, *findings, *lost], decoded.repaired


def _record_of(row: Row, tagged: _Tagged, spans: Sequence[TokenSpan]) -> Record:
    """Return the record of tokens joined by spaces, with ``spans`` of them."""
    starts = list(accumulate((len(token) + 1 for token in tagged.tokens), initial=0))
    text = " ".join(tagged.tokens)
    return Record(
        id=_id(row),
        text=text,
        offset_unit=OFFSET_UNIT,
        spans=[SpanRecord(starts[a], starts[b] - 1, label, *row.where[1:]) for a, b, label in spans],
        sentences=[extent] if (extent := corpus.trim(text, 0, len(text))) else [],
        origin=_origin_of(row),
    )


def _discarded(tagged: _Tagged, row: Row, notation: Notation) -> list[Finding]:
    why = "the {} {!r} is discarded, since its tags break {}"
    return [
        Finding(
            "F023", why.format(label, " ".join(tagged.tokens[start:end]), notation.name), row.where, unread={label: 1}
        )
        for start, end, label in schemes.discarded(notation.scheme, notation.standards(tagged.ner_tags))
    ]


def _read_whole(row: Row, once: Once) -> Iterator[Item]:
    try:
        raw = _record(row)
    except (ValueError, RecursionError) as error:
        yield _bad(row, error)
        return
    yield from read_record(raw, row.id, row.where, once, _known(raw))


def _record(row: Row) -> dict[str, Any]:
    """Return the record that a row with text and spans holds. Raises ValueError when it is not of that shape."""
    raw = {key: value for key, value in row.columns.items() if value is not None}
    # In JSON lines the columns that hold more than strings are JSON within JSON.
    for key in ("meta", *NESTED):
        if isinstance(value := raw.get(key), str):
            raw[key] = msgspec.json.decode(value)
    origin = {key: raw.pop(key) for key in ("anchors", "line", "column") if key in raw}
    path = raw.get("source")
    raw["origin"] = origin | {"path": path} if isinstance(path, str) and path else msgspec.to_builtins(_origin_of(row))
    if row.columns.keys() >= _OURS:
        raw["offset_unit"] = OFFSET_UNIT
    return raw | {"id": _id(row)}


def _known(raw: Mapping[str, Any]) -> Collection[str]:
    """Return the columns that are read, or say again what others do: tags, where spans or nothing stand beside them."""
    tags = raw.get("ner_tags")
    said_again = bool(raw.get("spans")) or not isinstance(tags, list) or all(tag in ("O", 0) for tag in tags)
    return _KNOWN if said_again else _KNOWN - {"tokens", "ner_tags"}


def _id(row: Row) -> str:
    own = row.columns.get("id")
    return row.id if own is None or own == "" else str(own)


def _origin_of(row: Row) -> OriginRecord:
    return OriginRecord(row.where.path, [(0, row.where.line, row.where.column)])


def _bad(row: Row, error: Exception) -> Finding:
    return Finding(
        "F012", f"not a document: {error or type(error).__name__}", row.where, unread=dict(seen_spans(row.columns))
    )
