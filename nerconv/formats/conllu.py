"""CoNLL-U with entities in its last column, MISC: ``SpaceAfter=No|NER=B-PER``.

The key of the tags is detected: the only one all of whose values are tags (``name``, ``NER``, ``Entity``), or tags that
stand there alone; ``--tag-column`` names another. The text is made of the forms and ``SpaceAfter=No``, a sentence a
line, and compared with ``# text``; a multiword token is one token of it, and empty nodes are left out. Tokens that meet
are written with ``SpaceAfter=No``; other white space is one space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nerconv import schemes
from nerconv.document import Finding, Where
from nerconv.formats.beginnings import beginning
from nerconv.formats.conll_read import last_sentence
from nerconv.formats.keeps import Keeps, TokenEdges, corpus_tokens
from nerconv.formats.known import FORMATS
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.record import Record
from nerconv.formats.record_read import corrected
from nerconv.formats.shapes import listed, shown
from nerconv.formats.tagged_chunks import Lines, TaggedFormat, Tags
from nerconv.formats.tagged_sentences import TaggedDocument, TaggedSentence, record_of
from nerconv.io import chunks
from nerconv.io.chunks import Cuts
from nerconv.io.sources import Source, Unreadable
from nerconv.notation import Notation
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.spelling import spelling

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Read

NAME: Final = "conllu"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
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
_DOCUMENT: Final = re.compile(r"# newdoc(?: id = (.*))?")
_NEWDOC: Final = re.compile(rb"^# newdoc(?: id = [^\n]*)?(?:\n|\Z)", re.M)
#: The beginning of a row.
_SOME: Final = re.compile(rb"^[^#\s]", re.M)
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
    """The words of a sentence, and the text that its comment names."""

    words: list[_Word] = field(default_factory=list)
    text: str = ""
    faults: list[Finding] = field(default_factory=list)
    last: int = 0

    def tagged(self, key: str | None) -> TaggedSentence:
        """Return the sentence with the tags under ``key`` of MISC, O where a word has none."""
        tags = ["O" if key is None else word.misc.get(key, "O") for word in self.words]
        places = [(word.line, 1) for word in self.words]
        spaces = [word.space for word in self.words]
        return TaggedSentence([word.form for word in self.words], tags, places, spaces, self.text, self.faults)


@dataclass(slots=True)
class _Document:
    """A document: its id, or nothing, the line that it begins on, and its sentences."""

    id: str
    line: int
    sentences: list[_Sentence] = field(default_factory=list)

    def tagged(self, key: str | None) -> TaggedDocument:
        """Return the document with the tags under ``key`` of MISC."""
        return TaggedDocument(self.id, [sentence.tagged(key) for sentence in self.sentences], self.line)


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it has the suffix, or that its first row has ten columns and the number 1 in the first."""
    if suffix in SUFFIXES:
        return f"its suffix is {suffix}"
    return beginning(head, NAME)


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return the token edges of the text: each token is a row."""
    return corpus_tokens


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then documents with what is wrong with them.

    Raises Unreadable for what is not text, or where two keys of MISC hold tags; UsageError for an unknown scheme.
    """
    return chunks.read(SURVEYOR, source, options)


def _documents(lines: Lines, name: str) -> list[_Document]:
    """Return the documents of the lines of a file, or of a part of it."""
    documents, sentence = [_Document("", 1)], _Sentence()
    for number, line in lines:
        if not line.strip():
            sentence = _ended(sentence, documents[-1])
        elif line.startswith("#"):
            if found := _DOCUMENT.fullmatch(line):
                documents.append(_Document((found[1] or "").strip(), number))
            elif line.startswith(_TEXT):
                sentence.text = line.removeprefix(_TEXT).strip()
        else:
            _add(sentence, number, line, name)
    _ended(sentence, documents[-1])
    return [document for document in documents if document.sentences]


def _ended(sentence: _Sentence, document: _Document) -> _Sentence:
    if sentence.words or sentence.faults:
        document.sentences.append(sentence)
    return _Sentence()


