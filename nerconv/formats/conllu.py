"""CoNLL-U with entities in its last column, MISC: ``SpaceAfter=No|NER=B-PER``.

The key of the tags is detected: the only one all of whose values are tags (``name``, ``NER``, ``Entity``), or tags that
stand there alone; ``--tag-column`` names another. The text is made of the forms and ``SpaceAfter=No``, a sentence a
line, and compared with ``# text``; a multiword token is one token of it, and empty nodes are left out. Tokens that meet
are written with ``SpaceAfter=No``; other white space is one space.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nerconv import schemes
from nerconv.document import Facts, Finding, Where
from nerconv.formats.keeps import Keeps, TokenEdges, corpus_tokens
from nerconv.formats.known import FORMATS
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.record import OFFSET_UNIT, OriginRecord, Record, SpanRecord
from nerconv.formats.record_read import corrected
from nerconv.formats.scheme_detection import detect, refusal
from nerconv.formats.shapes import listed, shown
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import TextSource, text_of
from nerconv.notation import Notation
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.schemes import InvalidTags
from nerconv.spelling import spelling
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Read

NAME: Final = "conllu"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = None
KEEPS: Final = Keeps(
    text=False,
    nesting=False,
    crossing=False,
    marks=False,
    joins=False,
    meta=False,
    blank=False,
    any_text=False,
    provenance=False,
    flags=False,
    unlabelled=False,
)
_WIDTH: Final = 10
_ID: Final = re.compile(r"(\d+)(?:-(\d+)|(\.\d+))?")
_ROW: Final = re.compile(rb"\A(?:#[^\n]*\n)*1(?:-\d+)?(?:\t[^\t\n]+){9}$", re.MULTILINE)
_DOCUMENT: Final = re.compile(r"# newdoc(?: id = (.*))?")
_TEXT: Final = "# text = "
#: Values of MISC without a key.
_BARE: Final = ""
_WRITTEN: Final = "NER"


@dataclass(slots=True)
class _Word:
    """A row: what it is called, its form, whether a space follows, the values of MISC by key, and its line."""

    form: str
    space: bool
    misc: dict[str, str]
    line: int


@dataclass(slots=True)
class _Sentence:
    """The words of a sentence, the text that its comment names, and its first line."""

    line: int
    words: list[_Word] = field(default_factory=list)
    text: str = ""
    faults: list[Finding] = field(default_factory=list)
    last: int = 0


@dataclass(slots=True)
class _Document:
    """A document: its id, or nothing, and its sentences."""

    id: str
    sentences: list[_Sentence] = field(default_factory=list)


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it has the suffix, or that its first row has ten columns and the number 1 in the first."""
    if suffix in SUFFIXES:
        return f"its suffix is {suffix}"
    return "its first row has the ten columns of CoNLL-U" if _ROW.match(head) else None


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return the token edges of the text: each token is a row."""
    return corpus_tokens


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then documents with what is wrong with them.

    Raises Unreadable for what is not text, or where two keys of MISC hold tags; UsageError for an unknown scheme.
    """
    from nerconv.formats.record_batch import batch_of_records
    from nerconv.views import Reading

    with text_of(source, options.encoding) as text:
        documents = _documents(_lines(text), source)
        facts, findings = text.facts, text.findings
    once = Once()
    key = options.tag_column or _key(documents, source.name)
    sentences = [sentence for document in documents for sentence in document.sentences]
    detection = detect((_tags(each, key) for each in sentences), options.scheme, options.invalid != "error")
    named = {"tags": f"{key or 'values without a key'} in MISC"} if key is not None else {"tags": "none in MISC"}
    yield Facts(source.name, NAME, facts | named | {"scheme": str(detection)}, detection.name, detection.candidates)
    yield from findings
    if detection.notation is None:
        code, why = refusal(detection, options.repair_option, options.scheme_option)
        unread = sum((schemes.meant(_tags(each, key)) for each in sentences), Counter[str]())
        yield Finding(code, why, Where(source.name, 1, 1), unread=unread)
        return
    ids = UniqueIds()
    for number, document in enumerate(documents, 1):
        id = document.id or (source.id if len(documents) == 1 else f"{source.id}#{number}")
        if not ids.are_new([id]):
            id = f"{id}#{number}"
        record, found = _record(document, id, key, detection.notation, source.name, options, once)
        record, wrong = corrected(record, id, Where(source.name, document.sentences[0].line, 1))
        yield Reading(batch_of_records([record], source.name, source.name), {0: [*found, *wrong]})
    yield from once.findings()


