"""Boundary rules that compare the edges of a span with those that the same words have elsewhere."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Document, Span
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, number, shown
from nerconv.linting.surface import family, titles

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus
    from nerconv.linting.near import Mask


class _Longer(NamedTuple):
    """A longer name that stands around a span: the offset of the span in it, and the words that it adds to the span."""

    name: str
    offset: int
    added: str

    @property
    def adds(self) -> bool:
        """Whether it adds words of a name."""
        return _adds_a_name(self.added.split(" "))

    @property
    def beside(self) -> str:
        """The word beside the span: a space before it when it follows the span, and one behind it when it leads."""
        return self.added.rpartition(" ")[2] + " " if self.offset else " " + self.added.partition(" ")[0]


class _Place(NamedTuple):
    """A span, the longer name around it, and where that stands."""

    document: Document
    span: Span
    longer: _Longer
    start: int
    end: int


def _adds_a_name(words: Sequence[str]) -> bool:
    """Whether ``words``, by which one name is longer than another, hold more than titles and small words."""
    return any(
        word[0].isupper() and word.lower().rstrip(".") not in titles() and word[-1] not in ":;,"
        for word in words
        if len(word.rstrip(".")) > 1
    )


def _longer_names(several: Mapping[str, list[str]], asked: Container[str]) -> dict[str, list[_Longer]]:
    """Return, by ``asked`` surface, the longer surfaces that begin or end with it."""
    longer: defaultdict[str, list[_Longer]] = defaultdict(list)
    for name, words in several.items():
        if words[2:] or words[0] in asked or words[-1] in asked:
            at = -1
            for word in words[:-1]:
                at += len(word) + 1
                first, last = name[:at], name[at + 1 :]
                if first in asked:
                    longer[first].append(_Longer(name, 0, last))
                if last in asked:
                    longer[last].append(_Longer(name, at + 1, first))
    return longer


_WORD_AFTER: Final = re.compile(r" [^ \t\n]+")
#: No word of a name is longer than this.
_REACH: Final = 40


def _candidates(document: Document, span: Span, longer: Mapping[str, list[_Longer]]) -> Iterator[_Longer]:
    """Yield the candidates that the words beside ``span`` allow."""
    if match := _WORD_AFTER.match(document.text, span.end):
        yield from longer.get(match[0], ())
    before = document.text[max(span.start - _REACH, 0) : span.start]
    if before.endswith(" "):
        word = before[max(before.rfind(" ", 0, -1), before.rfind("\n"), before.rfind("\t")) + 1 :]
        yield from longer.get(word, ())


def _parts(corpus: LintCorpus) -> list[_Place]:
    """Return the spans that are part of a longer name; of several names it is the longest."""
    found = []
    names = _longer_names(corpus.surfaces.several_words, corpus.totals)
    near = _beside_added(corpus, names)
    by_word = {surface: _by_word(names[surface]) for surface in corpus.surfaces.texts(near)}
    likely = _inside(corpus, near, by_word)
    for surface, mentions in corpus.mentions(likely, alone=False).items():
        for document, span in mentions:
            fitting = [
                each
                for each in _candidates(document, span, by_word[surface])
                if _stands_at(document, span.start - each.offset, each.name)
            ]
            if fitting:
                longer = max(fitting, key=lambda each: (each.adds, len(each.name)))
                start = span.start - longer.offset
                found.append(_Place(document, span, longer, start, start + len(longer.name)))
    return found


def _beside_added(corpus: LintCorpus, names: Mapping[str, list[_Longer]]) -> Mask:
    """Return which spans may have a word beside them that one of the longer ``names`` adds to their text."""
    from nerconv.linting.near import Words

    beside = {each.beside for longer in names.values() for each in longer}
    # Of two spaces together the first stands for a word, too.
    behind = Words({word[1:] for word in beside if word[0] == " "} - {""})
    before = Words({word[:-1] or " " for word in beside if word[-1] == " "})
    return corpus.surfaces.among(names.keys()) & corpus.asked(lambda part: part.beside(behind, before))


def _by_word(longer: list[_Longer]) -> dict[str, list[_Longer]]:
    found: defaultdict[str, list[_Longer]] = defaultdict(list)
    for each in longer:
        found[each.beside].append(each)
    return found


def _inside(corpus: LintCorpus, near: Mask, names: Mapping[str, Mapping[str, list[_Longer]]]) -> Mask:
    """Return which of the spans ``near`` may be part of one of the longer ``names``."""
    encoded = {
        name.encode(): {
            word.encode(): [(each.name.encode(), len(each.name[: each.offset].encode())) for each in longer]
            for word, longer in found.items()
        }
        for name, found in names.items()
    }
    return corpus.narrowed(near, lambda part, chosen: part.inside(chosen, encoded, 4 * _REACH))


def _stands_at(document: Document, start: int, name: str) -> bool:
    """Whether ``name`` stands at ``start`` as whole words."""
    end, text = start + len(name), document.text
    return (
        start >= 0
        and text.startswith(name, start)
        and not (start and text[start - 1].isalnum())
        and not text[end : end + 1].isalnum()
    )


def _near(place: _Place) -> Iterator[Span]:
    """Yield the spans that begin before the end of the longer name, those far before it left out."""
    spans = place.document.spans
    at = bisect_left(spans, place.start, key=lambda span: span.start)
    for index in range(max(at - 3, 0), len(spans)):  # those that begin before it and reach in are few
        if spans[index].start >= place.end:
            return
        yield spans[index]


# --- B107 longer-known-span -------------------------------------------------------------------------------------


def _longer_known_span(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    least, ratio = number(options, "least"), number(options, "ratio")
    places = [place for place in _parts(corpus) if not any(_are_apart(place, span) for span in _near(place))]
    short = Counter((place.longer.name, place.document.covered(place.span)) for place in places)
    for place in places:
        document, span, name = place.document, place.span, place.longer.name
        count, shorter = corpus.totals[name], short[name, document.covered(span)]
        if place.longer.adds:
            known = count >= shorter and (count > 1 or span.label in corpus.labels_of(name))
        else:
            known = count >= max(least, ratio * shorter) and span.label in corpus.labels_of(name)
        if known:
            message = (
                f"{shown(document.covered(span))} is part of {shown(name)} here, which is labelled whole {count:,} "
                f"times and in part {shorter:,}; label the whole name"
            )
            yield document, Flag(span.start, span.end, message, span, _whole(corpus, place))


def _are_apart(place: _Place, span: Span) -> bool:
    """Whether ``span`` is another one than that of ``place`` and shares text with the longer name."""
    return span is not place.span and span.end > place.start


def _whole(corpus: LintCorpus, place: _Place) -> Fix:
    """Return the fix that labels the longer name: alike, or as it mostly is."""
    name, labels = place.longer.name, corpus.labels_of(place.longer.name)
    label = place.span.label if place.span.label in labels else labels.most_common(1)[0][0]
    new = Span(place.start, place.end, label, place.span.where)
    said = f"label {shown(name)} instead" if label == place.span.label else f"label {shown(name)} {label} instead"
    return Fix("unsafe", said, (SpanChange(place.span, new),))


# --- B109 name-and-more -----------------------------------------------------------------------------------------


class _Inner(NamedTuple):
    """A frequent name in a rare span, and the words of the span before and behind it."""

    name: str
    before: tuple[str, ...]
    behind: tuple[str, ...]


def _name_and_more(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    least, ratio = number(options, "least"), number(options, "ratio")
    several, frequent = corpus.surfaces.several_words, _frequent(corpus.totals, least)
    inner = dict[str, list[_Inner]]()
    for surface, words in several.items():
        if frequent.keys().isdisjoint(words):
            continue
        enough = max(least, ratio * corpus.totals[surface])
        starts = [at for at, word in enumerate(words) if frequent.get(word, 0) >= enough]
        if starts and (names := list(_inner(corpus, words, starts, enough))):
            inner[surface] = names
    behind = {found.behind[0] for some in inner.values() for found in some if found.behind}
    before = {found.before[-1] for some in inner.values() for found in some if found.before}
    sides = zip(corpus.words_beside(behind, before), _within(corpus, several.values(), behind, before), strict=True)
    after, leading = (_Side(outside, _of_labels(outside), inside) for outside, inside in sides)
    for surface, mentions in corpus.mentions(corpus.surfaces.among(inner.keys())).items():
        for document, span in mentions:
            for name in inner[surface]:
                least_out = max(least, ratio * corpus.totals[surface])
                outside = [after.out(name, span.label, word, ratio) for word in name.behind[:1]]
                outside += [leading.out(name, span.label, word, ratio) for word in name.before[-1:]]
                count = corpus.labels_of(name.name)[span.label]
                if min(count, *outside) >= least_out:
                    yield document, _more_flag(document, span, name, count, min(outside))
                    break


class _Side(NamedTuple):
    """How often words stand beside spans, by text and label and by label alone, and in spans by label."""

    named: Counter[tuple[str, str, str]]
    labels: Counter[tuple[str, str]]
    inside: Counter[tuple[str, str]]

    def out(self, found: _Inner, label: str, word: str, ratio: float) -> int:
        """Return how often ``word`` stands beside spans of ``label``, or beside the name if those have it inside."""
        count = self.labels[label, word]
        return count if count >= ratio * self.inside[label, word] else self.named[found.name, label, word]


def _of_labels(outside: Counter[tuple[str, str, str]]) -> Counter[tuple[str, str]]:
    found = Counter[tuple[str, str]]()
    for (_, label, word), count in outside.items():
        found[label, word] += count
    return found


def _frequent(totals: Mapping[str, int], least: float) -> dict[str, int]:
    """Return the number of the most frequent name by its first word, names left out that are rarer than ``least``."""
    found: dict[str, int] = {}
    for name, count in totals.items():
        if count >= least:
            word = name.partition(" ")[0]
            found[word] = max(found.get(word, 0), count)
    return found


def _inner(corpus: LintCorpus, words: list[str], starts: Sequence[int], enough: float) -> Iterator[_Inner]:
    """Yield the names in ``words`` that stand ``enough`` times, the longest first; ``starts``: where any may begin."""
    for length in range(len(words) - 1, 0, -1):
        for start in starts:
            stop = start + length
            if stop <= len(words) and corpus.totals.get(name := " ".join(words[start:stop]), 0) >= enough:
                before, behind = words[:start], words[stop:]
                if not _adds_a_name(before) and (not _adds_a_name(behind) or _begins_another(corpus, name, behind)):
                    yield _Inner(name, tuple(before), tuple(behind))


def _begins_another(corpus: LintCorpus, name: str, behind: list[str]) -> bool:
    """Whether what follows ``name`` in a span has names of its own: in brackets, behind a verb, or behind a joint.

    Of persons any words behind a joint are another one; of others they have to be a known name.
    """
    joint, other = behind[0], " ".join(behind[1:])
    if joint in _JOINTS:
        return other in corpus.totals or family(corpus.labels_of(name).most_common(1)[0][0]) == "PER"
    return (joint == "(" and other.endswith(")")) or (joint.islower() and joint not in titles())


#: What stands between two names that are one span by mistake.
_JOINTS: Final = frozenset({"and", "or", "&", ",", "/", "-", "v", "vs"})


def _within(
    corpus: LintCorpus, several: Iterable[list[str]], behind: set[str], before: set[str]
) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Return by label how many spans hold each of ``behind`` behind another word, and each of ``before`` before one."""
    counts = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for count, wanted, part in zip(counts, (behind, before), (slice(1, None), slice(-1)), strict=True):
        for words in several if wanted else ():
            if not wanted.isdisjoint(held := words[part]):
                for label, number in corpus.labels_of(" ".join(words)).items():
                    for word in wanted.intersection(held):
                        count[label, word] += number
    return counts