def _add(sentence: _Sentence, number: int, line: str, name: str) -> None:
    """Enter a row in ``sentence``; those of words that a multiword token covers add what they say to it."""
    cells = line.split("\t")
    found = _ID.fullmatch(cells[0])
    if len(cells) != _WIDTH or not found:
        message = f"a row has {_WIDTH} columns set apart by tabs, the first a number; this one is {shown(line)}"
        sentence.faults.append(Finding("F011", f"{message}; the sentence is left out", Where(name, number, 1)))
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


def _tags(chunks: Iterable[Sequence[_Document]], name: str, options: ReadOptions) -> Tags:
    """Return the key of MISC that the tags stand under, None without one. Raises Unreadable where several hold tags."""
    key = options.tag_column or _key(chunks, name)
    return Tags(key, {"tags": "none in MISC" if key is None else f"{key or 'values without a key'} in MISC"})


def _key(chunks: Iterable[Sequence[_Document]], name: str) -> str | None:
    """Return the key of MISC whose values are all tags, None without one. Raises Unreadable where several are."""
    values: dict[str, set[str]] = {}
    others: set[str] = set()
    words = (word for some in chunks for one in some for sentence in one.sentences for word in sentence.words)
    for key, value in chain.from_iterable(word.misc.items() for word in words):
        if key in others or value in (held := values.setdefault(key, set())):
            continue
        held.add(value)
        if not spelling(value).is_sound:
            others.add(key)
            del values[key]
    filled = [key for key in values if values[key] != {"O"}]
    if len(filled) > 1:
        raise Unreadable(f"{name}: several keys of MISC hold tags ({listed(filled)}); say --tag-column {filled[0]}")
    return next(iter(filled or values), None)


def _tagged(documents: Sequence[_Document], key: str | None, name: str) -> list[TaggedDocument]:
    return [document.tagged(key) for document in documents]


def _last_document(raw: bytes) -> int:
    """Return where the sentence begins in ``raw`` whose comments begin the last document, or 0."""
    # The last line may not be whole.
    begins = [found.start() for found in _NEWDOC.finditer(raw, 0, raw.rfind(b"\n") + 1)]
    return _block(raw, begins[-1]) if begins else 0


def _block(raw: bytes, at: int) -> int:
    """Return where the first of the lines that are not blank begins that stand before the line at an offset."""
    while at:
        before = raw.rfind(b"\n", 0, at - 1) + 1
        if not raw[before : at - 1].decode().strip():
            return at
        at = before
    return at


def _last_sentence(raw: bytes) -> int:
    """Return where the last sentence of ``raw`` begins, or 0 where no row stands before it."""
    at = last_sentence(raw)
    return at if _SOME.search(raw, 0, at) else 0


def _begins_document(raw: bytes) -> bool:
    """Whether the comments of the first sentence of ``raw`` begin a document."""
    found = _NEWDOC.search(raw)
    return found is not None and not raw[: _block(raw, found.start())].decode().strip()


SURVEYOR: Final = TaggedFormat(NAME, Cuts(_last_document, _last_sentence, _begins_document), _documents, _tags, _tagged)


def encode(batch: Batch, options: WriteOptions) -> bytes:
    """Return the rows of documents, their tags under NER in MISC in ``options.scheme``.

    Raises UsageError for an id or a label that does not fit a row.
    """
    from nerconv.formats.class_labels import refuse_labels
    from nerconv.formats.tagged import tagged, token_texts

    refuse_labels(batch.counts(), "|\t\n\r", "a bar, a tab or a line end, which MISC cannot")
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
    for document in _documents(lines, ""):
        made = record_of(document.tagged(_WRITTEN), document.id, notation, "", read, Once())
        if made.findings or not document.id:
            raise ValueError("a token or a label does not fit a row of CoNLL-U")
        records.append(corrected(made.record, document.id, Where("", 1, 1))[0])
    return batch_of_records(records, "", None)


def join(pieces: Pieces, path: Path, options: Any) -> None:
    """Write the rows of ``pieces``."""
    join_lines(pieces.packed, path)
