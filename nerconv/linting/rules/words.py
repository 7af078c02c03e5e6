"""Word rules: a word of another kind under a label for names: an adjective of a place, the first word of a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from nerconv import tokens
from nerconv.document import Document
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, number, shown, strings, text
from nerconv.linting.surface import family, word_set

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus


def _demonyms(options: Options) -> frozenset[str]:
    return word_set("demonyms") | set(strings(options, "words"))


def _demonym(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    known, label = _demonyms(options), text(options, "label")
    for span in document.spans:
        surface = document.covered(span)
        if surface in known and family(span.label) == "LOC":
            if not _labels_them(corpus, known, label):
                return
            message = f"{shown(surface)} is what comes from a place, not the place; label it {label} or not at all"
            fix = Fix("unsafe", f"label it {label}", (SpanChange(span, replace(span, label=label)),))
            yield Flag(span.start, span.end, message, span, fix)


def _labels_them(corpus: LintCorpus, known: frozenset[str], label: str) -> bool:
    """Whether the corpus has ``label``, and labels no more of the ``known`` words as places."""
    counts = Counter[str]()
    for word in known:
        counts.update(corpus.labels_of(word))
    places = sum(count for found, count in counts.items() if family(found) == "LOC")
    return label in corpus.label_counts and counts[label] >= places


def _sentence_initial(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    words: Counter[str] = Counter()
    for document in corpus.documents:
        words.update(tokens.words(document, 0, len(document.text)))
    least = number(options, "least")
    for document in corpus.documents:
        starts = {start for start, _ in tokens.sentences(document)}
        for span in document.spans:
            surface = document.covered(span)
            common = words[surface.lower()]
            single = span.start in starts and surface.istitle() and " " not in surface
            if single and common >= least > words[surface]:
                message = (
                    f"{shown(surface)} begins a sentence here and stands {common:,} times in lower case; take the "
                    "label off, or make sure that it is a name"
                )
                fix = Fix("unsafe", "drop the span", (SpanChange(span, None),))
                yield document, Flag(span.start, span.end, message, span, fix)


RULES: Final = (
    Rule(
        code="C217",
        name="demonym-as-location",
        scope="span",
        severity="warning",
        fix="unsafe",
        about="""A word such as `Iranian` under a label for places, in a corpus that labels such words otherwise.

It stands for people, languages or what belongs to a place, and most guidelines label it MISC or NORP or not at all; a
model that learns both ways learns neither. `words` adds to the list, `label` is what the fix gives. The rule speaks
where the corpus has that label, as news corpora with PER, LOC, ORG and MISC do, and gives it to as many of these words
as it labels as places.""",
        bad=("The [LOC Iranian  ] minister met [MISC Iranian  ] guards . ",),
        good=(
            "The [MISC Iranian  ] minister left [LOC Iran  ] . ",
            "The [LOC Iranian  ] minister met [LOC Iranian  ] guards and [MISC Turkish  ] ones . ",
            "The [LOC Iranian  ] minister met [NORP Iranian  ] guards . ",
        ),
        local=_demonym,
        screen=lambda corpus, options: corpus.surfaces.among(_demonyms(options)),
        options={"words": (), "label": "MISC"},
        precision={"planted slips": Measured(6, 6, "2026-11-27")},
    ),
    Rule(
        code="C218",
        name="sentence-initial-word",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A single word at the beginning of a sentence that is common in lower case.

Its capital comes from its place. Flagged when the word stands at least `least` times in lower case and fewer times
with a capital. Off by default: names that are common words begin sentences, too.""",
        bad=("[ORG Meanwhile  ] he left . " + "And meanwhile it rained . " * 5,),
        good=("[ORG Meanwhile  ] he left . And meanwhile it rained . ",),
        corpus=_sentence_initial,
        options={"least": 5},
        default=False,
        precision={"re3d": Measured(1, 1, "2026-11-24"), "wnut17": Measured(0, 2, "2026-11-24")},
    ),
)