def _more_flag(document: Document, span: Span, found: _Inner, frequent: int, outside: int) -> Flag:
    start = span.start + sum(len(word) + 1 for word in found.before)
    new = replace(span, start=start, end=start + len(found.name))
    words = " and ".join(shown(word) for word in (*found.before[-1:], *found.behind[:1]))
    message = (
        f"{shown(document.covered(span))} is {shown(found.name)}, which is {span.label} {frequent:,} times, and more: "
        f"{words} beside such a name is outside of the span in {outside:,} places; label the name alone"
    )
    fix = Fix("unsafe", f"label {shown(found.name)} instead", (SpanChange(span, new),))
    return Flag(span.start, span.end, message, span, fix)


RULES: Final = (
    Rule(
        code="B107",
        name="longer-known-span",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A span that is part of a longer name standing right there, which is labelled whole at least as often.

The model is shown two boundaries for one name. The longer name has the label of the span, or is labelled more than
once. Where it is longer by nothing but titles, small words or punctuation (`The Times`), it has to be labelled whole at
least `least` times and `ratio` times as often as in part. A longer name that another span shares is left to B106 and
to the rules of consistency.""",
        bad=("The [LOC Czech Republic  ] won ; Czech [LOC Republic  ] officials left . ",),
        good=("The [LOC Czech Republic  ] left the [LOC Republic  ] . ", "[PER Mr. Ford  ] , said [PER Ford  ] . "),
        corpus=_longer_known_span,
        options={"least": 5, "ratio": 5},
        precision={"planted slips": Measured(24, 24, "2026-11-27"), "sec": Measured(2, 3, "2026-11-24")},
    ),
    Rule(
        code="B109",
        name="name-and-more",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A rare span that is a frequent name and words beside it which other places leave out.

An article, a title, a party in brackets, a verb or a second name got into the span: `Ann Lee said`. The name has the
label at least `least` times and is `ratio` times as frequent as the span; the word next to it is as often outside of
the span, beside this name or beside spans of its label, which hold it `ratio` times less.""",
        bad=("[PER Velidze  ] said no . " * 6 + "[PER Velidze said  ] no . ",),
        good=(
            "[PER Velidze  ] said no . " * 3 + "[PER Velidze said  ] no . ",
            "[LOC York  ] is old . " * 6 + "[LOC New York  ] is new . ",
        ),
        corpus=_name_and_more,
        precision={"planted slips": Measured(78, 78, "2026-11-27")},
        options={"least": 5, "ratio": 5},
    ),
)
