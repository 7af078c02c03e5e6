"""The hub: text with labelled spans, where each came from, and what became of it.

Text and offsets are the truth. Offsets are code points into ``Document.text``, half-open. Tokens and
tags are computed from them (``nerconv.tokens``, ``nerconv.schemes``), never stored. Everything here is
frozen; change a value with ``dataclasses.replace``. When it is loaded this module imports nothing of nerconv.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

#: White space that separates tokens and lines. Every other code point belongs to a token, a carriage
#: return too unless a line feed follows it.
WHITE_SPACE = " \t\n"
#: Kinds of marks: from the first on nobody labelled the text, so that it says nothing of spans; from the second on, or
#: from the next sentence on, somebody did. The text of a mark says by what that is known: ``-100``, ``missing``.
UNLABELLED, LABELLED = "unlabelled", "labelled"


class Where(NamedTuple):
    """A place in a source file: path, line and column, both from 1, the column in code points.

    >>> str(Where("cable.txt", 3, 17))
    'cable.txt:3:17'
    """

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch ``text[start:end]`` of a document, and the place it was read from.

    ``where`` is the opening bracket, the first column row or the record that the span was read from; ``flags`` are the
    codes of the lint rules that flag it, where they were asked for. Neither takes part in equality. Raises
    ValueError for an empty span, a negative offset or no label.

    >>> Span(0, 3, "PER") == Span(0, 3, "PER", Where("cable.txt", 3, 17))
    True
    >>> Span(3, 3, "PER")
    Traceback (most recent call last):
    ValueError: a span covers at least one code point, got 3:3 'PER'
    """

    start: int
    end: int
    label: str
    where: Where | None = field(default=None, compare=False)
    flags: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span covers at least one code point, got {self.start}:{self.end} {self.label!r}")
        if not self.label:
            raise ValueError(f"a span needs a label, got {self.start}:{self.end} without one")


