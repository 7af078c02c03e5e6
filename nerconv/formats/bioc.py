"""BioC, XML or JSON, of PubMed, PubTator and many biomedical corpora, read by the package ``bioc``
(``pip install 'nerconv[bioc]'``).

Passages stand in the text where their offsets say; a line end stands for what is between two. The label of a span is
its infon ``type``. XML that declares entities is refused.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from nerconv.document import Facts, Finding, Where
from nerconv.formats import standoff
from nerconv.formats.beginnings import beginning
from nerconv.formats.damaged import damaged
from nerconv.formats.keeps import Keeps
from nerconv.formats.known import FORMATS
from nerconv.formats.shapes import shape
from nerconv.formats.standoff import Standoff
from nerconv.io.sources import Source, Unreadable
from nerconv.io.xml import refuse_entities
from nerconv.options import ReadOptions
from nerconv.packages import package

if TYPE_CHECKING:
    from nerconv.views import Read

NAME: Final = "bioc"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = None
KEEPS: Final = Keeps(marks=False, joins=False, any_text=False, provenance=False, flags=False, unlabelled=False)
#: Infons that hold labels, the first that an annotation has.
_LABELS: Final = ("type", "Type", "label", "semantic_type", "class", "category", "NE type", "entity_type")
#: Wider gaps between passages are not filled.
_WIDEST: Final = 1 << 12


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it begins like a collection of BioC."""
    return beginning(head, NAME)


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then documents with what is wrong with them.

    Raises Unreadable for what is not BioC, UsageError without the package bioc.
    """
    findings: list[Finding] = []
    counts = Counter[str]()
    cover = options.discontinuous == "cover"
    for _ in _documents(source, cover, findings, counts):
        pass  # what is said of all of them comes first, and they come again
    facts = {kind: f"{counts[kind]:,}" for kind in ("documents", "passages", "relations not read") if counts[kind]}
    yield Facts(source.name, NAME, facts)
    yield from findings
    yield from standoff.readings(_documents(source, cover, [], Counter()), source, NAME)


def _package(user: str) -> Any:
    for module in ("biocxml", "biocjson"):
        package(f"bioc.{module}.decoder", user, "bioc")
    return package("bioc", user, "bioc")


def _documents(source: Source, cover: bool, findings: list[Finding], counts: Counter[str]) -> Iterator[Standoff]:
    """Yield the documents; one of JSON that the package cannot read is entered in ``findings``."""
    library = _package(f"{source.name}, a file of BioC,")
    data = source.read()
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        refuse_entities(data, source.name)
        yield from (_standoff(document, source.name, cover, counts) for document in _of_xml(data, library, source.name))
        return
    for number, raw in enumerate(_json(data, source.name), 1):
        try:
            yield _standoff(library.biocjson.decoder.parse_doc(raw), source.name, cover, counts)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            message = f"document {number:,} is not BioC: {type(error).__name__}: {error}; it is left out"
            findings.append(Finding("F012", message, Where(source.name, 1, 1), unread=_labels_of(raw)))


def _of_xml(data: bytes, library: Any, name: str) -> Iterator[Any]:
    """Yield the documents of a collection, each parsed by itself. Raises Unreadable."""
    etree, decoder = package("lxml.etree", f"{name}, a file of BioC,", "bioc"), library.biocxml.decoder.BioCXMLDecoder()
    try:
        for _, document in etree.iterparse(io.BytesIO(data), tag="document"):
            collection = document.getparent()
            if collection is not None and collection.getparent() is None:
                alone = etree.tostring(document, with_tail=False)
                yield from decoder.decode(io.BytesIO(b"<collection>%b</collection>" % alone)).documents
                del collection[: collection.index(document)]
                document.clear()
    except Exception as error:  # the parser and the package raise errors of many kinds
        raise damaged(name, "is not BioC, or is damaged", error) from error


def _json(data: bytes, name: str) -> Iterator[Any]:
    """Yield the documents of collections, of a list of them, or of lines that are documents."""
    try:
        found = [msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))]
    except (ValueError, RecursionError):
        try:
            found = [msgspec.json.decode(line) for line in data.split(b"\n") if line.strip()]
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{name}: is not JSON: {error}") from error
    for each in found:
        for one in each if isinstance(each, list) else [each]:
            inner = next(
                (one[key] for key in ("documents", "PubTator3") if isinstance(one, dict) and key in one), [one]
            )
            yield from inner if isinstance(inner, list) else [inner]


def _labels_of(raw: Any) -> Counter[str]:
    """Return by label the annotations that a document of JSON seems to have."""
    found = Counter[str]()
    passages = raw.get("passages") if isinstance(raw, dict) else None
    for part in [raw, *(passages if isinstance(passages, list) else ())]:
        annotations = part.get("annotations") if isinstance(part, dict) else None
        for each in annotations if isinstance(annotations, list) else ():
            infons = each.get("infons") if isinstance(each, dict) else None
            found[str(infons.get("type", "?")) if isinstance(infons, dict) else "?"] += 1
    return found


def _standoff(document: Any, name: str, cover: bool, counts: Counter[str]) -> Standoff:
    """Return a document of the package as one whose annotation stands beside its text; all it has is counted."""
    found = Standoff(str(document.id or ""), "", name, Where(name, 1, 1))
    found.meta = {str(key): value for key, value in document.infons.items() if isinstance(value, str)}
    held = [(document, 0)]
    for passage in document.passages:
        parts = [passage] if passage.text else passage.sentences
        for part in parts:
            begin = _appended(found, _text(part.text), part.offset)
            held.append((part, begin - part.offset))
            if part is not passage and part.text:
                found.sentences.append((begin, begin + len(part.text)))
        held += [(sentence, held[-1][1]) for sentence in passage.sentences] if passage.text else [(passage, 0)]
    for part, shift in held:
        for annotation in part.annotations:
            _enter(found, annotation, shift, cover)
    relations = sum(len(part.relations) for part in (document, *document.passages))
    counts.update({"documents": 1, "passages": len(document.passages), "relations not read": relations})
    return found


def _text(value: Any) -> str:
    """Return a text, none as one. Raises TypeError for a value of another kind."""
    if value is None or isinstance(value, str):
        return value or ""
    raise TypeError(f"a text is {shape(value)}")


def _appended(found: Standoff, text: str, offset: int) -> int:
    """Append ``text``, at its offset where that lies behind the text so far, and return where it begins."""
    gap = offset - len(found.text)
    if not 0 <= gap <= _WIDEST:
        gap = 1 if found.text else 0
    found.text += "\n" * (gap > 0) + " " * (gap - 1) + text
    return len(found.text) - len(text)


def _enter(found: Standoff, annotation: Any, shift: int, cover: bool) -> None:
    infons = {str(key): value for key, value in annotation.infons.items()}
    label = next((str(infons[key]) for key in _LABELS if infons.get(key)), "")
    spots = [(spot.offset + shift, spot.offset + shift + spot.length) for spot in annotation.locations]
    if label and spots and all(type(edge) is int for spot in spots for edge in spot):
        found.add(spots, label, _text(annotation.text) or None, found.where, cover)
        return
    why = "has no location" if label else f"has no infon type; it has {', '.join(infons) or 'none'}"
    message = f"annotation {annotation.id} of {found.id} {why}; it is left out"
    found.findings.append(Finding("F012", message, found.where, unread={label or "?": 1}))
