"""Format rules: what no reader can report, since it depends on the tokens and not on the file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import compress
from typing import TYPE_CHECKING, Final

from nerconv import words
from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.linting.rule import Fix, Flag, Options, Rule, SpanChange, number, shown, switch

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus

#: What keeps a span whose edge stands between a word and its punctuation.
_ADVICE: Final = "convert with --cut-tokens, which splits punctuation off every word"
#: What stands on both sides of an edge inside a word: letters and digits, or a hyphen between them.
_WORD_BEFORE: Final = re.compile(r"[^\W_][-‐‑]?\Z")
_WORD_AFTER: Final = re.compile(r"[-‐‑]?[^\W_]")


def _misaligned(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    found: defaultdict[tuple[int, int], list[tuple[Document, Span]]] = defaultdict(list)
    for document in corpus.views(corpus.asked(lambda part: part.glued())):
        inside = ((document, span) for span in document.spans if _edges_inside(document, span))
        found[corpus.begun_in(document)].extend(inside)
    for places in found.values():
        within = [_cuts_word(*place) for place in places]
        yield from ((place[0], _inside_word(*place)) for place in compress(places, within))
        beside = [place for place, cuts in zip(places, within, strict=True) if not cuts]
        beside = beside if switch(options, "punctuation") else []
        if len(beside) <= number(options, "most"):
            yield from ((place[0], _beside_punctuation(*place)) for place in beside)
        else:
            document, span = beside[0]
            message = (
                f"{len(beside):,} spans, the first {shown(document.covered(span))}, begin or end inside a token and "
                f"would be lost; {_ADVICE}"
            )
            yield document, Flag(span.start, span.end, message, span)


def _inside_word(document: Document, span: Span) -> Flag:
    first, last = _token_around(document.text, span.start, span.end)
    whole = shown(document.text[first:last])
    message = (
        f"the span {shown(document.covered(span))} ends inside the token {whole}, and a "
        f"target of tokens loses it; label the whole token, or set the two parts apart"
    )
    new = Span(first, last, span.label, span.where)
    return Flag(span.start, span.end, message, span, Fix("shown", f"label {whole} instead", (SpanChange(span, new),)))


def _beside_punctuation(document: Document, span: Span) -> Flag:
    first, last = _token_around(document.text, span.start, span.end)
    surface, token = shown(document.covered(span)), shown(document.text[first:last])
    message = f"the span {surface} begins or ends inside the token {token}, and a target of tokens loses it; {_ADVICE}"
    return Flag(span.start, span.end, message, span)


def _edges_inside(document: Document, span: Span) -> bool:
    """Whether an edge of ``span`` is inside a token."""
    return any(_inside_token(document, edge) for edge in (span.start, span.end))


def _inside_token(document: Document, edge: int) -> bool:
    text = document.text
    if edge in (0, len(text)) or edge in document.joins:
        return False
    return text[edge - 1] not in WHITE_SPACE and text[edge] not in WHITE_SPACE and not text.startswith("\r\n", edge)


def _cuts_word(document: Document, span: Span) -> bool:
    """Whether letters or digits run on beyond an edge of ``span`` in a script that puts spaces between words."""
    text = document.text
    around = (text[max(edge - 2, 0) : edge + 2] for edge in (span.start, span.end) if _inside_token(document, edge))
    if any(words.cuts(piece) for piece in around if not piece.isascii()):
        return False
    return any(
        _WORD_BEFORE.search(text, max(edge - 2, 0), edge) and _WORD_AFTER.match(text, edge)
        for edge in (span.start, span.end)
        if _inside_token(document, edge)
    )


def _token_around(text: str, start: int, end: int) -> tuple[int, int]:
    while start and text[start - 1] not in WHITE_SPACE:
        start -= 1
    while end < len(text) and text[end] not in WHITE_SPACE:
        end += 1
    return start, end


_F006: Final = Rule(
    code="F006",
    name="misaligned-span",
    scope="span",
    severity="warning",
    fix="shown",
    about="""A span whose edge stands inside a token, which ends at white space: targets of tokens leave it out.

An edge inside a word, with letters, digits or a hyphen beyond it, is mostly a slip of the mouse or an offset in the
wrong unit, and tokenisers of models label a word that the annotator did not. Move the edge to the end of the word,
or put a space there where two words are glued together. An edge between a word and its punctuation is usual in
untokenised text and loses the span all the same: convert with `--cut-tokens`, which splits punctuation off words, or
to a DocBin with `--tokens spacy`. More of these than `most` in a document are one finding; without the option
`punctuation` they are none.""",
    bad=(
        "The [PER Mousavi  ]-led list won . ",
        "He flew to [LOC Tehr  ]an . ",
        "He flew to [LOC Tehran  ], then home . ",
    ),
    good=("The [MISC Mousavi-led  ] list won . ", "He flew to [LOC Tehran  ] , then home . "),
    corpus=_misaligned,
    options={"punctuation": True, "most": 5},
)

#: A question mark for a letter that the encoding had not: between letters, the second in lower case, or doubled.
_LOST: Final = re.compile(r"(?<=[^\W\d_])\?{1,2}(?=[^\W\d_A-Z])|(?<![^ \n])\?{2,}(?=[^\W\d_])")


def _has_question_mark(surface: str) -> bool:
    return "?" in surface


def _lost_character(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    for span in document.spans:
        surface = document.covered(span)
        if _has_question_mark(surface) and "://" not in surface and _LOST.search(surface):
            message = f"a letter of {shown(surface)} was lost in an encoding and is now ?; restore it from the source"
            yield Flag(span.start, span.end, message, span)


_C219: Final = Rule(
    code="C219",
    name="lost-character",
    scope="span",
    severity="warning",
    fix="none",
    about="""A question mark inside a name, where a letter was that some encoding did not have: `Erdo?an`.

A model learns a spelling that no text has, and the name is no longer found elsewhere. What was lost cannot be recovered
from the text: restore it from the source, or convert that again with the right `--encoding`.""",
    bad=("[PER Erdo?an  ] spoke in [LOC Diyarbak?r  ] . ",),
    good=("Who ? [PER Erdogan  ] ? ", "[MISC What?  ] was a show . "),
    local=_lost_character,
    screen=lambda corpus, options: corpus.surfaces.whose(_has_question_mark, rb"\?"),
)

RULES: Final = (_F006, _C219)