class Mark(NamedTuple):
    """A zero-width trace of markup at a text ``offset`` (code points).

    ``kind`` is paragraph, tag, document, directive, markup, unlabelled or labelled; ``value`` is what stood there.

    >>> from nerconv import read
    >>> read(text="<p>[PER Ann  ] left . \\n")[0].marks
    (Mark(offset=0, kind='paragraph', value=''),)
    """

    offset: int
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Maps text offsets to places in the source: anchors, each good until the next one.

    ``offsets`` ascend; the text at ``offsets[i]`` stood at ``lines[i]``, ``columns[i]`` of ``path``, and
    from there text and source run in step.
    """

    path: str
    offsets: Sequence[int] = (0,)
    lines: Sequence[int] = (1,)
    columns: Sequence[int] = (1,)

    def locate(self, offset: int) -> Where:
        """Return the place in the source that the text at ``offset`` was read from."""
        index = max(bisect_right(self.offsets, offset) - 1, 0)
        return Where(self.path, self.lines[index], self.columns[index] + offset - self.offsets[index])

    def cut(self, start: int, end: int) -> Origin:
        """Return the origin of ``text[start:end]``, its offsets counted from ``start``; anchors at its end stay."""
        first, last = bisect_right(self.offsets, start), bisect_right(self.offsets, end)
        here = self.locate(start)
        return Origin(
            self.path,
            (0, *(offset - start for offset in self.offsets[first:last])),
            (here.line, *self.lines[first:last]),
            (here.column, *self.columns[first:last]),
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its spans, sentences and marks.

    ``id`` names it. ``sentences`` are half-open offset pairs in text order. ``joins`` are the offsets inside the text
    at which one token ends and the next begins with no white space between them (``Rafsanjani|'s``).
    Spans stand in text order, the longer first. ``meta``: what else a record said. Offsets count code points.
    ``origin`` takes no part in equality, nor do ``other_spans``, those
    by another rule for invalid tags, where a reader was asked for them and tags were invalid. Raises ValueError when a
    span, sentence, mark or join lies outside the text or a span has outer white space.

    >>> document = Document("a", "Ann met Bo", (Span(8, 10, "PER"), Span(0, 3, "PER")))
    >>> [document.covered(span) for span in document.spans]
    ['Ann', 'Bo']
    """

    id: str
    text: str
    spans: tuple[Span, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    marks: tuple[Mark, ...] = ()
    joins: tuple[int, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin | None = field(default=None, compare=False)
    other_spans: tuple[Span, ...] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a document needs an id")
        if any(before.start >= after.start for before, after in pairwise(self.spans)):
            object.__setattr__(self, "spans", tuple(sorted(self.spans, key=_text_order)))
        text, length = self.text, len(self.text)
        for span in self.spans:
            if span.end > length or text[span.start] in WHITE_SPACE or text[span.end - 1] in WHITE_SPACE:
                raise ValueError(f"{span} of {self.id!r} has outer white space or ends behind the text (0:{length})")
        for start, end in self.sentences:
            if not 0 <= start <= end <= length:
                raise ValueError(f"the sentence {start}:{end} of {self.id!r} is not within its text (0:{length})")
        for offset in (*(mark.offset for mark in self.marks), *self.joins):
            if not 0 <= offset <= length:
                raise ValueError(f"the mark or join at {offset} of {self.id!r} is not within its text (0:{length})")

    def covered(self, span: Span) -> str:
        """Return the text that ``span`` covers."""
        return self.text[span.start : span.end]

    def locate(self, offset: int) -> Where | None:
        """Return where the text at ``offset`` stood in the source, or None when that is not known."""
        return self.origin.locate(offset) if self.origin else None

    def place(self, span: Span) -> Where | None:
        """Return the place that ``span`` was read from: its own, or that of its first code point."""
        return span.where or self.locate(span.start)

    def to_spacy(self, vocab: Vocab | None = None) -> Doc:
        """Return the document as a Doc of spaCy; ``vocab`` is that of the pipeline it is for (``Corpus.to_docs``).

        >>> document = Document("a", "Ann left .", (Span(0, 3, "PER"),))
        >>> [(entity.text, entity.label_) for entity in document.to_spacy().ents]
        [('Ann', 'PER')]
        """
        from nerconv.corpus import Corpus

        return Corpus.of([self]).to_docs(vocab)[0]

    @classmethod
    def from_spacy(cls, doc: Doc) -> Document:
        """Return a Doc of spaCy as a document: its entities, and the spans of ``spans["sc"]`` (``Corpus.from_docs``).

        >>> Document.from_spacy(Document("a", "Ann left .", (Span(0, 3, "PER"),)).to_spacy()).spans[0].label
        'PER'
        """
        from nerconv.corpus import Corpus

        return Corpus.from_docs([doc])[0]

    def _repr_html_(self) -> str:
        from nerconv.report import notebook

        return notebook.document(self)

    def cut(self, start: int, end: int, id: str, marks_from: int, marks_to: int) -> Document:
        """Return ``text[start:end]`` as a document of its own, with the spans that lie wholly inside it.

        A sentence goes where it starts. Marks in ``marks_from:marks_to``, a range around the part, come along
        and are moved to its nearest edge when they stand outside.
        """
        spans = self.spans[bisect_left(self.spans, start, key=_start) : bisect_left(self.spans, end, key=_start)]
        sentences = self.sentences[
            bisect_left(self.sentences, start, key=_first) : bisect_left(self.sentences, end, key=_first)
        ]
        marks = self.marks[
            bisect_left(self.marks, marks_from, key=_first) : bisect_left(self.marks, marks_to, key=_first)
        ]
        joins = self.joins[bisect_right(self.joins, start) : bisect_left(self.joins, end)]
        return Document(
            id,
            self.text[start:end],
            tuple(replace(s, start=s.start - start, end=s.end - start) for s in spans if s.end <= end),
            tuple((first - start, min(stop, end) - start) for first, stop in sentences),
            tuple(mark._replace(offset=min(max(mark.offset, start), end) - start) for mark in marks),
            tuple(join - start for join in joins),
            self.meta,
            self.origin and self.origin.cut(start, end),
        )


def _text_order(span: Span) -> tuple[int, int, str]:
    return span.start, -span.end, span.label


def _start(span: Span) -> int:
    return span.start


def _first(item: Sequence[Any]) -> Any:
    return item[0]


class Excerpt(NamedTuple):
    """One source line, or the part of it around a finding, and the columns to underline (from 0)."""

    text: str
    start: int
    end: int

    def caret(self) -> str:
        """Return the underline: spaces up to ``start``, then a caret for each code point, at least one."""
        return " " * self.start + "^" * max(self.end - self.start, 1)


def excerpt(line: str, start: int, end: int, width: int = 100) -> Excerpt:
    """Return the part of ``line`` around ``start:end``, at most about ``width`` code points of it."""
    first = max(0, min(start - width // 3, len(line) - width))
    last = min(len(line), first + width)
    head, tail = "…" if first else "", "…" if last < len(line) else ""
    shown = line[first:last]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    return Excerpt(head + shown + tail, start - first + len(head), min(end, last) - first + len(head))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know: a reader error, a lint finding or a loss.

    ``code`` stands in ``nerconv.codes.CODES``; ``message`` says what, the value found and what to do next. ``where`` it
    stood, and an ``excerpt`` of that line, are None where nothing says so. ``span`` is
    the span of a document that is not written. ``unread`` counts, by label, spans of the input that no document holds
    because of what the finding says; ``?`` is a label that is not known. Both enter the ledger as lost. ``remedies``
    are the ways in which the source may be read, each by name the fields of ``ReadOptions`` to set; several where
    nerconv does not choose.

    >>> from nerconv import read
    >>> found, = read(text="in [LOC Rome \\n").findings
    >>> found.code, str(found.where), found.unread
    ('F001', '<text>:1:4', {'LOC': 1})
    """

    code: str
    message: str
    where: Where | None = None
    span: Span | None = None
    excerpt: Excerpt | None = None
    unread: dict[str, int] = field(default_factory=dict, hash=False)
    remedies: tuple[Mapping[str, str | list[str]], ...] = field(default=(), compare=False)

    def losses(self) -> Counter[str]:
        """Return how many spans are lost by this, by label."""
        return Counter(self.unread) + Counter([self.span.label] if self.span else ())


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reader learnt about the file at ``path``: its format and, by name, dialect, encoding and the evidence.

    Of tags: ``scheme`` is the tag scheme that they are read in, ``fitting`` are all those that would read them to the
    same spans without a fault, and ``repaired`` is the number of tags read by a repair. ``values`` are for people.

    >>> from nerconv import read
    >>> facts, = read(text="in [LOC Rome  ] . \\n").facts
    >>> facts.path, facts.format, facts.values["encoding"]
    ('<text>', 'bracket', 'utf-8')
    """

    path: str
    format: str
    values: Mapping[str, str]
    scheme: str = ""
    fitting: tuple[str, ...] = ()
    repaired: int = 0


#: What a reader yields: first the facts, then documents and findings in source order.
Item = Document | Finding | Facts


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of a conversion: spans of the input and spans written by label, and every loss with its reason.

    ``read`` counts the spans that were read and those that a reader saw and could not read (``Finding.unread``), which
    stand in ``lost`` as well. A span that is written under another label counts as written. An unbalanced ledger is a
    bug of nerconv.

    >>> lost = Finding("K001", "dropped", span=Span(0, 3, "PER"))
    >>> ledger = Ledger(Counter(PER=2), Counter(PER=1), (lost,))
    >>> ledger.balanced, ledger.reasons()
    (True, Counter({'K001': 1}))
    """

    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    lost: tuple[Finding, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether spans read = spans written + spans lost."""
        return self.read.total() == self.written.total() + self.reasons().total()

    @property
    def unread(self) -> int:
        """How many spans of the input no document holds."""
        return sum([sum(finding.unread.values()) for finding in self.lost if finding.unread])

    def reasons(self) -> Counter[str]:
        """Return the number of lost spans by the code of the reason."""
        reasons: Counter[str] = Counter()
        for finding in self.lost:
            reasons[finding.code] += finding.span is not None
            if finding.unread:
                reasons[finding.code] += sum(finding.unread.values())
        return reasons

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(self.read + other.read, self.written + other.written, self.lost + other.lost)


def count_labels(documents: Iterable[Document]) -> Counter[str]:
    """Return the number of spans by label."""
    return Counter(span.label for document in documents for span in document.spans)