def _lines(text: TextSource) -> Iterator[tuple[int, str]]:
    for first, block in text.blocks():
        yield from ((number, line.decode()) for number, line in enumerate(block, first))


def _documents(lines: Iterator[tuple[int, str]], source: Source) -> list[_Document]:
    """Return the documents of the lines of a file."""
    documents, sentence = [_Document("")], _Sentence(0)
    for number, line in lines:
        if not line.strip():
            sentence = _ended(sentence, documents[-1])
        elif line.startswith("#"):
            if found := _DOCUMENT.fullmatch(line):
                documents.append(_Document((found[1] or "").strip()))
            elif line.startswith(_TEXT):
                sentence.text = line.removeprefix(_TEXT).strip()
        else:
            sentence.line = sentence.line or number
            _add(sentence, number, line, source)
    _ended(sentence, documents[-1])
    return [document for document in documents if document.sentences]


def _ended(sentence: _Sentence, document: _Document) -> _Sentence:
    if sentence.words or sentence.faults:
        document.sentences.append(sentence)
    return _Sentence(0)


def _add(sentence: _Sentence, number: int, line: str, source: Source) -> None:
    """Enter a row in ``sentence``; those of words that a multiword token covers add what they say to it."""
    cells = line.split("\t")
    found = _ID.fullmatch(cells[0])
    if len(cells) != _WIDTH or not found:
        message = f"a row has {_WIDTH} columns set apart by tabs, the first a number; this one is {shown(line)}"
        sentence.faults.append(Finding("F011", f"{message}; the sentence is left out", Where(source.name, number, 1)))
        return
    first, last, empty = found.groups()
    misc = dict(_pair(each) for each in cells[9].split("|") if each != "_")
    if empty:
        return
    if last is None and int(first) <= sentence.last and sentence.words:
        for key, value in misc.items():
            if sentence.words[-1].misc.setdefault(key, value) == "O":
                sentence.words[-1].misc[key] = value
        return
    sentence.last = int(last) if last else sentence.last
    sentence.words.append(_Word(cells[1], misc.get("SpaceAfter") != "No", misc, number))


def _pair(value: str) -> tuple[str, str]:
    key, equals, rest = value.partition("=")
    return (key, rest) if equals else (_BARE, value)


def _key(documents: Sequence[_Document], name: str) -> str | None:
    """Return the key of MISC whose values are all tags, None without one. Raises Unreadable where several are."""
    values: dict[str, set[str]] = {}
    for document in documents:
        for sentence in document.sentences:
            for word in sentence.words:
                for key, value in word.misc.items():
                    values.setdefault(key, set()).add(value)
    found = [key for key, some in values.items() if all(spelling(each).is_sound for each in some)]
    filled = [key for key in found if values[key] != {"O"}]
    if len(filled) > 1:
        raise Unreadable(f"{name}: several keys of MISC hold tags ({listed(filled)}); say --tag-column {filled[0]}")
    return next(iter(filled or found), None)


def _tags(sentence: _Sentence, key: str | None) -> list[str]:
    return ["O" if key is None else word.misc.get(key, "O") for word in sentence.words]


