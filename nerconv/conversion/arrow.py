"""Conversion as a function of record batches, for engines that move data as Arrow: Spark, Ray Data, Dask, Beam.

``convert_batch`` is pure and picklable: a row in, a row out, in order, whatever the row holds; what is wrong with one
stands in its column ``error`` and touches no other. A row is a source with its documents together.
``spans_batch`` gives documents and spans as columns of Arrow instead of bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

try:
    import pyarrow as pa
except ImportError as error:
    raise ImportError(f"nerconv.conversion.arrow needs pyarrow ({error}): pip install 'nerconv[batch]'") from error

from nerconv import formats
from nerconv.codes import CODES
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConversionReport, ConvertOptions, NotVerified
from nerconv.document import Finding
from nerconv.io.private import private_folder
from nerconv.io.sources import Source, Unreadable
from nerconv.memory import is_exhausted
from nerconv.options import UsageError, check_types

#: A row: the name of a source, which its documents and places are named by, and its bytes.
INPUT_SCHEMA: Final = pa.schema([("id", pa.string()), ("content", pa.binary())])

#: The spans read, written and lost, all findings and losses as JSON, and an error instead of a result.
_ACCOUNT: Final = [
    ("spans_read", pa.int64()),
    ("spans_written", pa.int64()),
    ("spans_lost", pa.int64()),
    ("findings", pa.string()),
    ("error", pa.string()),
]

#: A row: the name, what was made of the source, how many documents it has, and its account.
OUTPUT_SCHEMA: Final = pa.schema([("id", pa.string()), ("content", pa.binary()), ("documents", pa.int64()), *_ACCOUNT])

_SPAN: Final = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("label", pa.string())])
_DOCUMENT: Final = pa.struct([("id", pa.string()), ("text", pa.string()), ("spans", pa.list_(_SPAN))])

#: A row: the name, the documents of the source with their spans, offsets in code points, and its account.
SPANS_SCHEMA: Final = pa.schema([("id", pa.string()), ("documents", pa.list_(_DOCUMENT)), *_ACCOUNT])


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How to convert: ``convert`` names the target format in ``to``, one that is a file and no folder.

    ``suffix`` tells the format of each source where ``convert.read.format`` does not. Raises UsageError for a
    conversion that looks at several sources together.
    """

    convert: ConvertOptions = field(default_factory=lambda: ConvertOptions(to="spans_jsonl"))
    suffix: str = ".txt"

    def __post_init__(self) -> None:
        check_types(self)
        formats.writable(self.convert.to or "")
        if self.convert.split or any(self.convert.cleaning):
            raise UsageError("a batch is converted row by row: no split, no cleaning of all documents")


_SPANS: Final = BatchOptions()


def convert_batch(batch: pa.RecordBatch, options: BatchOptions) -> pa.RecordBatch:
    """Return a batch of OUTPUT_SCHEMA with a row for each row of ``batch``, which has INPUT_SCHEMA, in order.

    Raises UsageError for a batch without the columns that it needs; whatever a row holds, it never raises.
    """
    missing = set(INPUT_SCHEMA.names) - set(batch.schema.names)
    if missing:
        needed = ", ".join(INPUT_SCHEMA.names)
        raise UsageError(f"a batch needs the columns {needed}; it has no {', '.join(sorted(missing))}")
    ids, contents = batch.column("id").to_pylist(), batch.column("content").to_pylist()
    with private_folder() as folder:
        rows = [_row(id, content, options, folder) for id, content in zip(ids, contents, strict=True)]
    return pa.RecordBatch.from_pylist(rows, schema=OUTPUT_SCHEMA)


def convert_batches(batches: Iterator[pa.RecordBatch], options: BatchOptions) -> Iterator[pa.RecordBatch]:
    """Yield the result of each batch: what ``mapInArrow`` of Spark asks for."""
    for batch in batches:
        yield convert_batch(batch, options)


def spans_batch(batch: pa.RecordBatch, options: BatchOptions = _SPANS) -> pa.RecordBatch:
    """Return a batch of SPANS_SCHEMA with a row for each row of ``batch``, as ``convert_batch`` does.

    ``options``: how to read and change the sources. Raises UsageError for a batch without the columns that it needs,
    and for a target that is not ``spans_jsonl``.

    >>> rows = pa.RecordBatch.from_pylist([{"id": "a", "content": "[PER Ann  ] left . \\n"}])
    >>> spans_batch(rows).to_pylist()[0]["documents"]
    [{'id': 'a', 'text': 'Ann left . \\n', 'spans': [{'start': 0, 'end': 3, 'label': 'PER'}]}]
    """
    if options.convert.to != "spans_jsonl":
        raise UsageError(f"spans as Arrow are made of spans_jsonl; got to={options.convert.to!r}")
    rows = convert_batch(batch, options).to_pylist()
    for row in rows:
        lines = [] if row["content"] is None else row.pop("content").splitlines()
        row["documents"] = None if row["error"] else [_document(json.loads(line)) for line in lines]
    return pa.RecordBatch.from_pylist(rows, schema=SPANS_SCHEMA)


def spans_batches(batches: Iterator[pa.RecordBatch], options: BatchOptions = _SPANS) -> Iterator[pa.RecordBatch]:
    """Yield what ``spans_batch`` makes of each batch."""
    for batch in batches:
        yield spans_batch(batch, options)


def _document(record: dict[str, Any]) -> dict[str, Any]:
    spans = [{key: span[key] for key in ("start", "end", "label")} for span in record.get("spans", ())]
    return {"id": record["id"], "text": record.get("text", ""), "spans": spans}


def _row(id: str | None, content: str | bytes | None, options: BatchOptions, folder: Path) -> dict[str, Any]:
    if id is None or content is None:
        return {"id": id, "error": "the row has no id or no content"}
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    path = folder / f"source{options.suffix}"
    format = formats.get(options.convert.to or "")
    target = folder / f"target{format.SUFFIXES[0]}"
    path.write_bytes(data)
    try:
        # The row is known by its id: it stands in places, ids and findings, whatever the file is called meanwhile.
        report = convert([Source(id, id, path)], str(target), _with_format(options), lambda _: None)
    except (UsageError, Unreadable, NotVerified) as error:
        return {"id": id, "error": str(error)}
    except Exception as error:
        if is_exhausted(error):
            return {"id": id, "error": f"there is not enough memory for the row: {error}"}
        # A bug shows in its row, and does not end the work of a cluster on all others.
        return {"id": id, "error": f"a bug of nerconv: {type(error).__name__}: {error}"}
    result = {"id": id, "content": target.read_bytes(), **_account(report)}
    target.unlink()
    return result


def _with_format(options: BatchOptions) -> ConvertOptions:
    """Return the options with the format of the sources, which no suffix of an id tells."""
    read = options.convert.read
    name = read.format or formats.of_path(f"source{options.suffix}").NAME
    return replace(options.convert, read=replace(read, format=name))


def _account(report: ConversionReport) -> dict[str, Any]:
    ledger = report.ledger
    return {
        "documents": report.documents.total(),
        "spans_read": ledger.read.total(),
        "spans_written": ledger.written.total(),
        "spans_lost": ledger.reasons().total(),
        "findings": json.dumps([_as_json(finding) for finding in (*report.findings, *report.lost)], ensure_ascii=False),
    }


def _as_json(finding: Finding) -> dict[str, Any]:
    where = finding.where
    return {
        "code": finding.code,
        "severity": CODES[finding.code].severity,
        "line": where and where.line,
        "column": where and where.column,
        "message": finding.message,
    }
