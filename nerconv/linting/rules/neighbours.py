"""Boundary rules that compare a span with the text beside it and with the other spans of the corpus."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Document, Span
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, move, number, shown
from nerconv.linting.surface import family, word_list

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus

# --- B103 possessive-inside -------------------------------------------------------------------------------------

_POSSESSIVE: Final = re.compile(r" ?['’´`] ?[sS]\Z")
_POSSESSIVE_AFTER: Final = re.compile(r" ?['’´`] ?[sS](?!\w)")


def _possessive_inside(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    inside: list[tuple[Document, Span, int]] = []
    outside = 0
    mask = corpus.surfaces.whose(_POSSESSIVE.search, rb"[sS](?=\n)")
    mask = mask | corpus.asked(lambda part: part.before_one_of("'’´`".encode()))
    for document in corpus.views(mask, alone=True):
        for span in document.spans:
            if match := _POSSESSIVE.search(document.text, max(span.start, span.end - 4), span.end):
                inside.append((document, span, match.start()))
            elif _POSSESSIVE_AFTER.match(document.text, span.end):
                outside += 1
    if outside < number(options, "ratio") * len(inside):
        return
    for document, span, end in inside:
        base = document.text[span.start : end]
        if span.label in corpus.labels_of(base):
            message = (
                f"{shown(document.covered(span))} takes the possessive in, which {outside:,} other spans leave out; "
                f"end the span at {shown(base)}"
            )
            yield document, Flag(span.start, span.end, message, span, move(document, span, span.start, end))


_B103: Final = Rule(
    code="B103",
    name="possessive-inside",
    scope="corpus",
    severity="info",
    fix="unsafe",
    about="""A possessive inside a span, in a corpus that keeps it out elsewhere and has the name without it too.

The same name gets two surfaces and two boundaries, and an evaluation counts the difference as an error.
Names that end so by themselves (`Lloyd's`) are not flagged, unless the corpus also has them without.""",
    bad=(
        "[PER Khamenei's  ] health , [PER Khamenei  ] 's departure , [LOC Iran  ] 's levels , [LOC Qom  ] 's imam . ",
    ),
    good=("[ORG Lloyd's  ] insured [LOC Iran  ] 's and [LOC Iraq  ] 's ships . ",),
    corpus=_possessive_inside,
    options={"ratio": 3},
    default=False,
)

# --- B106 split-name --------------------------------------------------------------------------------------------


class _Pair(NamedTuple):
    """Two spans side by side, which are a name of the corpus together."""

    document: Document
    left: Span
    right: Span
    name: str


def _split_name(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    from nerconv.linting.near import Words

    known = Words(corpus.surfaces.distinct)
    mask = corpus.asked(lambda part: part.paired(known))
    pairs = [pair for document in corpus.views(mask) for pair in _pairs(document) if pair.name in corpus.totals]
    cut = Counter(pair.name for pair in pairs)
    least, ratio = number(options, "least"), number(options, "ratio")
    for document, left, right, name in pairs:
        labels = corpus.labels_of(name)
        label, count = labels.most_common(1)[0]
        if left.label == right.label and labels[left.label]:
            label, count = left.label, labels[left.label]
        elif count < max(least, ratio * cut[name]):
            continue
        message = (
            f"{shown(document.covered(left))} and {shown(document.covered(right))} are one {label} span elsewhere "
            f"({count:,} {'time' if count == 1 else 'times'}); join them, or label both alike"
        )
        joined = Span(left.start, right.end, label, left.where)
        fix = Fix("unsafe", f"label {shown(name)} {label}", (SpanChange(left, joined), SpanChange(right, None)))
        yield document, Flag(left.start, right.end, message, left, fix)


def _pairs(document: Document) -> Iterator[_Pair]:
    for left, right in pairwise(document.spans):
        between = document.text[left.end : right.start]
        if left.end <= right.start <= left.end + 3 and not between.strip(" -"):
            yield _Pair(document, left, right, document.text[left.start : right.end])


_B106: Final = Rule(
    code="B106",
    name="split-name",
    scope="corpus",
    severity="warning",
    fix="unsafe",
    about="""Two spans side by side which the corpus labels as one span elsewhere.

