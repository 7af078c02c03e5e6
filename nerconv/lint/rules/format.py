"""Format rules: what no reader can report, since it depends on the tokens and not on the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.lint.mend import shown
from nerconv.lint.rule import Fix, Flag, Options, Rule, SpanChange
from nerconv.lint.values import switch

if TYPE_CHECKING:
    from nerconv.lint.corpus import Corpus

#: What stands on both sides of an edge inside a word: letters and digits, or a hyphen between them.
_WORD_BEFORE: Final = re.compile(r"[^\W_][-‐‑]?\Z")
_WORD_AFTER: Final = re.compile(r"[-‐‑]?[^\W_]")


def _misaligned(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
    text, any_token, joins = document.text, switch(options, "punctuation"), frozenset(document.joins)
    for span in document.spans:
        start, end = span.start, span.end
        if text[end : end + 1] in WHITE_SPACE and (not start or text[start - 1] in WHITE_SPACE):
            continue  # text[end:end + 1] is empty at the end of the text, and so "in" any string
        if _cuts(text, start, joins, any_token) or _cuts(text, end, joins, any_token):
            first, last = _token_around(text, start, end)
            message = (
                f"the span {shown(document.covered(span))} ends inside the token {shown(text[first:last])}, and a "
                f"target of tokens loses it; label the whole token, or set the two parts apart"
            )
            new = Span(first, last, span.label, span.where)
            fix = Fix("shown", f"label {shown(text[first:last])} instead", (SpanChange(span, new),))
            yield Flag(start, end, message, span, fix)


def _cuts(text: str, edge: int, joins: frozenset[int], any_token: bool) -> bool:
    if edge in (0, len(text)) or edge in joins:
        return False
    before, after = text[max(edge - 2, 0) : edge], text[edge : edge + 2]
    if before[-1] in WHITE_SPACE or after[0] in WHITE_SPACE:
        return False
    return any_token or bool(_WORD_BEFORE.search(before) and _WORD_AFTER.match(after))


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
    about="""A span whose edge stands inside a word: letters, digits or a hyphen run on beyond it.

Tokens end at white space, so no token can hold the edge: writers of tokens leave the span out, and tokenisers
of models label a word that the annotator did not. Mostly a slip of the mouse or an offset in the wrong unit.
Move the edge to the end of the word, or put a space there where two words are glued together. With the option
`punctuation` an edge between a word and its comma counts too, as it should in text that is split into tokens.""",
    bad=("The [PER Mousavi  ]-led list won . ", "He flew to [LOC Tehr  ]an . "),
    good=("The [MISC Mousavi-led  ] list won . ", "He flew to [LOC Tehran  ], then home . "),
    local=_misaligned,
    screen=lambda spans, options: spans.glued(),
    options={"punctuation": False},
    precision={"wnut17": "1 of 1"},
)

#: A question mark for a letter that the encoding had not: between letters, the second in lower case, or doubled.
_LOST: Final = re.compile(r"(?<=[^\W\d_])\?{1,2}(?=[^\W\d_A-Z])|(?<![^ \n])\?{2,}(?=[^\W\d_])")


def _has_question_mark(surface: str) -> bool:
    return "?" in surface


def _lost_character(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
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

A model learns a spelling that no text has, and the name is no longer found elsewhere. What was lost cannot be told from
the text: restore it from the source, or convert that again with the right `--encoding`.""",
    bad=("[PER Erdo?an  ] spoke in [LOC Diyarbak?r  ] . ",),
    good=("Who ? [PER Erdogan  ] ? ", "[MISC What?  ] was a show . "),
    local=_lost_character,
    screen=lambda spans, options: spans.whose(_has_question_mark),
)

RULES: Final = (_F006, _C219)
