"""Pieces of formats that do not take every batch yet: through documents where they ask for it. To be removed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nerconv import formats, tokens
from nerconv.batch import Batch
from nerconv.codes import CODES
from nerconv.convert import change
from nerconv.convert.fit import fit
from nerconv.convert.report import ConvertOptions, NotVerified, Report
from nerconv.convert.signature import signature
from nerconv.convert.units import cut_units
from nerconv.convert.verify import difference
from nerconv.document import Document, Finding, count_labels
from nerconv.formats import Format
from nerconv.formats.keeps import TokenEdges, corpus_tokens
from nerconv.formats.pieces import Packed, Pieces
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, UsageError
from nerconv.tables import Numbers
from nerconv.views import documents_of, gathered, opened


def pieces(
    batch: Batch, format: Format, options: ConvertOptions, report: Report, folder: Path
) -> list[tuple[Any, Batch, list[str]]]:
    """Return the pieces of a batch, each with what it holds and the ids of its records."""
    if hasattr(format, "read_back"):
        return list(_proved(batch, format, options, report))
    found = _from_arrays(batch, format, options, report)
    return list(_from_documents(batch, format, options, report, folder)) if found is None else found


def _proved(
    batch: Batch, format: Format, options: ConvertOptions, report: Report
) -> Iterator[tuple[Any, Batch, list[str]]]:
    changed = _changed(batch, format, options, report, options.unit or format.UNIT, _tokens(format, options))
    for group in changed.groups(options.most or max(len(changed.documents), 1)):
        if group.documents:
            piece = format.encode(group, options.write)  # type: ignore[arg-type]
            write = replace(options.write, names=())
            read = format.read_back(piece, write)  # type: ignore[attr-defined]
            if found := difference(group, read, formats.keeps(format, write)):
                raise _unlike(group, format, found)
            yield piece, group, [extent.id for extent in group.documents]


def _changed(
    batch: Batch, format: Format, options: ConvertOptions, report: Report, unit: str, tokens: TokenEdges | None
) -> Batch:
    """Return documents as they are to be written; what is lost or left out on the way is entered in ``report``."""
    batch, dropped = change.drop(batch, options.drop)
    batch = batch.relabelled(options.labels)
    if options.detokenize:
        batch = change.detokenize(batch)
    if options.cut_tokens:
        batch = change.cut_tokens(batch)
    batch, cut = cut_units(batch, unit)
    fitted = fit(batch, formats.keeps(format, options.write), tokens, options.write.nested)
    report.lost += (*dropped, *cut, *fitted.lost)
    report.findings += fitted.trimmed
    report.left_out.update(fitted.left_out)
    return fitted.batch


def _tokens(format: Format, options: ConvertOptions) -> TokenEdges | None:
    """Return the edges of tokens that spans must meet; those of documents, one after the other."""
    edges: Any = format.tokens(options.write)
    if edges is tokens.edges:
        return corpus_tokens
    if edges is None or hasattr(format, "read_back"):
        found: TokenEdges | None = edges
        return found

    def of_documents(batch: Batch) -> tuple[Numbers, Numbers]:
        """Return the edges of the tokens of each document."""
        begins = batch.points(batch.bounds)[:, 0].tolist()
        each = [(begin, edges(document)) for begin, document in zip(begins, documents_of(batch), strict=True)]
        starts, ends = ([begin + at for begin, sides in each for at in sides[n]] for n in (0, 1))
        return batch.offsets(np.array(starts, dtype=np.int64)), batch.offsets(np.array(ends, dtype=np.int64))

    return of_documents


def _unlike(batch: Batch, format: Format, found: str) -> Exception:
    said = f"{batch.name}: what was written as {format.NAME} reads back differently: {found}"
    if format.KEEPS.any_text:
        return NotVerified(said)
    return UsageError(
        f"{said}. {format.NAME} escapes nothing: the text holds what reads as annotation, as the start of a document "
        "or as another line end; choose another format"
    )


def _corpus_tokens(batch: Batch) -> tuple[Numbers, Numbers]:
    return corpus_tokens(batch)


def _from_arrays(
    batch: Batch, format: Format, options: ConvertOptions, report: Report
) -> list[tuple[Any, Batch, list[str]]] | None:
    rows_are_documents = format.UNIT == "document"
    if options.detokenize or options.cut_tokens or not (rows_are_documents or options.unit in (None, format.UNIT)):
        return None
    encoder = formats.columnar(format, options.write)
    has_more = len(batch.joins) or batch.sentence_table is not None or any(batch.extras) or options.review
    if encoder is None or has_more:
        return None
    unit = (options.unit or "document") if rows_are_documents else "document"
    edges: Any = format.tokens(options.write)
    edges = edges and (corpus_tokens if edges is tokens.edges else _corpus_tokens)
    entered = Report(report.format)
    changed = _changed(batch, format, options, entered, unit, edges)
    made = []
    for group in changed.groups(options.most or max(len(changed.documents), 1)):
        piece = encoder.encode(group, options.write) if group.documents else None
        if piece is None:
            return None
        if not encoder.holds(piece, group, options.write):
            raise NotVerified(f"{batch.name} reads back differently from {format.NAME}")
        made.append((piece, group, encoder.records(group)))
    report.add(entered)
    return made


def _from_documents(
    batch: Batch, format: Format, options: ConvertOptions, report: Report, folder: Path
) -> Iterator[tuple[Any, Batch, list[str]]]:
    changed = _changed(batch, format, options, report, options.unit or format.UNIT, _tokens(format, options))
    for group in changed.groups(options.most or max(len(changed.documents), 1)):
        if group.documents:
            documents = list(documents_of(group))
            piece = format.encode(documents, options.write)
            _prove(documents, Packed(piece, len(documents)), format, options, folder)
            yield piece, group, [document.id for document in documents]


def _prove(documents: list[Document], packed: Packed, format: Format, options: ConvertOptions, folder: Path) -> None:
    """Raise NotVerified unless a piece reads back as its documents, as far as the format keeps them."""
    write = replace(options.write, names=())
    keeps = formats.keeps(format, write)
    read = ReadOptions(
        labels=frozenset(count_labels(documents)) or None,
        markup="none",
        scheme=write.scheme,
        dialect=write.dialect,
        token_column="1",
        tag_column="-1",
        comments="none",
        accept_unrecognised=True,
    )
    with tempfile.TemporaryDirectory(dir=folder) as inner:
        path = Path(inner, f"piece{format.SUFFIXES[0]}")
        format.join(Pieces([packed], max(len(documents), 2)), path, write)
        remaining = iter(documents)
        for item in opened(gathered(format.read(Source(str(path), "doc", path), read), "doc")):
            if isinstance(item, Document):
                if (document := next(remaining, None)) is None:
                    raise _different(documents[-1].id, format)
                if signature(item, keeps) != signature(document, keeps):
                    raise _different(document.id, format)
            elif isinstance(item, Finding) and CODES[item.code].loses and not item.unread:
                raise NotVerified(f"{format.NAME} does not read back: {item.message}")
    if (document := next(remaining, None)) is not None:
        raise _different(document.id, format)


def _different(id: str, format: Format) -> Exception:
    if format.KEEPS.any_text:
        return NotVerified(f"document {id!r} reads back differently from {format.NAME}")
    return UsageError(
        f"document {id!r} reads back differently from {format.NAME}, which escapes nothing: its text holds what reads "
        "as annotation, as the start of a document or as another line end; choose another format"
    )
