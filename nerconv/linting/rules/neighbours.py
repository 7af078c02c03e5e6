"""Boundary rules that compare a span with the text beside it and with the other spans of the corpus."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Set
from functools import cache
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from nerconv.document import Document, Span
from nerconv.linting.rule import Fix, Flag, Options, Rule, SpanChange, move, number, shown
from nerconv.linting.surface import family, titles, word_list

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus
    from nerconv.linting.near import Mask

# --- B103 possessive-inside -------------------------------------------------------------------------------------

_POSSESSIVE: Final = re.compile(r" ?['’´`] ?[sS]\Z")
_POSSESSIVE_AFTER: Final = re.compile(r" ?['’´`] ?[sS](?!\w)")


def _possessive_inside(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    inside: list[tuple[Document, Span, int]] = []
    outside = 0
    mask = corpus.whose(_POSSESSIVE.search, rb"[sS](?=\n)")
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


def _split_name(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    for left, right in pairwise(document.spans):
        if left.label != right.label or not left.end <= right.start <= left.end + 3:
            continue
        whole = document.text[left.start : right.end]
        if document.text[left.end : right.start].strip(" -") or whole not in corpus.totals:
            continue
        count = corpus.labels_of(whole)[left.label]
        if not count:
            continue
        message = (
            f"{shown(document.covered(left))} and {shown(document.covered(right))} are one {left.label} span elsewhere "
            f"({count:,} times); join them, or label both alike"
        )
        joined = Span(left.start, right.end, left.label, left.where)
        fix = Fix("unsafe", f"label {shown(whole)}", (SpanChange(left, joined), SpanChange(right, None)))
        yield Flag(left.start, right.end, message, left, fix)


def _may_be_one_name(corpus: LintCorpus, options: Options) -> Mask:
    from nerconv.linting.near import Words

    words = Words(corpus.surfaces.distinct)
    return corpus.asked(lambda part: part.paired(words))


_B106: Final = Rule(
    code="B106",
    name="split-name",
    scope="document",
    severity="warning",
    fix="unsafe",
    about="""Two spans of one label side by side which the corpus labels as one span elsewhere.

