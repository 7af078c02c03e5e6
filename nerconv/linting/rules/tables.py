"""Rules about tables and headlines: lines that are no sentences, where a team has the name of a place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Document, Span
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, drop, number, shown
from nerconv.linting.surface import family, word_set

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus, Mention

_WORD: Final = re.compile(r"[^ \t\n]+")
_LONGEST: Final = 300


def _line(text: str, start: int) -> tuple[int, int]:
    """Return the extent of the line at ``start``, or of a piece of it when it is long."""
    begin, end = text.rfind("\n", max(start - _LONGEST, 0), start) + 1, text.find("\n", start, start + _LONGEST)
    return begin or max(start - _LONGEST, 0), end if end >= 0 else min(len(text), start + _LONGEST)


def _is_row(line: str) -> bool:
    """Whether no word of ``line`` is in lower case."""
    return not any(map(str.islower, _WORD.findall(line)))


# --- X312 row-conflict ------------------------------------------------------------------------------------------

_MONTH: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
#: A date, as datelines have it; or a news agency in brackets.
_DATE: Final = re.compile(
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d\d?[/.]\d\d?[/.]\d{{2,4}}\b|\b(?i:{_MONTH})[a-z]*\.? \d|\b\d\d? (?i:{_MONTH})[a-z]*\b"
    r"|\((?: ?)(?:AP|AFP|Reuters?|REUTERS?|UPI|dpa|DPA|Xinhua|TASS|CNN|UN)(?: ?)\)"
)


def _row_conflict(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    places, teams = (
        corpus.labelled({label for label in corpus.label_counts if family(label) == kind}) for kind in ("LOC", "ORG")
    )
    both = corpus.surfaces.texts(places) & corpus.surfaces.texts(teams)
    for surface, mentions in corpus.mentions(corpus.surfaces.among(both) & (places | teams)).items():
        here: defaultdict[tuple[int, int], list[Mention]] = defaultdict(list)
        for mention in mentions:
            here[corpus.begun_in(mention.document)].append(mention)
        for found in here.values():
            for mention in found:
                wanted = _wanted(mention)
                near = [other for other in found if family(other.span.label) == wanted and _is_near(mention, other)]
                if wanted and near:
                    yield mention.document, _row_flag(mention, surface, near)


def _wanted(mention: Mention) -> str:
    """Return the family of labels that a name has in such a line: a team in a row, a place in a dateline, or none."""
    text, span = mention.document.text, mention.span
    begin, end = _line(text, span.start)
    line = text[begin:end]
    is_date = bool(_DATE.search(line))
    if family(span.label) == "LOC":
        return "ORG" if not is_date and _is_row(line) else ""
    return "LOC" if is_date and not text[begin : span.start].strip() and _is_row(line) else ""


#: In a file of many documents that nothing sets apart, one document ends somewhere within so many characters.
_REACH: Final = 6000


def _is_near(one: Mention, other: Mention) -> bool:
    return one.document is not other.document or abs(one.span.start - other.span.start) <= _REACH


def _row_flag(mention: Mention, surface: str, near: Sequence[Mention]) -> Flag:
    span, label = mention.span, Counter(other.span.label for other in near).most_common(1)[0][0]
    where = "a row or headline" if family(label) == "ORG" else "a dateline"
    message = (
        f"{shown(surface)} is {span.label} in {where} here and {label} elsewhere in the same document "
        f"({len(near):,} {'time' if len(near) == 1 else 'times'}); label it alike, or make sure that it is another"
    )
    fix = Fix("unsafe", f"label it {label}", (SpanChange(span, replace(span, label=label)),))
    related = tuple((other.document.id, other.span.start) for other in near[:3])
    return Flag(span.start, span.end, message, span, fix, related)


# --- rows --------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """A line that is not a sentence, with the spans in it."""

    document: Document
    start: int
    end: int
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The line."""
        return self.document.text[self.start : self.end]


def _rows(corpus: LintCorpus) -> Iterator[_Row]:
    for document, lines in corpus.rows():
        for start, end in lines:
            first = bisect_left(document.spans, start, key=attrgetter("start"))
            last = bisect_left(document.spans, end, key=attrgetter("start"))
            yield _Row(document, start, end, document.spans[first:last])


# --- X313 wavering-heading --------------------------------------------------------------------------------------

_HEADING: Final = re.compile(r"[^\W\d_a-z][^\W\d_a-z'’.&-]*(?: [^\W\d_a-z][^\W\d_a-z'’.&-]*)+\Z")


