"""Omission rules: a name without a label that has one elsewhere. They compare all documents of a run."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from nerconv.document import Document, Span
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, number, shown, text
from nerconv.linting.surface import is_demonym, titles, word_set

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus


def _evidence(corpus: LintCorpus, options: Options) -> tuple[float, float]:
    """Return how often a name has to be labelled, and in which share of its places: more where labels waver."""
    if corpus.unsteady > number(options, "unsteady"):
        return max(number(options, "least"), number(options, "least_unsteady")), number(options, "share_unsteady")
    return number(options, "least"), number(options, "share")


def _omitted(corpus: LintCorpus, surface: str, start: int, bare: int) -> Flag:
    """Return the flag for ``surface`` at ``start``, one of ``bare`` places without a label."""
    total = corpus.totals[surface] + bare
    label, count = corpus.labels_of(surface).most_common(1)[0]
    message = (
        f"{shown(surface)} has no label here and has one {corpus.totals[surface]:,} of {total:,} times "
        f"({label} {count:,}); label it, or make sure that it is not a name here"
    )
    fix = Fix("unsafe", f"label it {label}", (SpanChange(None, Span(start, start + len(surface), label)),))
    return Flag(start, start + len(surface), message, fix=fix, score=corpus.totals[surface] / total)


# --- X302 untagged-mention --------------------------------------------------------------------------------------


def _untagged(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    least, share = _evidence(corpus, options)
    known = [
        surface
        for surface, total in corpus.totals.items()
        if total >= least and " " in surface and not surface.islower() and surface not in corpus.noises
    ]
    bare: defaultdict[str, list[tuple[Document, int]]] = defaultdict(list)
    for document, stretches in corpus.bare_names(frozenset(known)):
        for start, end in stretches:
            if not _goes_on(document.text, start, end) and not _is_heading(document.text, start, end):
                bare[document.text[start:end]].append((document, start))
    for surface, places in bare.items():
        tagged = corpus.totals[surface]
        if tagged >= share * (tagged + len(places)):
            for document, start in places:
                yield document, _omitted(corpus, surface, start, len(places))


def _is_heading(text: str, start: int, end: int) -> bool:
    """Whether ``start:end`` is a line in capitals, which X313 looks at."""
    return (
        (start == 0 or text[start - 1] == "\n")
        and text[end : end + 2].strip(" ")[:1] in ("", "\n")
        and text[start:end].isupper()
    )


_ARTICLES: Final = frozenset({"the", "a", "an"})


def _days() -> frozenset[str]:
    return word_set("calendar_words")


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a capital beside ``start:end`` makes it part of a longer name, as in New York Fashion Week."""
    before = text[max(text.rfind("\n", 0, start), text.rfind(" ", 0, max(start - 1, 0))) + 1 : start]
    word = before.removesuffix(" ")
    named = word != before and word[:1].isupper() and word.lower() not in _ARTICLES and word not in _days()
    return named or text[end + 1 : end + 2].isupper()


# --- X311 untagged-word -----------------------------------------------------------------------------------------

_NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.&-]){2,}\Z")


