"""CAS of UIMA, as XMI or JSON, which INCEpTION, WebAnno and DKPro write, read by the package ``dkpro-cassis``
(``pip install 'nerconv[cas]'``).

Spans of one layer of the first view are read, and their labels from one feature; ``--layer`` names them where several
may be meant. XMI has its type system in a file beside it, ``TypeSystem.xml``, as tools export both.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from nerconv.document import Facts, Finding, Where
from nerconv.formats import layers, standoff
from nerconv.formats.beginnings import beginning
from nerconv.formats.damaged import damaged
from nerconv.formats.keeps import Keeps
from nerconv.formats.known import FORMATS
from nerconv.formats.layers import Layer
from nerconv.formats.record import OFFSET_UNIT
from nerconv.formats.standoff import Standoff, meeting
from nerconv.io.sources import Source, Unreadable
from nerconv.io.xml import refuse_entities
from nerconv.options import ReadOptions
from nerconv.packages import package

if TYPE_CHECKING:
    from nerconv.views import Read

NAME: Final = "cas"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = None
KEEPS: Final = Keeps(
    marks=False, ids=False, meta=False, any_text=False, provenance=False, flags=False, unlabelled=False
)
_SENTENCE: Final = ".segmentation.type.Sentence"
_TOKEN: Final = ".segmentation.type.Token"
#: Features of the ends of relations, which are annotations too.
_ENDS: Final = frozenset({"Governor", "Dependent"})
_TEXT: Final = "uima.cas.String"
_SOFA: Final = "{http:///uima/cas.ecore}Sofa"
#: A code point of two UTF-16 code units.
_WIDE: Final = re.compile("[\U00010000-\U0010ffff]")


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it begins like a CAS."""
    return beginning(head, NAME)


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then the document with what is wrong with it.

    Raises Unreadable for what is not a CAS, or has no type system beside it; UsageError where several layers may be
    meant, and without the package dkpro-cassis.
    """
    cas, text = _cas(source)
    with _refusing(source.name):
        found = [each for each in cas.select_all_annotations() if _is_span(each)]
    for each, extent in zip(found, _points(text, ((each.begin, each.end) for each in found)), strict=True):
        each.begin, each.end = extent
    held = _held(found)
    layer = layers.chosen(held, options.layer, source.name)
    views = [view.sofa.sofaID for view in cas.views]
    known = {"layer": str(layer) if layer else "none holds entities"} | layers.others(held, layer)
    yield Facts(source.name, NAME, known | ({"views not read": ", ".join(views[1:])} if len(views) > 1 else {}))
    document = Standoff(source.id, text, source.name, Where(source.name, 1, 1), unit=OFFSET_UNIT)
    document.findings += layers.lacking(held, layer, options.layer, source.name)
    document.sentences = _extents(found, text, _SENTENCE)
    document.joins = meeting(_extents(found, text, _TOKEN))
    for each in found:
        if layer and each.type.name == layer.name:
            _enter(document, each, layer)
    yield from standoff.readings([document], source, NAME)


def _cas(source: Source) -> tuple[Any, str]:
    """Return the CAS of a source and the text of its first view.

    The package gets no text: it would make two dictionaries of each, to count code points, with an entry for each.
    """
    library, etree = (package(name, f"{source.name}, a CAS,", "cas") for name in ("cassis", "lxml.etree"))
    data = source.read()
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        with _refusing(source.name):
            raw = json.loads(data.decode("utf-8-sig"))
            held = raw.get("%FEATURE_STRUCTURES")
            text = _without_text(each for each in (held if isinstance(held, list) else ()) if isinstance(each, dict))
            return library.load_cas_from_json(json.dumps(raw), lenient=True), text
    refuse_entities(data, source.name)
    types = _types(source)
    with _refusing(source.name):
        tree = etree.fromstring(data)
        text = _without_text(each.attrib for each in tree.iter(_SOFA))
        types = library.load_typesystem(io.BytesIO(types))
        return library.load_cas_from_xmi(io.BytesIO(etree.tostring(tree)), types, lenient=True), text


def _without_text(sofas: Iterable[Any]) -> str:
    """Take the text out of what the views of a CAS hold; return that of the first view."""
    texts = {each.get("sofaID"): each.pop("sofaString") for each in sofas if isinstance(each.get("sofaString"), str)}
    return str(texts.get("_InitialView", ""))


def _points(text: str, extents: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Yield extents that count UTF-16 code units in code points; an offset that is none of ``text`` stays as it is.

    >>> [*_points("a\U0001f600b", [(0, 3), (3, 4), (2, 9), (None, 1)])]
    [(0, 2), (2, 3), (2, 9), (None, 1)]
    """
    seconds = [found.start() + number for number, found in enumerate(_WIDE.finditer(text), 1)]

    def point(unit: Any) -> Any:
        """Return an offset in code points."""
        if type(unit) is not int or not 0 <= unit <= len(text) + len(seconds):
            return unit
        before = bisect_left(seconds, unit)
        return unit if seconds[before : before + 1] == [unit] else unit - before

    return ((point(begin), point(end)) for begin, end in extents)


def _types(source: Source) -> bytes:
    """Return the type system beside a source. Raises Unreadable without one."""
    near = sorted(source.path.parent.glob("*.xml")) if source.path else []
    found = [path for path in near if path.name.lower().endswith("typesystem.xml")]
    if not found:
        raise Unreadable(
            f"{source.name}: has no TypeSystem.xml beside it; unpack that of the export, or export CAS JSON"
        )
    data = found[0].read_bytes()
    refuse_entities(data, str(found[0]))
    return data


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Raise Unreadable for whatever the package raises: of a damaged file that can be anything; leave warnings out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        raise damaged(name, "is not a CAS, or is damaged", error) from error


def _is_span(annotation: Any) -> bool:
    return not _ENDS.issubset(feature.name for feature in annotation.type.all_features)


def _held(found: Sequence[Any]) -> dict[str, dict[str, int]]:
    """Return how many annotations have a value, by layer and feature; of layers without any, how many there are."""
    held: dict[str, dict[str, int]] = {}
    counts: dict[str, int] = {}
    for each in found:
        name = each.type.name
        counts[name] = counts.get(name, 0) + 1
        values = held.setdefault(name, {})
        for feature in each.type.all_features:
            if feature.rangeType.name == _TEXT or (
                feature.rangeType.supertype and feature.rangeType.supertype.name == _TEXT
            ):
                values[feature.name] = values.get(feature.name, 0) + bool(getattr(each, feature.name, None))
    return {name: values if any(values.values()) else {"": counts[name]} for name, values in held.items()}


def _extents(found: Sequence[Any], text: str, kind: str) -> list[tuple[int, int]]:
    """Return the extents of sentences or tokens, or none where one lies outside of the text."""
    extents = [(each.begin, each.end) for each in found if each.type.name.endswith(kind)]
    sound = all(type(begin) is type(end) is int and 0 <= begin <= end <= len(text) for begin, end in extents)
    return sorted(extents) if sound else []


def _enter(document: Standoff, annotation: Any, layer: Layer) -> None:
    label = getattr(annotation, layer.feature, None) if layer.feature else layer.short
    if label and type(annotation.begin) is type(annotation.end) is int:
        document.add([(annotation.begin, annotation.end)], str(label), None, document.where, False)
        return
    message = (
        f"{layer} at {annotation.begin}:{annotation.end} has no {'value' if not label else 'place'}; it is left out"
    )
    document.findings.append(Finding("F012", message, document.where, unread={str(label or "?"): 1}))