def _wavering_heading(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    kinds: defaultdict[str, tuple[list[_Row], list[_Row]]] = defaultdict(lambda: ([], []))
    before: _Row | None = None
    for row in _rows(corpus):
        # A heading is one where rows follow.
        if before and before.document is row.document and row.start - before.end <= _GAP:
            kinds[before.text.rpartition(" ")[2]][not before.spans].append(before)
        is_heading = row.text.isupper() and _HEADING.match(row.text) and _is_whole(row)
        before = row if is_heading else None
    for labelled, bare in kinds.values():
        total = len(labelled) + len(bare)
        if total >= number(options, "least") and len(bare) >= number(options, "share") * total:
            for row in labelled:
                span = row.spans[0]
                message = (
                    f"{shown(row.text)} is {span.label} here, and {len(bare):,} of {total:,} such headings of tables "
                    "have no label; drop the span, or label all of them"
                )
                yield row.document, Flag(span.start, span.end, message, span, drop(span))


#: The most characters from the end of a row to the next one.
_GAP: Final = 4


def _is_whole(row: _Row) -> bool:
    """Whether a row has no span, or one that is all of it and names no person."""
    spans = [(span.start, span.end) for span in row.spans if family(span.label) != "PER"]
    return len(spans) == len(row.spans) and spans in ([], [(row.start, row.end)])


# --- X314 row-template ------------------------------------------------------------------------------------------

_DIGITS: Final = re.compile(r"\d+")


def _row_template(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    shapes: defaultdict[str, list[list[_Row]]] = defaultdict(list)
    end = -1, -1
    last = ""
    for row in _rows(corpus):
        shape = _shape(row)
        if not shape:
            last = ""
            continue
        follows = shape == last and end[0] == id(row.document) and row.start - end[1] <= _GAP
        if not follows:
            shapes[shape].append([])
        shapes[shape][-1].append(row)
        last, end = shape, (id(row.document), row.end)
    for blocks in shapes.values():
        for at in range(len(blocks[0][0].spans)):
            yield from _odd_ones(corpus, blocks, at, options)


def _shape(row: _Row) -> str:
    """Return a row with its spans blank and its numbers 0, or nothing when it is all span or has none."""
    pieces, done = [], row.start
    for span in row.spans:
        if span.start < done or span.end > row.end:
            return ""
        pieces += [_DIGITS.sub("0", row.document.text[done : span.start]), "\0"]
        done = span.end
    pieces.append(_DIGITS.sub("0", row.document.text[done : row.end]))
    shape = "".join(pieces)
    return shape if row.spans and shape.strip(" \0") else ""


def _odd_ones(
    corpus: LintCorpus, blocks: list[list[_Row]], at: int, options: Options
) -> Iterator[tuple[Document, Flag]]:
    """Yield spans at the slot ``at`` of rows of one shape, which stand in blocks, under another label than most."""
    counts = Counter(row.spans[at].label for block in blocks for row in block)
    (label, count), total = counts.most_common(1)[0], counts.total()
    if total < number(options, "least") or count < number(options, "share") * total or count == total:
        return
    for block in blocks:
        for row in block:
            span = row.spans[at]
            others = [each.spans[at].label for each in block if each is not row]
            alike, name = others.count(label), row.document.covered(span)
            known = corpus.labels_of(name)[label] > 0 and 2 * alike >= len(others)
            if span.label != label and (known or (alike >= _BLOCK and alike == len(others))):
                message = (
                    f"{shown(name)} is {span.label} in a row of which {count:,} of {total:,} others like it have "
                    f"{label} there; label it alike, or make sure that it is another"
                )
                fix = Fix("unsafe", f"label it {label}", (SpanChange(span, replace(span, label=label)),))
                yield row.document, Flag(span.start, span.end, message, span, fix, score=count / total)


#: So many rows beside it say by themselves what a slot holds.
_BLOCK: Final = 3

# --- B110 glued-name --------------------------------------------------------------------------------------------


class _Glued(NamedTuple):
    """A word of two, the first of them no name: its document and extent, both halves, and the span that covers it."""

    document: Document
    start: int
    end: int
    halves: tuple[str, str]
    span: Span | None


def _glued_name(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    found = [item for document, words in corpus.glued_capitals() for item in _in_headlines(document, words)]
    forms = {form for item in found for half in item.halves for form in (half, half.lower(), half.title())}
    common = corpus.untagged_words(forms)
    names = _edge_words(corpus) if found else set()
    for item in found:
        first, second = item.halves
        is_name = second in names or second.title() in names
        is_common = sum(common[form] for form in (first, first.lower(), first.title())) >= number(options, "least")
        if is_common and first not in corpus.totals and first.title() not in corpus.totals and (is_name or item.span):
            yield item.document, _glued_flag(item)


def _edge_words(corpus: LintCorpus) -> set[str]:
    """Return the first and last words of all names."""
    return {word for surface in corpus.totals for word in (surface.partition(" ")[0], surface.rpartition(" ")[2])}


def _in_headlines(document: Document, words: Sequence[tuple[int, int]]) -> Iterator[_Glued]:
    """Yield those of ``words`` that are two and stand among the first of a line in capitals, with no span before."""
    for start, end in words:
        begin, stop = _line(document.text, start)
        first, _, second = document.text[start:end].partition("-")
        before = document.text[begin:start].split(" ")
        spans = [span for span in document.spans if begin <= span.start < end]
        if (
            document.text[begin:stop].isupper()
            and len(before) <= _FIRST
            and min(len(first), len(second)) > 2
            and first.isalpha()
            and second.replace("'", "").isalpha()
            and not _ADJECTIVE.search(second)
            and first.lower() not in word_set("function_words") | _PREFIXES
            and all(span.start <= start and end <= span.end for span in spans)
        ):
            yield _Glued(document, start, end, (first, second), spans[0] if spans else None)


#: The words of a headline among which such a word stands.
_FIRST: Final = 3
_ADJECTIVE: Final = re.compile(
    r"(?:ED|ING|LED|RUN|BORN|MADE|WIDE|HELD|STYLE|FREE|RICH|OLD|LONG|HIGH|LOW|UP|OFF|OUT|IN)\Z"
)
_PREFIXES: Final = frozenset(
    {"pro", "anti", "non", "pre", "post", "mid", "ex", "semi", "multi", "inter", "trans", "half"}
)


def _glued_flag(item: _Glued) -> Flag:
    first, second = map(shown, item.halves)
    word = shown(item.document.text[item.start : item.end])
    message = f"{word} is {first}, the subject of a headline, and {second}: set them apart, and label the name alone"
    return Flag(item.start, item.end, message, item.span)


RULES: Final = (
    Rule(
        code="B110",
        name="glued-name",
        scope="corpus",
        severity="warning",
        fix="none",
        about="""A name in a headline that is glued to the subject of it: `CHESS-OSLO OPEN RESULTS`.

The name has no label then, or its span holds the subject, and no tokenizer sets them apart. The word stands among the
first of a line in capitals; its first half is a word that stands elsewhere at least `least` times without a label, its
second one a name of the corpus, or the whole word is labelled. Set them apart in the text.""",
        bad=("CHESS-OSLO OPEN STARTS \nThe chess open in [LOC Oslo  ] began ; chess is fun and chess is old . \n",),
        good=(
            "OIL-RICH OSLO WAITS \nThe oil of [LOC Oslo  ] and [PER Rich  ] ; oil is oil . \n",
            "CHESS-OSLO OPEN STARTS \nThe chess open in [LOC Oslo  ] began . \n",
        ),
        corpus=_glued_name,
        options={"least": 3},
        precision={"newswire pages": Measured(16, 16, "2026-11-27")},
    ),
    Rule(
        code="X312",
        name="row-conflict",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A place in a row of a table or a headline whose name is an organisation elsewhere in the same document.

In reports of sports a team has the name of its town: `OSLO 3 1 2` is a team in one row and a place in the next, and no
model can tell why. Looked at are lines without a word in lower case. In a dateline (`OSLO 1996-12-06`) it is the other
way round: there a name is a place. Label it alike, or make sure that it is another.""",
        bad=(
            "[LOC OSLO  ] AT [ORG BERGEN  ] \n[ORG OSLO  ] 3 1 2 \n",
            "[ORG OSLO  ] 1996-12-06 \nIt rained in [LOC OSLO  ] . \n",
        ),
        good=(
            "[LOC OSLO  ] 1996-12-06 \n[ORG OSLO  ] 3 1 2 \n",
            "It rained in [LOC Oslo  ] . \n[ORG Oslo  ] 3 1 2 \n",
        ),
        corpus=_row_conflict,
        precision={"newswire pages": Measured(94, 94, "2026-11-27")},
    ),
    Rule(
        code="X313",
        name="wavering-heading",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A heading of a table that has a label, while others like it have none: `WESTERN DIVISION`.

Such headings are lines in capitals, with rows behind them, that end in the same word. Where there are at least `least`
of them, and at least `share` of them have no label, the labels are slips: drop them, or label all.""",
        bad=("[MISC WESTERN DIVISION  ] \nW L PCT \n" + "EASTERN DIVISION \nW L PCT \n" * 3,),
        good=(
            "[MISC WESTERN DIVISION  ] \nW L PCT \nEASTERN DIVISION \nW L PCT \n",
            "[MISC WESTERN DIVISION  ] \nIt is old . \n" + "EASTERN DIVISION \nIt is old . \n" * 3,
        ),
        corpus=_wavering_heading,
        precision={"newswire pages": Measured(23, 23, "2026-11-27")},
        options={"least": 4, "share": 0.3},
    ),
    Rule(
        code="X314",
        name="row-template",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A name in a row of a table under another label than in the other rows of its shape.

The rows `BOSTON 12 7 .632` and `MIAMI 14 4 .778` have one shape, and names in the same place of it have one label. The
odd one counts when at least `share` of at least `least` such rows have another label, which its name has elsewhere or
all of the rows beside it have. Rows are lines without a word that begins with a small letter.""",
        bad=("".join(f"[ORG {name}  ] 12 7 \n" for name in ("BERN", "KIEL", "RIGA", "LINZ")) + "[LOC OSLO  ] 3 1 \n",),
        good=(
            "".join(f"[ORG {name}  ] 12 7 \n" for name in ("BERN", "KIEL", "RIGA", "LINZ")) + "[LOC OSLO  ] 3-1 \n",
            "[ORG BERN  ] 12 7 \n[LOC OSLO  ] 3 1 \n",
        ),
        corpus=_row_template,
        precision={"newswire pages": Measured(193, 193, "2026-11-27")},
        options={"least": 4, "share": 0.8},
    ),
)
