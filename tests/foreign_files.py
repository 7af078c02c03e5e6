"""Files of formats that are read and not written, made of documents by other means than nerconv's own."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence

from nerconv.document import Document


def tokens(line: str, at: int = 0) -> list[tuple[int, int]]:
    """Return where the tokens of a line that begins at an offset stand, those set apart by spaces."""
    return [(at + found.start(), at + found.end()) for found in re.finditer("[^ \t]+", line)]


def lines(text: str) -> list[tuple[int, str]]:
    """Return the lines of a text that hold a token, each with its offset."""
    found, at = [], 0
    for line in text.split("\n"):
        found += [(at, line)] if line.strip(" \t") else []
        at += len(line) + 1
    return found


def iob(documents: Sequence[Document]) -> str:
    """Return a sentence a line, each token with its tag behind a bar; of spans that share text the first has tags."""
    found = []
    for document in documents:
        tags: dict[int, str] = {}
        for span in document.spans:
            if not any(at in tags for at in range(span.start, span.end)):
                inside = dict.fromkeys(range(span.start, span.end), f"I-{span.label}")
                tags.update(inside | {span.start: f"B-{span.label}"})
        for at, line in lines(document.text):
            cells = (f"{document.text[a:b]}|{tags.get(a, 'O')}" for a, b in tokens(line, at))
            found.append(" ".join(cells))
    return "\n".join(found) + "\n"


def _escaped(value: str) -> str:
    for one in ("\\", "[", "]", "|", "_", "->", ";", "*"):
        value = value.replace(one, f"\\{one}")
    return value


def webanno(documents: Sequence[Document], layer: str = "webanno.custom.Entity|value") -> str:
    """Return rows of WebAnno TSV 3.3 with the spans that begin and end where tokens do, all documents in one text."""
    rows = ["#FORMAT=WebAnno TSV 3.3", f"#T_SP={layer}", "", ""]
    shift, sentence = 0, 0
    for document in documents:
        spans = [
            span
            for span in document.spans
            if {span.start, span.end}
            <= {edge for at, line in lines(document.text) for token in tokens(line, at) for edge in token}
        ]
        for at, line in lines(document.text):
            sentence += 1
            inner = line.strip(" \t")
            rows.append("#Text=" + inner.replace("\\", "\\\\").replace("\t", "\\t"))
            for number, (a, b) in enumerate(tokens(line, at), 1):
                here = [(number, span) for number, span in enumerate(spans, 1) if span.start <= a and b <= span.end]
                values = [
                    _escaped(span.label)
                    + (f"[{shift + id}]" if len(here) > 1 or (span.start, span.end) != (a, b) else "")
                    for id, span in here
                ]
                places = (shift + len(document.text[:each].encode("utf-16-le")) // 2 for each in (a, b))
                cells = (
                    f"{sentence}-{number}",
                    "-".join(map(str, places)),
                    document.text[a:b],
                    "|".join(values) or "_",
                )
                rows.append("\t".join(cells) + "\t")
            rows.append("")
        shift += len(document.text.encode("utf-16-le")) // 2 + 1
    return "\n".join(rows)


def pubtator(documents: Sequence[Document]) -> str:
    """Return titles, abstracts and spans, the first line of a document being its title."""
    rows = []
    for number, document in enumerate(documents, 1):
        title, _, abstract = document.text.rstrip("\n").partition("\n")
        rows += [f"{number}|t|{title}", f"{number}|a|{abstract.replace(chr(10), ' ')}"]
        for span in document.spans:
            rows.append(f"{number}\t{span.start}\t{span.end}\t{document.covered(span)}\t{span.label}\tX")
        rows.append("")
    return "\n".join(rows)


def bioc(documents: Sequence[Document]) -> str:
    """Return a collection of BioC in XML, made by the package bioc: a passage for each line."""
    from bioc import BioCAnnotation, BioCCollection, BioCDocument, BioCLocation, BioCPassage, biocxml

    found = BioCCollection()
    found.source, found.date, found.key = "nerconv", "2026-01-01", "none"
    for document in documents:
        one = BioCDocument()
        one.id = document.id
        for at, line in lines(document.text):
            passage = BioCPassage()
            passage.offset, passage.text = at, line
            one.add_passage(passage)
            for number, span in enumerate(document.spans):
                if at <= span.start < at + len(line):
                    each = BioCAnnotation()
                    each.id, each.text, each.infons = f"T{number}", document.covered(span), {"type": span.label}
                    each.add_location(BioCLocation(span.start, span.end - span.start))
                    passage.add_annotation(each)
        found.add_document(one)
    return str(biocxml.dumps(found))


def cas(documents: Sequence[Document]) -> str:
    """Return a CAS in JSON, made by the package dkpro-cassis, with all documents in one text."""
    import cassis

    types = cassis.TypeSystem()
    entity = types.create_type("webanno.custom.Entity", "uima.tcas.Annotation")
    types.create_feature(entity, "value", "uima.cas.String")
    found = cassis.Cas(types)
    found.sofa_string, shift = "\n".join(document.text for document in documents), 0
    for document in documents:
        found.add_all(
            [entity(begin=shift + span.start, end=shift + span.end, value=span.label) for span in document.spans]
        )
        shift += len(document.text) + 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(found.to_json())


#: By format what makes a file of it.
FOREIGN: Mapping[str, Callable[[Sequence[Document]], str]] = {
    "iob": iob,
    "webanno": webanno,
    "pubtator": pubtator,
    "bioc": bioc,
    "cas": cas,
}
