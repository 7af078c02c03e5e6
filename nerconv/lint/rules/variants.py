"""Variant rules: the same name in another spelling, in part, or mostly without a label. They compare all documents."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from nerconv import tokens
from nerconv.document import Document, Span
from nerconv.lint.corpus import Corpus, is_bare
from nerconv.lint.mend import shown
from nerconv.lint.rule import Fix, Flag, Options, Rule, SpanChange
from nerconv.lint.surface import noise
from nerconv.lint.values import number

_WORD: Final = re.compile(r"[^ \t\n]+")
#: What hangs on a name in a variant of it: a possessive, a colon.
_TAIL: Final = re.compile(r"(?:['’][sS])?:?\Z")


def _variant_untagged(corpus: Corpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    known = _known(corpus, int(number(options, "least")))
    for document in corpus.documents:
        starts, ends = tokens.edges(document)
        words = [document.text[start:end] for start, end in zip(starts, ends, strict=True)]
        variants = {word: found for word in set(words) if (found := _variant(word, known))}
        for word, start in zip(words, starts, strict=True) if variants else ():
            name, label, surface = variants.get(word, ("", "", ""))
            if name and is_bare(document.spans, start, start + 1):
                message = (
                    f"{shown(word)} has no label here, and {shown(surface)} is {label} everywhere; label the name, "
                    "or make sure that it is none here"
                )
                added = Span(start, start + len(name), label)
                fix = Fix("unsafe", f"label {shown(name)} {label}", (SpanChange(None, added),))
                yield document, Flag(start, start + len(name), message, fix=fix)


def _variant(word: str, known: dict[str, tuple[str, str]]) -> tuple[str, str, str] | None:
    """Return the name that ``word`` is a variant of, as it stands in it, with its label and usual spelling."""
    name = _TAIL.sub("", word)
    if (name == word and not word.isupper()) or len(name) < 4 or not name[:1].isupper():
        return None
    label, surface = known.get(name.casefold(), ("", ""))
    return (name, label, surface) if label and surface != word else None


def _known(corpus: Corpus, least: int) -> dict[str, tuple[str, str]]:
    """Return the single words that have one label throughout and are never written in lower case, by case-fold."""
    known: dict[str, tuple[str, str]] = {}
    for surface, labels in corpus.labels.items():
        word = " " not in surface and surface[:1].isupper() and not surface.isupper()
        if word and len(labels) == 1 and labels.total() >= least and not noise(surface):
            known[surface.casefold()] = (next(iter(labels)), surface)
    bare = corpus.bare_words
    return {name: found for name, found in known.items() if not bare[found[1]] and not bare[name]}


def _part_whole(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
    wholes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for span in document.spans:
        words = document.covered(span).split(" ")
        if len(words) > 1 and words[-1][:1].isupper() and span.label == "PER":
            wholes[words[-1]][span.label] += 1
    for span in document.spans:
        surface = document.covered(span)
        labels = wholes.get(surface)
        if labels and span.label not in labels and not noise(surface):
            message = (
                f"{shown(surface)} is {span.label} here and the last word of a PER elsewhere in this document; label "
                "it alike, or make sure that it means something else"
            )
            fix = Fix("unsafe", "label it PER", (SpanChange(span, replace(span, label="PER")),))
            yield Flag(span.start, span.end, message, span, fix)


def _mostly_untagged(corpus: Corpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    bare, share, least = corpus.bare_words, number(options, "share"), number(options, "least")
    for surface, labels in corpus.labels.items():
        count = bare[surface]
        if " " in surface or count + labels.total() < least or noise(surface):
            continue
        if count >= share * (count + labels.total()):
            for mention in corpus.mentions[surface]:
                message = (
                    f"{shown(surface)} is {mention.span.label} here and has no label {count:,} of "
                    f"{count + labels.total():,} times; take the label off, or label the others"
                )
                fix = Fix("unsafe", "drop the span", (SpanChange(mention.span, None),))
                yield mention.document, Flag(mention.span.start, mention.span.end, message, mention.span, fix)


def _context_variation(corpus: Corpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    """Yield spans whose surface with the words around it stands elsewhere under another label."""
    places: defaultdict[tuple[str, str, str], list[tuple[Document, Span]]] = defaultdict(list)
    for document in corpus.documents:
        for span in document.spans:
            before, after = _neighbours(document, span)
            if before and after:
                places[before, document.covered(span), after].append((document, span))
    for (before, surface, after), found in places.items():
        labels = Counter(span.label for _, span in found)
        if len(labels) > 1 and not noise(surface):
            usual, count = labels.most_common(1)[0]
            for document, span in found:
                if span.label != usual and count > labels[span.label]:
                    message = (
                        f"{shown(f'{before} {surface} {after}')} has {usual} {count:,} times and {span.label} here; "
                        "label it alike"
                    )
                    fix = Fix("unsafe", f"label it {usual}", (SpanChange(span, replace(span, label=usual)),))
                    yield document, Flag(span.start, span.end, message, span, fix)


def _neighbours(document: Document, span: Span) -> tuple[str, str]:
    text = document.text
    before = _WORD.findall(text, max(span.start - 40, 0), span.start)
    after = _WORD.findall(text, span.end, span.end + 40)
    return (before[-1] if before else "", after[0] if after else "")


RULES: Final = (
    Rule(
        code="X303",
        name="variant-untagged",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A name in capitals, with a possessive or a colon without a label, while its plain form always has one.

`IRAN:` in a headline is the `Iran` of the text; without a label it teaches a model that headlines hold no names. Only
words count that have one label at least `least` times and that never stand without one in their plain form.""",
        bad=("[LOC Iran  ] said . [LOC Iran  ] left . IRAN: talks failed . ",),
        good=("[LOC Iran  ] said . Iran left . IRAN: talks failed . ", "[PER May  ] left . We may go : MAY: "),
        corpus=_variant_untagged,
        options={"least": 2},
        precision={"seed": "3 of 3"},
    ),
    Rule(
        code="X304",
        name="context-variation",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""The same words with the same neighbours under another label (variation n-grams).

What stands in the same context means the same nearly always, which tells errors from true ambiguity: a club named
after its city stands in other contexts than the city (Dickinson & Meurers 2003). Off by default: too few were found to
measure it.""",
        bad=("He is in [LOC Rome  ] today . \nWe met in [LOC Rome  ] today . \nIt rains in [ORG Rome  ] today . \n",),
        good=("in [LOC Rome  ] today . \nin [LOC Rome  ] today . \nbeat [ORG Rome  ] twice . \n",),
        corpus=_context_variation,
        default=False,
        precision={"wnut17": "3 of 4"},
    ),
    Rule(
        code="X305",
        name="part-whole-conflict",
        scope="document",
        severity="warning",
        fix="unsafe",
        about="""A surname alone under another label than PER, in a document where it ends the full name of a person.

Texts name a person in full once and by surname afterwards; the second is the same person. Off by default: firms are
named after people, too.""",
        bad=("[PER Ann Velidze  ] left . [ORG Velidze  ] said so . ",),
        good=("[PER Ann Velidze  ] left . [PER Velidze  ] said so . ", "[ORG Old Mill  ] won . [LOC Mill  ] . "),
        local=_part_whole,
        default=False,
        precision={"wikigold": "0 of 9"},
    ),
    Rule(
        code="X306",
        name="mostly-untagged-surface",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A single word that has a label here and none in at least `share` of all its places.

Where nearly every place has no label, either the few are slips or the many are omissions. Words that stand fewer than
`least` times are left out. Off by default: names that are common words (`March`, `Sun`) are flagged as well.""",
        bad=("[ORG State  ] spoke . " + "State law holds . " * 9,),
        good=("[ORG State  ] spoke . State law holds . ",),
        corpus=_mostly_untagged,
        options={"least": 10, "share": 0.8},
        default=False,
        precision={"re3d": "1 of 1", "sec": "1 of 1", "wikigold": "1 of 3", "wnut17": "8 of 17"},
    ),
)
