"""Content rules about masking: text that stands where a name was taken out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from nerconv.document import Document, Span
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, drop, move, shown, strings, text
from nerconv.linting.surface import holds_mask, is_mask, masks, noise, normalised, word_set

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus


def _placeholder(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    label, keep = text(options, "label"), strings(options, "keep")
    for span in document.spans:
        surface = document.covered(span)
        if not is_mask(surface) or span.label == label or surface in keep:
            continue
        fix = drop(span)
        advice = "drop the span, or give all masking one label with the option label"
        if label:
            fix = Fix("unsafe", f"label it {label}", (SpanChange(span, replace(span, label=label)),))
            advice = f"label it {label}"
        yield Flag(span.start, span.end, f"{shown(surface)} masks a name and is none; {advice}", span, fix)


_C201: Final = Rule(
    code="C201",
    name="redaction-placeholder",
    scope="span",
    severity="error",
    fix="unsafe",
    about="""A span that is masking text: runs of X, blocks, underscores, asterisks, `[REDACTED]`, `<NAME>`, `PERSON_1`.

Nobody can tell what stood there, so its label is a guess, and a frequent one: a model learns that the mask is an
organisation, and the score rewards it for that. Drop the span, or set the option `label` to give all masking one
label of its own. A run of X counts from four, as no Roman numeral has, with at most one small letter glued to it.
The option `keep` lists names that look like masking (a brand called XXXX).""",
    bad=(
        "The [ORG XXXXXXXXXXXX  ] claimed it . ",
        "call for [LOC XXXXXXXa  ] new election . ",
        "[PER [REDACTED]  ] . ",
    ),
    good=("the film [MISC XXX  ] and [MISC Super Bowl XXXVI  ] . ", "[PER Malcolm X  ] spoke . "),
    local=_placeholder,
    screen=lambda corpus, options: corpus.surfaces.noisy(is_mask),
    options={"label": "", "keep": ()},
    precision={"seed": Measured(43, 43, "2026-11-24")},
)


def _placeholder_inside(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    for span in document.spans:
        surface = document.covered(span)
        if holds_mask(surface):
            message = f"masking is glued to words in {shown(surface)}; label the name alone, or drop the span"
            yield Flag(span.start, span.end, message, span, _without_masks(document, span, surface))


def _without_masks(document: Document, span: Span, surface: str) -> Fix:
    """Return the fix that keeps the longest piece of ``surface`` without masking, if it may be a name."""
    edges = [0, *(edge for mask in masks(surface) for edge in mask), len(surface)]
    pieces = zip(edges[::2], edges[1::2], strict=True)
    start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
    inner = surface[start:end].strip(" \t:;,.-–—")
    start = surface.index(inner, start)
    words = set(normalised(inner).split(" ")) - word_set("honorifics") - word_set("function_words")
    if not any(map(str.isalpha, "".join(words))) or noise(inner) or not inner[0].isupper():
        return drop(span)
    return move(document, span, span.start + start, span.start + start + len(inner)) or drop(span)


_C202: Final = Rule(
    code="C202",
    name="placeholder-inside",
    scope="span",
    severity="error",
    fix="unsafe",
    about="""A span that holds masking text beside real words: `XXXXXXXXXXXX Comment`, `Mr. XXXXXXXX`.

Either the real words are furniture and the span is not a name, or the boundary took the mask in. The fix labels the
longest piece of real words, or drops the span when only titles and furniture are left.""",
    bad=("( C ) [ORG XXXXXXXXXXXX Comment  ] . ", "He met [PER Mr. XXXXXXXX  ] there . "),
    good=("[MISC XXX can of This  ] and [PER Max XX  ] . ",),
    local=_placeholder_inside,
    screen=lambda corpus, options: corpus.surfaces.noisy(holds_mask),
    precision={"seed": Measured(1, 1, "2026-11-24")},
)


def _untagged_placeholder(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    tagged = sum(is_mask(document.covered(span)) for span in document.spans)
    if not tagged:
        return
    ends, starts = [0], [0]
    for span in document.spans:
        if span.end > ends[-1]:  # an inner span covers nothing that its outer one does not
            ends.append(span.end)
            starts.append(span.start)
    found = [
        (start, end)
        for start, end in masks(document.text)
        if (at := bisect_left(ends, end)) == len(ends) or starts[at] > start
    ]
    if tagged <= len(found):
        return
    for start, end in found:
        mask = shown(document.text[start:end])
        yield Flag(start, end, f"{mask} is masking without a label, in a document that labels most of it")


_C215: Final = Rule(
    code="C215",
    name="untagged-placeholder",
    scope="document",
    severity="info",
    fix="none",
    about="""Masking text without a label, in a document that labels most of its masking.

The same mask is then both an entity and not one, which no model can learn. Drop the labels of masking (C201), or
label all of it.""",
    bad=("The [ORG XXXXXXXXXXXX  ] told [ORG XXXXXXXXXXXX  ] about XXXXXXXXXXXX . ",),
    good=("A XXXXX contact met [PER Sadr  ] . ",),
    local=_untagged_placeholder,
    default=False,
    whole=True,
    precision={"seed": Measured(1, 1, "2026-11-24")},
)


def _placeholder_conflict(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    found = {surface: labels for surface, labels in corpus.labels.items() if len(labels) > 1 and is_mask(surface)}
    for surface, mentions in corpus.mentions(corpus.surfaces.among(found.keys())).items():
        labels, earlier = found[surface], Counter[str]()
        most, count = labels.most_common(1)[0]
        for document, span in mentions:
            earlier[span.label] += 1
            if span.label != most and earlier[span.label] == 1:
                message = (
                    f"the mask {shown(surface)} is {span.label} {labels[span.label]:,} times and {most} {count:,} "
                    f"times; it says nothing about what it hides, so drop the spans or give all one label"
                )
                yield document, Flag(span.start, span.end, message, span)


_C216: Final = Rule(
    code="C216",
    name="placeholder-conflict",
    scope="corpus",
    severity="info",
    fix="none",
    about="""One mask under several labels: `XXXXXXXXXXXX` as ORG here and as PER there.

Shown once for each rarer label. It proves that the labels of masking are guesses; see C201 for what to do.""",
    bad=("[ORG XXXXXXXXXXXX  ] told [ORG XXXXXXXXXXXX  ] and [PER XXXXXXXXXXXX  ] . ",),
    good=("[ORG XXXXXXXXXXXX  ] told [PER Sadr  ] . ",),
    corpus=_placeholder_conflict,
    default=False,
    precision={"seed": Measured(1, 1, "2026-11-24")},
)

RULES: Final = (_C201, _C202, _C215, _C216)