Half a name is a wrong boundary twice over. Two spans of one label count when the corpus has them as one; two of
different labels when it has them so at least `least` times, and `ratio` times as often as in two. Neighbours that are
never one span are left alone: in lists and in addresses they are right.""",
    bad=(
        "[PER Mir  ] [PER Mousavi  ] lost , said [PER Mir Mousavi  ] . ",
        "[ORG Leeds United  ] won . " * 5 + "[LOC Leeds  ] [ORG United  ] won . ",
    ),
    good=("[PER Mir Mousavi  ] [PER Karroubi  ] . ", "[ORG Leeds United  ] won . [LOC Leeds  ] [ORG United  ] won . "),
    corpus=_split_name,
    options={"least": 5, "ratio": 5},
    precision={"planted slips": Measured(12, 12, "2026-11-27"), "wnut17": Measured(1, 1, "2026-11-24")},
)

# --- B108 honorific-drift ---------------------------------------------------------------------------------------


@cache
def _honorific_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    titles = "|".join(re.escape(word) for word in sorted(word_list("honorifics"), key=len, reverse=True))
    return (
        re.compile(rf"(?i:({titles}))\.? (?=[A-Z])"),
        re.compile(rf"(?<!\w)(?=[A-Z])(?i:({titles}))\.? ?\Z"),
    )


class _Titled(NamedTuple):
    """A person with a title: ``start`` is where title and name begin, ``name`` where the name begins."""

    document: Document
    span: Span
    title: str
    start: int
    name: int


def _titled(corpus: LintCorpus) -> Iterator[_Titled]:
    from nerconv.linting.near import Words

    leading, before = _honorific_patterns()
    titles = [title.split(" ") for title in word_list("honorifics")]
    lasts = Words({words[-1] for words in titles})
    mask = corpus.surfaces.whose(leading.match, rb"\n" + corpus.surfaces.word_hint({words[0] for words in titles}))
    mask = mask | corpus.asked(lambda part: part.after_one_of(lasts))
    for document in corpus.views(mask, alone=True):
        for span in document.spans:
            if family(span.label) != "PER":
                continue
            if match := leading.match(document.text, span.start, span.end):
                yield _Titled(document, span, match[1].lower(), span.start, match.end())
            elif match := before.search(document.text[max(span.start - 20, 0) : span.start]):
                start = max(span.start - 20, 0) + match.start()
                yield _Titled(document, span, match[1].lower(), start, span.start)


def _honorific_drift(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    by_title: defaultdict[str, tuple[list[_Titled], list[_Titled]]] = defaultdict(lambda: ([], []))
    for item in _titled(corpus):
        by_title[item.title][item.start < item.span.start].append(item)
    for title, (inside, outside) in by_title.items():
        few, many = sorted((inside, outside), key=len)
        if len(many) < number(options, "ratio") * max(len(few), 1):
            continue
        for item in few:
            yield item.document, _drift_flag(item, title, few is inside, len(few), len(many))


def _drift_flag(item: _Titled, title: str, is_inside: bool, few: int, many: int) -> Flag:
    span, document = item.span, item.document
    where, other = ("inside", "outside") if is_inside else ("outside", "inside")
    message = (
        f"the title {shown(title)} stands {where} the span {shown(document.covered(span))}, and {other} in {many:,} of "
        f"{few + many:,} places; follow the majority"
    )
    fix = move(document, span, item.name if is_inside else item.start, span.end)
    return Flag(span.start, span.end, message, span, fix)


_B108: Final = Rule(
    code="B108",
    name="honorific-drift",
    scope="corpus",
    severity="info",
    fix="unsafe",
    about="""A title such as `Ayatollah` inside some spans of persons and outside most others, or the other way round.

Guidelines differ, but one corpus should follow one: what wavers is counted as a wrong boundary whatever a model
does. The rarer form is flagged, for each title by itself, where the other is at least three times as common.""",
    bad=("[PER Dr. Rezai  ] , Dr. [PER Amini  ] , Dr. [PER Nouri  ] and Dr. [PER Sadr  ] met . ",),
    good=("Dr. [PER Amini  ] and Dr. [PER Nouri  ] met [PER Ayatollah Sadr  ] . ",),
    corpus=_honorific_drift,
    options={"ratio": 3},
    default=False,
    precision={"wikigold": Measured(0, 1, "2026-11-24")},
)

RULES: Final = (_B103, _B106, _B108)
