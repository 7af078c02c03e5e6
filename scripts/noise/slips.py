"""Slips of annotators and of machines, made on purpose: each changes one sentence of a gold, and says which tokens.

The first four are those that people make: another label, a moved edge, a name without a label, a label without a name.
The others are what tools and layout leave behind, one kind for each family of lint rules.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from nerconv import schemes, tokens
from nerconv.document import Document
from nerconv.schemes import TokenSpan

SCHEME = schemes.get("IOB2")


class Sentence(NamedTuple):
    """Words, and the spans on them as (first, end, label), ascending and not overlapping."""

    words: tuple[str, ...]
    spans: tuple[TokenSpan, ...]

    @property
    def bare(self) -> list[int]:
        """The numbers of the words in no span."""
        inside = {at for first, end, _ in self.spans for at in range(first, end)}
        return [at for at in range(len(self.words)) if at not in inside]

    def without(self, span: TokenSpan) -> tuple[TokenSpan, ...]:
        """All spans but one."""
        return tuple(each for each in self.spans if each != span)

    def with_span(self, old: TokenSpan | None, new: TokenSpan) -> Sentence:
        """The sentence with ``new`` in place of ``old``."""
        left = self.spans if old is None else self.without(old)
        return self._replace(spans=tuple(sorted((*left, new))))

    def inserted(self, at: int, words: Sequence[str], inside: TokenSpan | None = None) -> Sentence:
        """The sentence with ``words`` before the word ``at``; the span ``inside`` takes them in, others move along."""
        many, moved = len(words), []
        for each in self.spans:
            first, end, label = each
            if each == inside:
                moved.append((first, end + many, label))
            else:
                by = many if first >= at else 0
                moved.append((first + by, end + by, label))
        return Sentence((*self.words[:at], *words, *self.words[at:]), tuple(moved))


class Slip(NamedTuple):
    """What a sentence became, one sentence or two, and the words (numbered through both) that the slip is about."""

    sentences: tuple[Sentence, ...]
    touched: range


class Habits(NamedTuple):
    """What slips are drawn from: how often labels share a word, and all labels, as often as the gold has them."""

    confused: dict[str, list[str]]
    labels: list[str]


Make = Callable[[Sentence, random.Random, Habits], Slip | None]


def sentences_of(document: Document) -> list[Sentence]:
    """Return the sentences of ``document``; spans that cut words, cross sentences or overlap are left out."""
    found = []
    for start, end in tokens.sentences(document):
        part = document.cut(start, end, "sentence", start, end)
        starts, ends = (list(edges) for edges in tokens.edges(part))
        spans: list[TokenSpan] = []
        for span in sorted(part.spans, key=lambda span: (span.start, span.end)):
            if span.start in starts and span.end in ends:
                new = (starts.index(span.start), ends.index(span.end) + 1, span.label)
                if not spans or spans[-1][1] <= new[0]:
                    spans.append(new)
        found.append(Sentence(tuple(tokens.words(part, 0, len(part.text))), tuple(spans)))
    return found


def habits_of(sentences: Iterable[Sentence]) -> Habits:
    """Return which labels are taken for which: those whose names share words, and beside them any, by their number."""
    of_word: defaultdict[str, Counter[str]] = defaultdict(Counter)
    labels = []
    for sentence in sentences:
        for first, end, label in sentence.spans:
            labels.append(label)
            for word in sentence.words[first:end]:
                of_word[word][label] += 1
    confused = {label: [other for other in set(labels) if other != label] for label in set(labels)}
    for counts in of_word.values():
        for label in counts:
            for other in counts:
                if other != label:
                    confused[label] += [other] * min(counts[label], counts[other])
    return Habits({label: sorted(others) for label, others in confused.items()}, labels)


def _a_span(sentence: Sentence, chance: random.Random, least: int = 1) -> TokenSpan | None:
    long_enough = [span for span in sentence.spans if span[1] - span[0] >= least]
    return chance.choice(long_enough) if long_enough else None


def _is_name(word: str) -> bool:
    return word[:1].isupper() and word.isalpha() and len(word) > 1


# --- what people do --------------------------------------------------------------------------------------------------


def _type(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
    span = _a_span(sentence, chance)
    if not span or not habits.confused[span[2]]:
        return None
    new = (span[0], span[1], chance.choice(habits.confused[span[2]]))
    return Slip((sentence.with_span(span, new),), range(*span[:2]))


def _boundary(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
    if not (span := _a_span(sentence, chance)):
        return None
    first, end, label = span
    bare = sentence.bare
    ways = [(first - 1, end)] * (first - 1 in bare) + [(first, end + 1)] * (end in bare)
    if end - first > 1:
        ways = [(first + 1, end), (first, end - 1)] * 2 + ways
    if not ways:
        return None
    new = chance.choice(ways)
    touched = range(min(first, new[0]), max(end, new[1]))
    return Slip((sentence.with_span(span, (*new, label)),), touched)


def _drop(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
    span = _a_span(sentence, chance)
    return span and Slip((sentence._replace(spans=sentence.without(span)),), range(*span[:2]))


def _add(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
    names = [at for at in sentence.bare if _is_name(sentence.words[at])]
    if not names:
        return None
    at = chance.choice(names)
    return Slip((sentence.with_span(None, (at, at + 1, chance.choice(habits.labels))),), range(at, at + 1))


# --- what tools and layout leave behind ------------------------------------------------------------------------------

_HEADINGS = ("Summary:", "SUMMARY", "Comment:", "DECL:", "SUBJECT:", "TAGS:", "REF:", "Background:", "Introduction:")
_TITLES = ("President", "Prime Minister", "Foreign Minister", "Ambassador", "Secretary General", "Supreme Leader")
_EDGES = {"the", "of", "in", "and", "for", "at", "by", "to", "from", "or", "with"}
_DAYS = re.compile(
    r"(?i)(mon|tues|wednes|thurs|fri|satur|sun)day\Z|(january|february|april|june|july|august|october)\Z"
)


def _put(words: Callable[[random.Random], Sequence[str]], before: bool = False) -> Make:
    """Return a slip that labels words of its own, at the start of the sentence or at a random place outside spans."""

    def made(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
        new = words(chance)
        inner = {at for first, end, _ in sentence.spans for at in range(first + 1, end)}
        at = 0 if before else chance.choice([n for n in range(len(sentence.words) + 1) if n not in inner])
        span = (at, at + len(new), chance.choice(habits.labels))
        return Slip((sentence.inserted(at, new).with_span(None, span),), range(*span[:2]))

    return made


def _mask(chance: random.Random) -> list[str]:
    run = "X" * chance.randint(4, 14)
    return [chance.choice((run, run, run + chance.choice("as"), "[REDACTED]", "█" * 6, "<NAME>", "PERSON_1", "_" * 5))]


def _placeholder(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
    if not (span := _a_span(sentence, chance)):
        return None
    first, end, label = span
    many = end - first
    moved = tuple((a - many + 1, b - many + 1, c) if a >= end else (a, b, c) for a, b, c in sentence.without(span))
    words = (*sentence.words[:first], *_mask(chance), *sentence.words[end:])
    return Slip((Sentence(words, moved).with_span(None, (first, first + 1, label)),), range(first, first + 1))


def _grown(words: Callable[[random.Random], Sequence[str]]) -> Make:
    """Return a slip that puts words of its own at the end of a span, which takes them in."""

    def made(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
        span = _a_span(sentence, chance)
        new = words(chance)
        return span and Slip((sentence.inserted(span[1], new, span),), range(span[0], span[1] + len(new)))

    return made


def _furniture(chance: random.Random) -> list[str]:
    town = chance.choice(("ANKARA", "OSLO", "LIMA", "QUITO", "RIGA"))
    return [town, f"{chance.randint(1, 9999):08}", f"{chance.randint(1, 4):03}", "OF", f"{chance.randint(4, 9):03}"]


def _over(wanted: Callable[[str], object]) -> Make:
    """Return a slip that moves an edge of a span over a word beside it, one that is ``wanted`` and in no span."""

    def made(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
        bare, ways = set(sentence.bare), []
        for span in sentence.spans:
            first, end, label = span
            beside = ((first - 1, (first - 1, end, label)), (end, (first, end + 1, label)))
            ways += [(span, new) for at, new in beside if at in bare and wanted(sentence.words[at])]
        if not ways:
            return None
        span, new = chance.choice(ways)
        return Slip((sentence.with_span(span, new),), range(*new[:2]))

    return made


def _labelled(wanted: Callable[[str], object]) -> Make:
    """Return a slip that labels a word in no span that is ``wanted``."""

    def made(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
        places = [at for at in sentence.bare if wanted(sentence.words[at])]
        if not places:
            return None
        at = chance.choice(places)
        return Slip((sentence.with_span(None, (at, at + 1, chance.choice(habits.labels))),), range(at, at + 1))

    return made


def _split_name(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
    if not (span := _a_span(sentence, chance, 2)):
        return None
    first, end, label = span
    cut = chance.randint(first + 1, end - 1)
    halves = sentence.with_span(span, (first, cut, label)).with_span(None, (cut, end, label))
    return Slip((halves,), range(first, end))


def _broken_line(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
    if not (span := _a_span(sentence, chance, 2)):
        return None
    cut = chance.randint(span[0] + 1, span[1] - 1)
    before = tuple((a, min(b, cut), c) for a, b, c in sentence.spans if a < cut)
    after = tuple((max(a, cut) - cut, b - cut, c) for a, b, c in sentence.spans if b > cut)
    return Slip((Sentence(sentence.words[:cut], before), Sentence(sentence.words[cut:], after)), range(*span[:2]))


def _respelt(spell: Callable[[str, random.Random], str]) -> Make:
    """Return a slip that writes a word of a span in another way."""

    def made(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
        if not (span := _a_span(sentence, chance)):
            return None
        at = chance.randrange(*span[:2])
        words = (*sentence.words[:at], spell(sentence.words[at], chance), *sentence.words[at + 1 :])
        return Slip((sentence._replace(words=words),), range(*span[:2]))

    return made


def _half(word: str, chance: random.Random) -> str:
    return chance.choice(("({}", "{})", "“{}", "{}]")).format(word)


def _hidden(word: str, chance: random.Random) -> str:
    middle = len(word) // 2
    return word[:middle] + chance.choice("\u00ad\u200b\ufffd") + word[middle:]


def _escaped(word: str, chance: random.Random) -> str:
    return chance.choice(("{}&amp;", "<b>{}", "{}</i>", "'''{}", "{}&quot;")).format(word)


def _duplicate(sentence: Sentence, chance: random.Random, habits: Habits) -> Slip | None:
    span = _a_span(sentence, chance)
    if not span or len(sentence.words) < 4:
        return None
    copy = sentence._replace(spans=sentence.without(span))
    return Slip((sentence, copy), range(2 * len(sentence.words)))


#: The kinds that people make, by name.
PEOPLE: dict[str, Make] = {"type": _type, "boundary": _boundary, "drop": _drop, "add": _add}
#: The kinds that tools and layout make, by name.
TOOLS: dict[str, Make] = {
    "placeholder": _placeholder,
    "placeholder-beside": _grown(_mask),
    "section-word": _put(lambda chance: [chance.choice(_HEADINGS)], before=True),
    "editor-word": _grown(lambda chance: [chance.choice(("Comment", "Comment:", "Note:"))]),
    "page-furniture": _put(_furniture),
    "title-as-name": _put(lambda chance: chance.choice(_TITLES).split()),
    "handle": _put(lambda chance: [chance.choice(("@paulwalk", "www.example.org", "info@example.org", "@"))]),
    "edge-punctuation": _over(lambda word: word in {",", ":", ";", "-", "--", "."}),
    "edge-function-word": _over(_EDGES.__contains__),
    "possessive-inside": _over(lambda word: word in {"'s", "’s", "'"}),
    "half-bracket": _respelt(_half),
    "invisible-character": _respelt(_hidden),
    "markup-residue": _respelt(_escaped),
    "number": _labelled(lambda word: not any(map(str.isalpha, word)) and any(map(str.isdigit, word))),
    "calendar-word": _labelled(_DAYS.match),
    "lower-case-word": _labelled(lambda word: word.islower() and word.isalpha() and len(word) > 4),
    "split-name": _split_name,
    "broken-line": _broken_line,
    "conflicting-duplicate": _duplicate,
}
KINDS = PEOPLE | TOOLS


class Marked(NamedTuple):
    """A sentence of a corpus with slips, and for each word the number of the slip that it is part of, or -1."""

    sentence: Sentence
    slips: tuple[int, ...]


class Injected(NamedTuple):
    """Documents as sentences, and by the number of each slip its kind and the sentence as it was."""

    documents: list[list[Marked]]
    kinds: list[str]
    originals: list[Sentence]

    def repaired(self, slips: Container[int]) -> list[list[Sentence]]:
        """Return the documents as they are when the slips with these numbers are put right."""
        found = []
        for text in self.documents:
            done, sentences = set(), []
            for sentence, own in text:
                slip = max(own, default=-1)
                if slip < 0 or slip not in slips:
                    sentences.append(sentence)
                elif slip not in done:
                    done.add(slip)
                    sentences.append(self.originals[slip])
            found.append(sentences)
        return found


def injected(documents: Sequence[Document], kinds: Sequence[str], rate: float, seed: int) -> Injected:
    """Return ``documents`` with slips of ``kinds``, as many as ``rate`` of the spans, one a sentence at most.

    Each kind is made as often as the others, unless too few sentences have what it needs.
    """
    texts = [sentences_of(document) for document in documents]
    habits = habits_of(sentence for text in texts for sentence in text)
    chance = random.Random(seed)
    everything = [(n, at) for n, text in enumerate(texts) for at in range(len(text))]
    left = {kind: chance.sample(everything, len(everything)) for kind in kinds}
    made: dict[tuple[int, int], tuple[str, Slip]] = {}
    wanted = round(rate * len(habits.labels))
    while left and len(made) < wanted:
        for kind in list(left)[: wanted - len(made)]:
            slip = None
            while left[kind] and not slip:
                n, at = left[kind].pop()
                slip = None if (n, at) in made else KINDS[kind](texts[n][at], chance, habits)
            if slip:
                made[n, at] = kind, slip
            else:
                del left[kind]
    return _with_slips(texts, made)


def _with_slips(texts: Sequence[Sequence[Sentence]], made: dict[tuple[int, int], tuple[str, Slip]]) -> Injected:
    found = Injected([], [], [])
    for n, text in enumerate(texts):
        document: list[Marked] = []
        for at, sentence in enumerate(text):
            kind, slip = made.get((n, at), ("", Slip((sentence,), range(0))))
            done = 0
            for each in slip.sentences:
                here = range(done, done + len(each.words))
                document.append(Marked(each, tuple(len(found.kinds) if w in slip.touched else -1 for w in here)))
                done += len(each.words)
            found.kinds.extend([kind] if kind else [])
            found.originals.extend([sentence] if kind else [])
        found.documents.append(document)
    return found


def columns(documents: Iterable[Iterable[Sentence]]) -> Iterator[str]:
    """Yield the lines of a column file, each document behind a -DOCSTART- line, in IOB2."""
    for document in documents:
        yield from ("-DOCSTART- O", "")
        for words, spans in document:
            yield from map(" ".join, zip(words, schemes.encode(SCHEME, spans, len(words)), strict=True))
            yield ""