Half a name is a wrong boundary twice over. Neighbours that are never one span are left alone: in lists and in
addresses they are right.""",
    bad=("[PER Mir  ] [PER Mousavi  ] lost , said [PER Mir Mousavi  ] . ",),
    good=("[PER Mir Mousavi  ] [PER Karroubi  ] . ",),
    local=_split_name,
    screen=_may_be_one_name,
    precision={"wnut17": "1 of 1"},
)

# --- B107 longer-known-span -------------------------------------------------------------------------------------


class _Longer(NamedTuple):
    """A longer name that stands around a span: where, and its first and last offset."""

    document: Document
    span: Span
    start: int
    end: int


def _adds_a_name(words: list[str]) -> bool:
    """Whether ``words``, by which one name is longer than another, hold more than titles and small words."""
    return any(
        word[0].isupper() and word.lower().rstrip(".") not in titles() and word[-1] not in ":;,"
        for word in words
        if len(word.rstrip(".")) > 1
    )


#: A longer surface and the offset of the shorter one in it.
_Candidate: TypeAlias = tuple[str, int]


def _of_several_words(corpus: LintCorpus) -> list[list[str]]:
    """Return the words of each text with a space in it."""
    several = [surface for surface in corpus.totals if " " in surface]
    return list(map(str.split, several, repeat(" ")))


def _longer_names(corpus: LintCorpus, asked: Set[str]) -> dict[str, dict[str, list[_Candidate]]]:
    """Return, by ``asked`` surface and the word beside it, the longer known surfaces that begin or end with it.

    The word beside it has a space before it when it follows the surface, and one behind it when it leads.
    """
    longer: defaultdict[str, defaultdict[str, list[_Candidate]]] = defaultdict(lambda: defaultdict(list))
    split = list(map(str.split, asked, repeat(" ")))
    firsts, lasts = {words[0] for words in split}, {words[-1] for words in split}
    likely = [" ".join(words) for words in _of_several_words(corpus) if words[0] in firsts or words[-1] in lasts]
    for surface in likely:
        shorter = list(_shorter(surface, asked))
        if shorter and surface not in corpus.noises:
            for name, beside, offset in shorter:
                longer[name][beside].append((surface, offset))
    return {surface: dict(beside) for surface, beside in longer.items()}


def _shorter(surface: str, asked: Container[str]) -> Iterator[tuple[str, str, int]]:
    """Yield the ``asked`` names that ``surface`` begins or ends with, the word beside each, and its offset."""
    cut = surface.find(" ")
    while cut >= 0:
        head, tail = surface[:cut], surface[cut + 1 :]
        if head in asked and _adds_a_name(tail.split(" ")):
            yield head, " " + tail.partition(" ")[0], 0
        if tail in asked and _adds_a_name(head.split(" ")):
            yield tail, head.rpartition(" ")[2] + " ", cut + 1
        cut = surface.find(" ", cut + 1)


_WORD_AFTER: Final = re.compile(r" [^ \t\n]+")
#: No word of a name is longer than this.
_REACH: Final = 40


def _candidates(document: Document, span: Span, longer: dict[str, list[_Candidate]]) -> Iterator[_Candidate]:
    """Yield the candidates that the words beside ``span`` allow."""
    if match := _WORD_AFTER.match(document.text, span.end):
        yield from longer.get(match[0], ())
    before = document.text[max(span.start - _REACH, 0) : span.start]
    if before.endswith(" "):
        word = before[max(before.rfind(" ", 0, -1), before.rfind("\n"), before.rfind("\t")) + 1 :]
        yield from longer.get(word, ())


def _longer_known_span(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    found: list[tuple[_Longer, str, str]] = []
    names, likely = _likely(corpus)
    mentions = corpus.mentions(likely, alone=False)
    for surface, longer in names.items():
        for document, span in mentions.get(surface, ()):
            fitting = [c for c in _candidates(document, span, longer) if _stands_around(document, span, *c)]
            if fitting:
                name, offset = max(fitting, key=_length)
                start = span.start - offset
                found.append((_Longer(document, span, start, start + len(name)), surface, name))
    found = [item for item in found if _is_free(item[0])]
    short = Counter((name, surface) for _, surface, name in found)
    for place, surface, name in found:
        count, shorter = corpus.totals[name], short[name, surface]
        if count >= shorter and place.span.label in corpus.labels_of(name):
            yield place.document, _longer_flag(place, surface, name, count, shorter)


def _likely(corpus: LintCorpus) -> tuple[dict[str, dict[str, list[_Candidate]]], Mask]:
    """Return the longer names that the words beside spans allow, and which spans may be part of one."""
    words = _of_several_words(corpus)
    behind, before = ({word for found in words for word in found[part]} for part in (slice(1, None), slice(-1)))
    names = _longer_names(corpus, corpus.texts(_beside(corpus, behind, before)))
    beside = {word for longer in names.values() for word in longer}
    behind, before = {word[1:] for word in beside if word[0] == " "}, {word[:-1] for word in beside if word[-1] == " "}
    return names, corpus.among(names.keys()) & _beside(corpus, behind, before)


def _beside(corpus: LintCorpus, behind: set[str], before: set[str]) -> Mask:
    """Return which spans may have one of ``behind`` as the next word, or one of ``before`` as the last."""
    # Of two spaces together the first stands for a word, too.
    from nerconv.linting.near import Words

    words = Words(behind - {""}), Words({word or " " for word in before})
    return corpus.asked(lambda part: part.beside(*words))


def _longer_flag(place: _Longer, surface: str, name: str, count: int, shorter: int) -> Flag:
    message = (
        f"{shown(surface)} is part of {shown(name)} here, which is labelled whole {count:,} times and in part "
        f"{shorter:,}; label the whole name"
    )
    fix = move(place.document, place.span, place.start, place.end)
    return Flag(place.span.start, place.span.end, message, place.span, fix)


def _length(candidate: _Candidate) -> int:
    return len(candidate[0])


def _stands_around(document: Document, span: Span, name: str, offset: int) -> bool:
    start = span.start - offset
    end = start + len(name)
    text = document.text
    return (
        start >= 0
        and text.startswith(name, start)
        and not (start and text[start - 1].isalnum())
        and not text[end : end + 1].isalnum()
    )


def _is_free(place: _Longer) -> bool:
    """Whether no other span shares text with the longer name."""
    spans = place.document.spans
    return not any(s.start < place.end and place.start < s.end and s is not place.span for s in _near(spans, place))


def _near(spans: tuple[Span, ...], place: _Longer) -> Iterator[Span]:
    at = bisect_left(spans, place.start, key=lambda span: span.start)
    for index in range(max(at - 3, 0), len(spans)):  # those that begin before it and reach in are few
        if spans[index].start >= place.end:
            return
        yield spans[index]


_B107: Final = Rule(
    code="B107",
    name="longer-known-span",
    scope="corpus",
    severity="warning",
    fix="unsafe",
    about="""A span that is part of a longer name standing right there, which the corpus labels whole at least as often.

The model is shown two boundaries for one name. Words that are titles, small words or punctuation do not make a name
longer, and a longer name that another span shares is left to B106 and to the rules of consistency.""",
    bad=("The [LOC Czech Republic  ] won ; Czech [LOC Republic  ] officials left . ",),
    good=("The [LOC Czech Republic  ] left the [LOC Republic  ] . ", "[PER Mr. Ford  ] , said [PER Ford  ] . "),
    corpus=_longer_known_span,
    precision={"sec": "2 of 3"},
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
    mask = corpus.whose(leading.match, rb"(?<=\n)" + corpus.word_hint({words[0] for words in titles}))
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
    precision={"wikigold": "0 of 1"},
)

RULES: Final = (_B103, _B106, _B107, _B108)
