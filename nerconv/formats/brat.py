"""brat: a text, and beside it annotation in a file of the same name that ends in ``.ann``; written as a folder of both.

Read are the text-bound lines, such as ``T1 PER 0 4 Nora``; others are counted. Fragments between which only white
space stands are one span, since brat cuts spans at line ends. Any other discontinuous span is lost, or read as all from
its first fragment to its last one with ``--discontinuous cover``. ``annotation.conf`` is written beside, with the
labels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Facts, Finding, Where
from nerconv.formats.keeps import Keeps, TokenEdges
from nerconv.formats.known import FORMATS
from nerconv.formats.offsets import in_points
from nerconv.formats.own import Own
from nerconv.formats.pieces import Pieces
from nerconv.formats.record import OriginRecord, Record, SpanRecord
from nerconv.formats.record_read import corrected
from nerconv.formats.shapes import shown
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Read

NAME: Final = "brat"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = None
#: What is written is a folder.
FOLDER: Final = True
KEEPS: Final = Keeps(
    sentences=False,
    marks=False,
    joins=False,
    ids=False,
    meta=False,
    any_text=False,
    provenance=False,
    flags=False,
    unlabelled=False,
)
TEXT: Final = ".txt"
_LINE: Final = re.compile(r"T[^\t]*\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?")
_WHITE: Final = re.compile(r"[\t\r\n]")
_HEAD: Final = re.compile(rb"\A(?:[A-Z#*][^\t\n]*\t[^\n]*\n)*?T\d+\t\S+ \d+ \d+", re.MULTILINE)
_CONFIG: Final = "[entities]\n{}\n\n[relations]\n\n[events]\n\n[attributes]\n"


class BratDocument(NamedTuple):
    """The id of a document, its text, and its spans: fragments and label."""

    id: str
    text: str
    spans: list[tuple[list[tuple[int, int]], str]]

    def annotation(self) -> str:
        """Return the lines of the file with annotation."""
        lines = []
        for number, (fragments, label) in enumerate(self.spans, 1):
            offsets = ";".join(f"{start} {end}" for start, end in fragments)
            lines.append(f"T{number}\t{label} {offsets}\t{_covered(self.text, fragments)}\n")
        return "".join(lines)

    def behind(self, other: BratDocument) -> BratDocument:
        """Return this, a part of a document, behind what came before of it."""
        text = other.text if other.text.endswith("\n") else f"{other.text}\n"
        moved = [([(a + len(text), b + len(text)) for a, b in pieces], label) for pieces, label in self.spans]
        return BratDocument(other.id, text + self.text, other.spans + moved)


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it has the suffix of brat, or lines as brat has them."""
    if suffix in SUFFIXES:
        return f"its suffix is {suffix}"
    return "its lines are text-bound annotation" if _HEAD.match(head) else None


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return None: a span stands at any offset."""
    return None


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then the document with what is wrong with it. Raises Unreadable without the text beside it."""
    from nerconv.formats.record_batch import batch_of_records
    from nerconv.views import Reading

    name, text = _text_of(source, options.encoding)
    lines = _decoded(source.read(), source.name, "utf-8").split("\n")
    spans, own, findings, others = _spans(lines, text, source.name, options.discontinuous == "cover")
    facts = {"text": name}
    if others:
        facts["lines not read"] = ", ".join(f"{kind} ({count:,})" for kind, count in sorted(others.items()))
    begins = (found.end() for found in re.finditer("\n", text))
    anchors = [(0, 1, 1), *((at, line, 1) for line, at in enumerate(begins, 2))]
    record = Record(id=source.id, text=text, spans=spans, origin=OriginRecord(name, anchors))
    unit, record = in_points(record, own)
    if unit:
        facts["offsets that counted"] = unit
    yield Facts(source.name, NAME, facts)
    where = Where(source.name, 1, 1)
    record, wrong = corrected(record, source.id, where, own if any(each.text is not None for each in own) else ())
    yield Reading(batch_of_records([record], source.name, name), {0: [*findings, *wrong]})


def _text_of(source: Source, encoding: str) -> tuple[str, str]:
    """Return the name and the text beside ``source``, its line ends as they are. Raises Unreadable."""
    if source.path is None or source.packed:
        raise Unreadable(f"{source.name}: brat has its text in a file beside it, so name a file that is not compressed")
    path = source.path.with_suffix(TEXT)
    name = str(Path(source.name).with_suffix(TEXT))
    try:
        return name, _decoded(path.read_bytes(), name, encoding)
    except OSError as error:
        raise Unreadable(f"{name}: cannot be read ({error.strerror}); {source.name} annotates it") from error


