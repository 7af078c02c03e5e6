"""Consistency rules: one name, one label; one sentence, one annotation. They compare all documents of a run."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from nerconv.document import Document
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, number, shown

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus, Mention

#: So sure of a majority, relabelling to it is worth proposing.
_SURE: Final = (0.9, 10)
_RELATED: Final = 3


def _type_conflict(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    least, share = number(options, "least"), number(options, "share")
    several = {
        surface: labels
        for surface, labels in corpus.labels.items()
        if len(labels) > 1 and labels.total() >= least and surface not in corpus.noises
    }
    for surface, mentions in corpus.mentions(corpus.surfaces.among(several.keys())).items():
        (majority, count), total = several[surface].most_common(1)[0], several[surface].total()
        if count >= share * total:
            usual = [mention for mention in mentions if mention.span.label == majority][:_RELATED]
            for mention in mentions:
                if mention.span.label != majority:
                    yield mention.document, _minority(mention, surface, usual, count, total)


def _minority(mention: Mention, surface: str, usual: list[Mention], count: int, total: int) -> Flag:
    span, majority = mention.span, usual[0].span.label
    message = (
        f"{shown(surface)} is {span.label} here and {majority} {count:,} of {total:,} times; "
        f"label it alike, or make sure that this one means something else"
    )
    fix = None
    if count >= _SURE[0] * total and total >= _SURE[1]:
        fix = Fix("unsafe", f"label it {majority}", (SpanChange(span, replace(span, label=majority)),))
    related = tuple((m.document.id, m.span.start) for m in usual)
    return Flag(span.start, span.end, message, span, fix, related, count / total)


def _conflicting_duplicate(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    places: defaultdict[str, list[tuple[Document, int, int]]] = defaultdict(list)
    for document, sentences in corpus.repeated():
        for start, end in sentences:
            places[document.text[start:end]].append((document, start, end))
    for text, found in places.items():
        if len(found) > 1 and text.count(" ") + 1 >= number(options, "tokens"):
            readings = [_spans_within(*place) for place in found]
            usual, count = Counter(readings).most_common(1)[0]
            for (document, start, end), reading in zip(found, readings, strict=True):
                if reading != usual:
                    message = (
                        f"this sentence stands {len(found):,} times, {count:,} of them labelled otherwise "
                        f"({_listed(text, usual)} there, {_listed(text, reading)} here); label it alike"
                    )
                    yield document, Flag(start, end, message)


def _spans_within(document: Document, start: int, end: int) -> tuple[tuple[int, int, str], ...]:
    first = bisect_left(document.spans, start, key=attrgetter("start"))
    last = bisect_left(document.spans, end, key=attrgetter("start"))
    return tuple((s.start - start, s.end - start, s.label) for s in document.spans[first:last] if s.end <= end)


def _listed(text: str, spans: tuple[tuple[int, int, str], ...]) -> str:
    return ", ".join(f"{label} {shown(text[start:end])}" for start, end, label in spans[:3]) or "no span"


RULES: Final = (
    Rule(
        code="X301",
        name="type-conflict",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A name that nearly always has one label and here has another.

A model cannot learn both, and whichever it gives is scored as wrong somewhere. Masked names and layout words are left
out, and so are names without such a majority, a club called after its city among them. In carefully labelled text
what is left is mostly a second meaning (an album called after its band), so the rule is off unless asked for; in text
labelled by a crowd or a machine it is mostly noise. Label it alike, or make sure that it means something else.""",
        bad=(
            "[PER Mousavi  ] won . " * 4 + "[MISC Mousavi  ] left . ",
            "[PER Mousavi  ] won . " * 10 + "[MISC Mousavi  ] left . ",
        ),
        good=(
            "[PER Mousavi  ] said . [PER Mousavi  ] left . [MISC Mousavi  ] won . [MISC Mousavi  ] met [PER Ann  ] . ",
            "[LOC Leeds  ] is big . [ORG Leeds  ] won . ",
        ),
        corpus=_type_conflict,
        options={"least": 5, "share": 0.8},
        default=False,
        precision={"wikigold": Measured(0, 3, "2026-11-24"), "wnut17": Measured(0, 1, "2026-11-24")},
    ),
    Rule(
        code="X307",
        name="conflicting-duplicate",
        scope="corpus",
        severity="error",
        fix="none",
        about="""A sentence that stands in the corpus more than once, labelled in different ways.

At least one of them is wrong, and a model is trained against itself. The flag stands on those that differ from the
most frequent reading. Sentences of fewer than `tokens` tokens are left out.""",
        bad=("[LOC Rome  ] was quiet today . \n[ORG Rome  ] was quiet today . \n[LOC Rome  ] was quiet today . \n",),
        good=("[LOC Rome  ] was quiet today . \n[LOC Rome  ] was quiet today . \n", "[LOC Rome  ] . \nRome . \n"),
        corpus=_conflicting_duplicate,
        options={"tokens": 4},
        precision={"sec": Measured(1, 1, "2026-11-24"), "wnut17": Measured(14, 14, "2026-11-24")},
    ),
)
