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
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Facts, Finding, Where
from nerconv.formats import standoff
from nerconv.formats.keeps import Keeps, TokenEdges
from nerconv.formats.known import FORMATS
from nerconv.formats.pieces import Pieces
from nerconv.formats.record import OFFSET_UNIT, Record
from nerconv.formats.record_read import corrected
from nerconv.formats.shapes import shown
from nerconv.formats.standoff import Standoff, covered
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
    labels=r"\S+",
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
            lines.append(f"T{number}\t{label} {offsets}\t{covered(self.text, fragments)}\n")
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
    name, text = _text_of(source, options.encoding)
    lines = _decoded(source.read(), source.name, "utf-8").split("\n")
    document = Standoff(source.id, text, name, Where(source.name, 1, 1))
    others = _enter(document, lines, source.name, options.discontinuous == "cover")
    begins = (found.end() for found in re.finditer("\n", text))
    document.anchors = [(0, 1, 1), *((at, line, 1) for line, at in enumerate(begins, 2))]
    facts = {"text": name}
    if others:
        facts["lines not read"] = ", ".join(f"{kind} ({count:,})" for kind, count in sorted(others.items()))
    yield Facts(source.name, NAME, facts)
    yield from standoff.readings([document], source, NAME)


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


def _enter(document: Standoff, lines: Sequence[str], name: str, cover: bool) -> Counter[str]:
    """Enter the spans that ``lines`` hold, and what cannot be read; return other lines by their kind."""
    others: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line.removesuffix("\r"))
        where = Where(name, number, 1)
        if found is None:
            if line.startswith("T"):
                wrong = Finding("F012", f"no annotation of brat: {shown(line)}", where, unread={"?": 1})
                document.findings.append(wrong)
            elif line.strip():
                others[line[0]] += 1
            continue
        label, offsets, covers = found.groups()
        numbers = [*map(int, re.split("[ ;]", offsets))]
        fragments = [*zip(numbers[::2], numbers[1::2], strict=True)]
        document.add(fragments, label, covers, where, cover)
    return others


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
        read = Standoff(document.id, document.text, "", Where("", 1, 1))
        others = _enter(read, document.annotation().split("\n"), ".ann", False)
        record = Record(id=document.id, text=document.text, spans=read.spans, offset_unit=OFFSET_UNIT)
        record, wrong = corrected(record, document.id, Where("", 1, 1), read.own)
        if read.findings or others or wrong or len(read.spans) != len(document.spans):
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