def _decoded(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Unreadable(f"{name}: is not {encoding}: {error}; name the encoding of texts with --encoding") from error


def _spans(
    lines: Sequence[str], text: str, name: str, cover: bool
) -> tuple[list[SpanRecord], list[Own], list[Finding], Counter[str]]:
    """Return the spans that ``lines`` hold, what each says that it covers, findings, and other lines by their kind."""
    spans, own, findings = [], [], []
    others: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line.removesuffix("\r"))
        where = Where(name, number, 1)
        if found is None:
            if line.startswith("T"):
                findings.append(Finding("F012", f"no annotation of brat: {shown(line)}", where, unread={"?": 1}))
            elif line.strip():
                others[line[0]] += 1
            continue
        label, offsets, covers = found.groups()
        numbers = [*map(int, re.split("[ ;]", offsets))]
        start, end = min(numbers[::2]), max(numbers[1::2])
        fragments = [*zip(numbers[::2], numbers[1::2], strict=True)]
        if len(fragments) > 1 and not cover and not _is_continuous(fragments, text):
            message = f"{label} {offsets} {shown(covers or '')} is discontinuous; --discontinuous cover reads all of it"
            findings.append(Finding("F012", message, where, unread={label: 1}))
            continue
        spans.append(SpanRecord(start, end, label))
        agrees = _covered(text, fragments) == covers
        own.append(Own(text[start:end] if agrees else covers, None))
    return spans, own, findings, others


def _covered(text: str, fragments: Sequence[tuple[int, int]]) -> str:
    """Return what fragments cover as a line of brat has it."""
    return _WHITE.sub(" ", " ".join([text[start:end] for start, end in fragments]))


def _is_continuous(fragments: Sequence[tuple[int, int]], text: str) -> bool:
    """Whether only white space stands between fragments."""
    gaps = pairwise(sorted(fragments))
    return all(before[1] <= after[0] and not text[before[1] : after[0]].strip() for before, after in gaps)


def encode(batch: Batch, options: WriteOptions) -> list[BratDocument]:
    """Return each document with its spans, those over line ends in fragments."""
    from nerconv.views import documents_of

    return [
        BratDocument(one.id, one.text, [(_fragments(one.text, span.start, span.end), span.label) for span in one.spans])
        for one in documents_of(batch)
    ]


def _fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return ``start:end`` of ``text`` cut at line ends, and whole where it begins or ends with one."""
    lines = re.finditer(r"(?:[^\r\n]|\r(?!\n))+", text[start:end])
    found = [(start + line.start(), start + line.end()) for line in lines]
    return found if found and (found[0][0], found[-1][1]) == (start, end) else [(start, end)]


def read_back(piece: Sequence[BratDocument], options: WriteOptions) -> Batch:
    """Return what is read of documents that were written. Raises ValueError where they do not read as they stand."""
    from nerconv.formats.record_batch import batch_of_records

    records = []
    for document in piece:
        lines = document.annotation().split("\n")
        spans, own, findings, others = _spans(lines, document.text, "", False)
        record = Record(id=document.id, text=document.text, spans=spans, offset_unit="code point")
        record, wrong = corrected(record, document.id, Where("", 1, 1), own)
        if findings or others or wrong or len(spans) != len(document.spans):
            raise ValueError("a label or a text does not fit a line of brat")
        records.append(record)
    return batch_of_records(records, "", None)


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write a folder with a text and its annotation for each document, and the labels of all in annotation.conf."""
    path.mkdir()
    labels: set[str] = set()
    names: Counter[str] = Counter()
    held: BratDocument | None = None
    for packed in pieces.packed:
        for number, document in enumerate(packed.piece):
            labels.update(label for _, label in document.spans)
            if held is not None and packed.goes_on and not number:
                held = document.behind(held)
                continue
            _write(held, path, names)
            held = document
    _write(held, path, names)
    path.joinpath("annotation.conf").write_text(_CONFIG.format("\n".join(sorted(labels))), encoding="utf-8")


def _write(document: BratDocument | None, folder: Path, names: Counter[str]) -> None:
    """Write a document under its id, what no file name holds replaced, numbered where another one has that name."""
    if document is None:
        return
    name = re.sub(r"[^\w.-]+", "_", document.id).strip("._")[:100] or "document"
    names[name.casefold()] += 1
    if (count := names[name.casefold()]) > 1:
        name = f"{name}~{count}"
    folder.joinpath(f"{name}{TEXT}").write_bytes(document.text.encode())
    folder.joinpath(f"{name}{SUFFIXES[0]}").write_bytes(document.annotation().encode())