def _untagged_word(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    least, share = _evidence(corpus, options)
    known = {
        surface
        for surface, total in corpus.totals.items()
        if total >= least
        and surface[:1].isupper()
        and _NAME.match(surface)
        and surface.lower() not in titles()
        and surface not in corpus.noises
    }
    bare = Counter[str]()

    def wanted(counts: Counter[str]) -> set[str]:
        """Return the words that are labelled often enough, and that no place has in lower case."""
        bare.update(counts)
        likely = {
            word for word, count in counts.items() if corpus.totals[word] >= share * (corpus.totals[word] + count)
        }
        likely -= {word for word in likely if _is_adjective(corpus, word)}
        low = corpus.words_among({word.lower() for word in likely})
        return {word for word in likely if word.lower() not in low}

    for document, stretches in corpus.bare_words(known, wanted):
        for start, end in stretches:
            if not _has_capital_beside(document.text, start, end):
                surface = document.text[start:end]
                yield document, _omitted(corpus, surface, start, bare[surface])


def _is_adjective(corpus: LintCorpus, word: str) -> bool:
    """Whether C221 speaks of ``word``."""
    return is_demonym(word) and corpus.labels_of(word).most_common(1)[0][0] == "MISC"


#: No word of a name is farther than this from the next one, in characters, spaces among them.
_REACH: Final = 200


def _has_capital_beside(text: str, start: int, end: int) -> bool:
    """Whether a word with a capital beside ``start:end`` may make it part of a name; the first of a line makes none.

    In a line without a lower-case word capitals tell nothing.
    """
    begin, stop = text.rfind("\n", max(start - _REACH, 0), start) + 1, text.find("\n", end, end + _REACH)
    before, behind = (
        text[begin or max(start - _REACH, 0) : start].split(),
        text[end : stop if stop >= 0 else end + _REACH].split(),
    )
    if not any(map(str.islower, before + behind)):
        return False
    return (len(before) > 1 and before[-1][0].isupper()) or (bool(behind) and behind[0][0].isupper())


# --- C221 untagged-demonym --------------------------------------------------------------------------------------


def _untagged_demonym(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    label, least = text(options, "label"), number(options, "least")
    if label not in corpus.label_counts:
        return
    known = set(filter(is_demonym, corpus.surfaces.texts(corpus.labelled({label}))))
    counts: dict[str, int] = {}

    def wanted(bare: Counter[str]) -> set[str]:
        """Return the words that mostly have the label, in a corpus that labels such words."""
        tagged = sum(corpus.labels_of(word)[label] for word in known)
        counts.update(bare)
        if tagged < number(options, "share") * (tagged + bare.total()):
            return set()
        labels = ((word, corpus.labels_of(word)) for word in bare)
        return {word for word, found in labels if least <= found[label] >= found.total() / 2}

    for document, stretches in corpus.bare_words(known, wanted):
        for start, end in stretches:
            word = document.text[start:end]
            yield document, _omitted(corpus, word, start, counts[word])


RULES: Final = (
    Rule(
        code="C221",
        name="untagged-demonym",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A word such as `Iranian` without a label, in a corpus that labels such words.

Such words are labelled MISC in news corpora, and an omission teaches a model that they are none. Only words count that
have the label `label` at least `least` times and mostly, in a corpus that labels at least `share` of them: where it
has no such label, the rule is silent.""",
        bad=("The [MISC Iranian  ] minister met [MISC Iranian  ] guards ; an Iranian plane landed . ",),
        good=("The [NORP Iranian  ] minister met [NORP Iranian  ] guards ; an Iranian plane landed . ",),
        corpus=_untagged_demonym,
        options={"label": "MISC", "least": 2, "share": 0.5},
        precision={"planted slips": Measured(6, 6, "2026-11-27"), "wikigold": Measured(2, 2, "2026-11-27")},
    ),
    Rule(
        code="X302",
        name="untagged-mention",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A name of several tokens that is labelled elsewhere and stands here without a label.

Every such place teaches a model that the name is none, and counts a right prediction as wrong. Only names of at least
two tokens that are labelled at least `least` times and in at least `share` of all places count: single words are names
in one place and words in another, and X311 looks at them. Where more than the share `unsteady` of all spans is in
lower case or has a rare label, as labels of machines are, it takes `least_unsteady` and `share_unsteady`. Label it, or
make sure that it is not a name here.""",
        bad=("[ORG Interior Ministry  ] said . [ORG Interior Ministry  ] left . The Interior Ministry won . ",),
        good=(
            "[ORG Interior Ministry  ] said . The Interior Ministry won . The Interior Ministry left . ",
            "[LOC Rome  ] said . [LOC Rome  ] left . We saw Rome burn . ",
        ),
        corpus=_untagged,
        options={"least": 2, "share": 0.5, "unsteady": 0.05, "least_unsteady": 2, "share_unsteady": 0.8},
        precision={
            "planted slips": Measured(6, 6, "2026-11-27"),
            "re3d": Measured(3, 3, "2026-11-27"),
            "sec": Measured(1, 2, "2026-11-27"),
        },
    ),
    Rule(
        code="X311",
        name="untagged-word",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A single word that is a name wherever it is labelled, and has no label here.

It counts when it begins with a capital, is labelled at least `least` times and in at least `share` of its places, and
stands nowhere in lower case. A word beside another one with a capital may be part of a longer name, so it is left out
unless the whole line is in capitals. Where more than the share `unsteady` of all spans is in lower case or has a rare
label, it takes `least_unsteady` and `share_unsteady`. Label it, or make sure that it is not a name here.""",
        bad=("[PER Velidze  ] said . [PER Velidze  ] left . We saw Velidze there . ",),
        good=(
            "[PER Velidze  ] said . [PER Velidze  ] left . We saw Velidze Street . ",
            "[LOC Rome  ] said . We saw Rome . A Rome visit . [LOC Rome  ] left . in Rome . ",
            "[ORG State  ] said . [ORG State  ] left . In State they fell . a state , ",
        ),
        corpus=_untagged_word,
        options={"least": 2, "share": 0.6, "unsteady": 0.05, "least_unsteady": 3, "share_unsteady": 0.8},
        precision={
            "planted slips": Measured(6, 6, "2026-11-27"),
            "re3d": Measured(1, 1, "2026-11-27", held_out=True),
            "sec": Measured(2, 2, "2026-11-27"),
            "wikigold": Measured(3, 4, "2026-11-27"),
            "wnut17": Measured(1, 1, "2026-11-27"),
        },
    ),
)
