"""The rule about line ends: names that are cut in two by one. It looks at one document and at the names of all."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from nerconv import tokens
from nerconv.document import Document
from nerconv.linting.rule import Flag, Measured, Options, Rule, shown, strings

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus

#: The most words of the next line that may belong to a name.
_MOST: Final = 6
_WORD: Final = re.compile(r"[^ \t\n]+")


def _split_by_break(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    sentences = tokens.sentences(document)
    ends = [end for _, end in sentences]
    by_start = {span.start: span for span in document.spans}
    for span in document.spans:
        at = bisect_right(ends, span.end - 1)
        if not (at + 1 < len(ends) and ends[at] == span.end):
            continue
        start, stop = sentences[at + 1]
        if document.text[span.end : start].count("\n") != 1:
            continue
        after, first = by_start.get(start), shown(document.covered(span))
        related = ((document.id, start),)
        if name := _joined(document, corpus, document.covered(span), start, stop):
            count = corpus.totals[name]
            label = corpus.labels_of(name).most_common(1)[0][0]
            message = (
                f"the sentence ends with {first}, and with the words after it that is {shown(name)}, which is labelled "
                f"{label} elsewhere ({count:,} {'time' if count == 1 else 'times'}); join the lines"
            )
            yield Flag(span.start, span.end, message, span, None, related)
        elif after and after.label == span.label and span.label in strings(options, "labels"):
            message = (
                f"the sentence ends with {first} and the next begins with {shown(document.covered(after))}, both "
                f"{span.label}: if that is one name, join the lines"
            )
            yield Flag(span.start, span.end, message, span, None, related)


def _joined(document: Document, corpus: LintCorpus, name: str, start: int, stop: int) -> str:
    """Return the longest name of the corpus that is ``name`` and the first words of the sentence ``start:stop``."""
    found = ""
    for number, match in enumerate(_WORD.finditer(document.text, start, stop)):
        if number == _MOST:
            break
        name = f"{name} {match[0]}"
        found = name if name in corpus.totals else found
    return found


RULES: Final = (
    Rule(
        code="T401",
        name="entity-split-by-break",
        scope="document",
        severity="warning",
        fix="none",
        about="""A sentence that ends in the middle of a name, which goes on in the next one.

Sentence splitters cut names in two, at `St .` or a line end; both halves are then labelled, and neither is the name.
A name counts as cut when the corpus labels the two halves as one name elsewhere. Under one of `labels`, those of
persons, it counts whenever the next sentence begins with another name of the label: places and organisations often
stand one a line. Join the lines when the two are one name. Posts seldom end with a full stop, so the rule is on in the
profile newswire only.""",
        bad=(
            "He saw [PER Mir Hossein  ] \n[PER Mousavi  ] in the crowd . \n",
            "He was in [LOC New  ] \nYork today . [LOC New York  ] is far . \n",
        ),
        good=("He saw [PER Ann  ] . \n[PER Bob  ] was there . \n", "He was in [LOC Rome  ] \n[LOC Oslo  ] is far . \n"),
        local=_split_by_break,
        options={"labels": ("PER", "PERSON", "person")},
        default=False,
        whole=True,
        precision={"wikigold": Measured(3, 3, "2026-11-27"), "wnut17": Measured(0, 4, "2026-11-27")},
    ),
)
