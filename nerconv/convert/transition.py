"""Pieces of formats that do not take every batch yet: through documents where they ask for it. To be removed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from nerconv import formats, tokens, transform
from nerconv.batch import Batch
from nerconv.codes import CODES
from nerconv.convert.fit import fit as fit_batch
from nerconv.convert.report import ConvertOptions, NotVerified, Report
from nerconv.convert.signature import signature
from nerconv.convert.verify import difference
from nerconv.detokenize import detokenize
from nerconv.document import Document, Finding, count_labels
from nerconv.fit import fit
from nerconv.fit_columns import drop, fit_columns
from nerconv.formats import Format
from nerconv.formats.keeps import corpus_tokens
from nerconv.formats.pieces import Packed, Pieces
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, UsageError
from nerconv.units import cut_units
from nerconv.views import batch_of, documents_of, gathered, opened


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
    changed = _changed(batch, format, options, report)
    for group in changed.groups(options.most or max(len(changed.documents), 1)):
        if group.documents:
            piece = format.encode(group, options.write)  # type: ignore[arg-type]
            write = replace(options.write, names=())
            read = format.read_back(piece, write)  # type: ignore[attr-defined]
            if found := difference(group, read, formats.keeps(format, write)):
                raise _unlike(group, format, found)
            yield piece, group, [extent.id for extent in group.documents]


def _changed(batch: Batch, format: Format, options: ConvertOptions, report: Report) -> Batch:
    """Return documents as they are to be written; what is lost or left out on the way is entered in ``report``."""
    batch, dropped = drop(batch, options.drop)
    batch = batch.relabelled(options.labels)
    if options.detokenize or options.cut_tokens:
        documents = documents_of(batch)
        made = map(detokenize, documents) if options.detokenize else documents
        batch = batch_of(list(map(transform.cut_tokens, made) if options.cut_tokens else made), batch.name)
    batch, cut = cut_units(batch, options.unit or format.UNIT)
    edges = format.tokens(options.write)
    of_batch = corpus_tokens if edges is tokens.edges else edges
    fitted = fit_batch(batch, formats.keeps(format, options.write), of_batch, options.write.nested)  # type: ignore[arg-type]
    report.lost += (*dropped, *cut, *fitted.lost)
    report.findings += fitted.trimmed
    report.left_out.update(fitted.left_out)
    return fitted.batch


def _unlike(batch: Batch, format: Format, found: str) -> Exception:
    said = f"{batch.name}: what was written as {format.NAME} reads back differently: {found}"
    if format.KEEPS.any_text:
        return NotVerified(said)
    return UsageError(
        f"{said}. {format.NAME} escapes nothing: the text holds what reads as annotation, as the start of a document "
        "or as another line end; choose another format"
    )


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
    changed, lost = drop(batch, options.drop)
    changed, crossing = cut_units(
        changed.relabelled(options.labels), (options.unit or "document") if rows_are_documents else "document"
    )
    keeps, edges = formats.keeps(format, options.write), format.tokens(options.write)
    fitted = fit_columns(changed, keeps, edges, options.write.nested)
    made = []
    for group in fitted.batch.groups(options.most or max(len(fitted.batch.documents), 1)):
        piece = encoder.encode(group, options.write)
        if piece is None:
            return None
        if not encoder.holds(piece, group, options.write):
            raise NotVerified(f"{batch.name} reads back differently from {format.NAME}")
        made.append((piece, group, encoder.records(group)))
    report.lost += [*lost, *crossing, *fitted.lost]
    report.left_out.update(fitted.left_out)
    if not format.KEEPS.blank:
        blank = sum(len(group.documents) - len(ids) for _, group, ids in made)
        report.left_out.update({"documents without text": blank} if blank else {})
    return made


def _from_documents(
    batch: Batch, format: Format, options: ConvertOptions, report: Report, folder: Path
) -> Iterator[tuple[Any, Batch, list[str]]]:
    documents = [part for one in documents_of(batch) for part in _fitted(one, format, options, report)]
    size = options.most or max(len(documents), 1)
    for first in range(0, len(documents), size):
        some = documents[first : first + size]
        piece = format.encode(some, options.write)
        _prove(some, Packed(piece, len(some)), format, options, folder)
        yield piece, batch_of(some, batch.name), [document.id for document in some]


def _fitted(document: Document, format: Format, options: ConvertOptions, report: Report) -> Iterator[Document]:
    document, lost = transform.drop(document, options.drop)
    report.lost += lost
    document = transform.relabel(document, options.labels)
    if options.detokenize:
        document = detokenize(document)
    if options.cut_tokens:
        document = transform.cut_tokens(document)
    keeps, edges = formats.keeps(format, options.write), format.tokens(options.write)
    for part, cut in transform.cut_units(document, options.unit or format.UNIT):
        fitted = fit(part, keeps, edges, options.write.nested)
        report.lost += cut + fitted.lost
        report.findings += fitted.trimmed
        report.left_out.update(fitted.left_out)
        if keeps.blank or part.text.strip() or tokens.count(part):
            yield fitted.document
        else:
            report.left_out["documents without text"] += 1


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