def _record(
    document: _Document, id: str, key: str | None, notation: Notation, name: str, options: ReadOptions, once: Once
) -> tuple[Record, list[Finding]]:
    """Return a document as a record, and what of its sentences could not be read."""
    lines: list[str] = []
    spans: list[SpanRecord] = []
    joins: list[int] = []
    anchors: list[tuple[int, int, int]] = []
    findings: list[Finding] = []
    begin = 0
    for sentence in document.sentences:
        tags = _tags(sentence, key)
        try:
            decoded = notation.decode(tags, options.invalid).spans if not sentence.faults else []
        except InvalidTags as error:
            where = Where(name, sentence.line, 1)
            sentence.faults.append(Finding("F005", f"{error}; the sentence is left out", where))
        if sentence.faults:
            findings += [*sentence.faults[:-1], _unread(sentence.faults[-1], tags)]
            continue
        starts, text = _placed(sentence, begin, joins)
        if sentence.text and "".join(sentence.text.split()) != "".join(text.split()):
            message = f"# text is {shown(sentence.text)}, and the forms make {shown(text)}, which is read"
            once.add("F015", message, Where(name, sentence.line, 1), {})
        for first, behind, label in decoded:
            end = starts[behind - 1] + len(sentence.words[behind - 1].form)
            spans.append(SpanRecord(starts[first], end, label, sentence.words[first].line, 1))
        anchors += [(start, word.line, 1) for start, word in zip(starts, sentence.words, strict=True)]
        lines.append(text)
        begin += len(text) + 1
    anchors[:1] = [(0, *anchors[0][1:])] if anchors else [(0, 1, 1)]
    text = "\n".join(lines)
    origin = OriginRecord(name, anchors)
    return Record(id=id, text=text, offset_unit=OFFSET_UNIT, spans=spans, joins=joins, origin=origin), findings


def _unread(finding: Finding, tags: Sequence[str]) -> Finding:
    return Finding(finding.code, finding.message, finding.where, unread=dict(schemes.meant(tags)))


def _placed(sentence: _Sentence, begin: int, joins: list[int]) -> tuple[list[int], str]:
    """Return where the words of a sentence start, and its text; where two meet is entered in ``joins``."""
    starts, pieces, at = [], [], begin
    for number, word in enumerate(sentence.words, 1):
        starts.append(at)
        at += len(word.form)
        pieces.append(word.form)
        if number < len(sentence.words):
            pieces.append(" " if word.space else "")
            if not word.space:
                joins.append(at)
            at += word.space
    return starts, "".join(pieces)


def encode(batch: Batch, options: WriteOptions) -> bytes:
    """Return the rows of documents, their tags under NER in MISC in ``options.scheme``."""
    from nerconv.formats.tagged import tagged, token_texts

    counts, numbers, names = tagged(batch, options)
    starts, ends, closes = (each.tolist() for each in batch.tokens)
    texts, tags = token_texts(batch), [names[number] for number in numbers.tolist()]
    lines: list[str] = []
    at = 0
    for extent, count in zip(batch.documents, counts.tolist(), strict=True):
        if count:
            lines.append(f"# newdoc id = {_one_line(extent.id)}\n")
        rows: list[str] = []
        text, sentence = "", 0
        for place in range(at, at + count):
            last = closes[place] or place + 1 == at + count
            space = last or starts[place + 1] > ends[place]
            misc = [
                *([] if space else ["SpaceAfter=No"]),
                *([f"{_WRITTEN}={tags[place]}"] if tags[place] != "O" else []),
            ]
            rows.append("\t".join((str(len(rows) + 1), texts[place], *["_"] * 7, "|".join(misc) or "_")))
            text += texts[place] + (" " if space and not last else "")
            if last:
                sentence += 1
                lines.append("\n".join([f"# sent_id = {sentence}", f"{_TEXT}{text}", *rows, "\n"]))
                rows, text = [], ""
        at += count
    return "".join(lines).encode()


def _one_line(id: str) -> str:
    if "\n" in id or "\r" in id or id != id.strip():
        raise UsageError(f"the id {id!r} does not fit a line of CoNLL-U; choose another format")
    return id


def read_back(piece: bytes, options: WriteOptions) -> Batch:
    """Return what is read of rows that were written. Raises ValueError where they do not read as they stand."""
    from nerconv.formats.record_batch import batch_of_records

    lines = enumerate(piece.decode().split("\n"), 1)
    read = ReadOptions(scheme=options.scheme)
    notation = Notation(schemes.get(options.scheme).name)
    records: list[Record] = []
    for document in _documents(lines, Source("", "")):
        record, findings = _record(document, document.id, _WRITTEN, notation, "", read, Once())
        if findings or not document.id:
            raise ValueError("a token or a label does not fit a row of CoNLL-U")
        records.append(corrected(record, document.id, Where("", 1, 1))[0])
    return batch_of_records(records, "", None)


def join(pieces: Pieces, path: Path, options: Any) -> None:
    """Write the rows of ``pieces``."""
    join_lines(pieces.packed, path)
