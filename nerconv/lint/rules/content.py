"""Content rules about spans that are no names: masking, document furniture, page headers, offices.

``nerconv.lint.surface.noise`` is the predicate behind C201 to C205, shared with the statistics of corpus rules.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from nerconv.document import Document, Span
from nerconv.lint.corpus import Corpus
from nerconv.lint.mend import drop, move, shown
from nerconv.lint.rule import Fix, Flag, Options, Rule, SpanChange, TextChange
from nerconv.lint.surface import editor_words, holds_mask, is_mask, is_page, masks, noise, plain, section_word
from nerconv.lint.values import number, strings, text
from nerconv.lint.words import family, rarely_lower, word_list, word_set

# --- C201 redaction-placeholder, C202 placeholder-inside, C215, C216 --------------------------------------------


def _placeholder(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
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
    options={"label": "", "keep": ()},
    precision={"seed": "43 of 43"},
)


def _placeholder_inside(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
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
    words = set(plain(inner).split(" ")) - word_set("honorifics") - word_set("function_words")
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

Either the real words are furniture and the span is no name, or the boundary took the mask in. The fix labels the
longest piece of real words, or drops the span when only titles and furniture are left.""",
    bad=("( C ) [ORG XXXXXXXXXXXX Comment  ] . ", "He met [PER Mr. XXXXXXXX  ] there . "),
    good=("[MISC XXX can of This  ] and [PER Max XX  ] . ",),
    local=_placeholder_inside,
    precision={"seed": "1 of 1"},
)


def _untagged_placeholder(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
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

The same sign is then both an entity and none, which no model can learn. Drop the labels of masking (C201), or
label all of it.""",
    bad=("The [ORG XXXXXXXXXXXX  ] told [ORG XXXXXXXXXXXX  ] about XXXXXXXXXXXX . ",),
    good=("A XXXXX contact met [PER Sadr  ] . ",),
    local=_untagged_placeholder,
    default=False,
    precision={"seed": "1 of 1"},
)


def _placeholder_conflict(corpus: Corpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    for surface, labels in corpus.labels.items():
        if len(labels) < 2 or not is_mask(surface):
            continue
        most, count = labels.most_common(1)[0]
        seen = Counter[str]()
        for document, span in corpus.mentions[surface]:
            seen[span.label] += 1
            if span.label != most and seen[span.label] == 1:
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
    precision={"seed": "1 of 1"},
)

# --- C203 section-word, C204 editor-word-inside -----------------------------------------------------------------


def _section_word(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
    extra = frozenset(map(plain, strings(options, "words")))
    keep = frozenset(map(plain, strings(options, "keep")))
    for span in document.spans:
        surface = document.covered(span)
        if len(surface) > 40 or not (_is_heading(document, span, surface) or (extra and plain(surface) in extra)):
            continue
        if not is_mask(surface) and plain(surface) not in keep:
            message = f"{shown(surface)} is a heading or mark of the layout, no name; drop the span"
            yield Flag(span.start, span.end, message, span, drop(span))


def _is_heading(document: Document, span: Span, surface: str) -> bool:
    if not section_word(surface, colon=True, alone=True):
        return False  # whatever stands around it
    before, after = document.text[max(span.start - 1, 0) : span.start], document.text[span.end : span.end + 2]
    colon = after.lstrip(" ").startswith(":")
    alone = before in ("", "\n") and after.strip(" \t") in ("", "\n")
    if family(span.label) == "TITLE" or not surface[0].isupper():
        return (colon or surface.endswith(":")) and section_word(surface, colon=True)
    return section_word(surface, colon, alone)


_C203: Final = Rule(
    code="C203",
    name="section-word",
    scope="span",
    severity="error",
    fix="unsafe",
    about="""Document furniture labelled as a name: `Summary:`, `DECL:`, `Comment`, `End Summary`, `SUBJECT`, `TAGS`.

It stands at the same places of every document, so a model learns it fast and finds it everywhere. Words that are
also titles of works count only with a colon, or alone on a line. The word list is data; the option `words` adds to
it and `keep` takes away.""",
    bad=("( C ) [ORG Summary:  ] A man spoke . ", "[LOC DECL:  ] 08/28/2025 . ", "[ORG End Summary  ] . "),
    good=("the album [MISC Introduction  ] sold . ", "[ORG Comment Ltd  ] and [ORG REFUGEE  ] . "),
    local=_section_word,
    options={"words": (), "keep": ()},
    precision={"seed": "2 of 2"},
)


def _editor_word_inside(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
    for span in document.spans:
        surface = document.covered(span)
        extent = editor_words(surface)
        if extent is None or noise(surface) != "C204" or family(span.label) == "TITLE":
            continue
        start, end = span.start + extent[0], span.start + extent[1]
        word = shown((surface[: extent[0]] + surface[extent[1] :]).strip())
        message = f"the editor's {word} is glued to {shown(document.text[start:end])}; leave it out of the span"
        yield Flag(span.start, span.end, message, span, move(document, span, start, end))


_C204: Final = Rule(
    code="C204",
    name="editor-word-inside",
    scope="span",
    severity="warning",
    fix="unsafe",
    about="""An editor's word at the edge of a span, glued to a real name: `MFA Comment`, `End Note. Tehran`.

The paragraph that follows a name was headed *Comment*, and the annotation ran on into it. The fix trims it.""",
    bad=("said the [ORG MFA Comment  ] . ", "[PER Comment: Khamenei  ] left . "),
    good=("the [MISC Galaxy Note  ] and [ORG Land's End  ] . ",),
    local=_editor_word_inside,
)

# --- C205 page-furniture ----------------------------------------------------------------------------------------

#: The header that telegrams repeat at each page: place, serial number, page of pages.
_PAGE_HEADER: Final = re.compile(r"(?<!\S)[A-Z][A-Z. ]{1,30} \d{5,8} \d{3} OF \d{3}(?!\S) ?")


def _page_furniture(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
    headers = []
    if " OF 0" in document.text:
        headers = [match.span() for match in _PAGE_HEADER.finditer(document.text)]
    ends = [end for _, end in headers]
    for span in document.spans:
        surface = document.covered(span)
        at = bisect_left(ends, span.end)
        if at < len(headers) and span.end > headers[at][0] and _is_place(document, span, *headers[at]):
            yield _header_flag(document, span, headers[at][1])
        elif is_page(surface) and noise(surface) == "C205" and family(span.label) != "TITLE":
            message = f"{shown(surface)} is a page header or number, no name; drop the span"
            yield Flag(span.start, span.end, message, span, drop(span))


def _is_place(document: Document, span: Span, start: int, end: int) -> bool:
    """Whether between ``span`` and the end of the header only its numbers stand, or the span is inside of it."""
    return span.start >= start or document.text[start : span.end].isupper()


def _header_flag(document: Document, span: Span, end: int) -> Flag:
    header = document.text[span.start : end].rstrip()
    message = f"{shown(document.covered(span))} stands in the page header {shown(header)}, not in the text; remove it"
    inside = [other for other in document.spans if span.start <= other.start and other.end <= end]
    fix = None
    if inside and inside[0] == span:
        dropped = (SpanChange(other, None) for other in inside)
        changes: tuple[SpanChange | TextChange, ...] = (*dropped, TextChange(span.start, end, ""))
        fix = Fix("unsafe", "remove the page header", changes)
    return Flag(span.start, span.end, message, span, fix)


_C205: Final = Rule(
    code="C205",
    name="page-furniture",
    scope="document",
    severity="warning",
    fix="unsafe",
    about="""A page header, page number or serial number in a span, or a span inside a page header.

The header was printed between two pages and landed in the middle of a sentence; the place in it is not spoken of
there. It is an entity that no reader of the text would see, in front of a sentence that breaks. The fix removes the
header from the text.""",
    bad=("the workforce was [LOC ISTANBUL  ] 00000336 002 OF 003 engaged . ", "[ORG Page 3 of 12  ] ends . "),
    good=("[LOC ISTANBUL  ] 000336 SIPDIS . ", "He sent 002 OF 003 [ORG Acme  ] parts . "),
    local=_page_furniture,
    precision={"seed": "2 of 2"},
)

# --- C206 role-title --------------------------------------------------------------------------------------------


@cache
def _role_pattern() -> re.Pattern[str]:
    roles = "|".join(re.escape(word) for word in sorted(word_list("role_titles"), key=len, reverse=True))
    modifiers = "|".join(re.escape(word) for word in word_list("role_modifiers"))
    return re.compile(
        rf"(?i:(?:(?:{modifiers})[ -])*(?:and )?(?:{roles})s?)"
        r"(?: (?:of|for|to)(?: (?:the|[Aa]nd|of|for|&|,|[A-Z][\w.'-]*)){1,8})?"
    )


def _role_title(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
    names, keep = rarely_lower(corpus, number(options, "share")), strings(options, "keep")
    for span in document.spans:
        if span.label not in names:
            continue
        surface = document.covered(span)
        if _role_pattern().fullmatch(surface) and surface not in keep:
            message = f"{shown(surface)} is an office, not a name; drop the span, or label who holds it"
            yield Flag(span.start, span.end, message, span, drop(span))


_C206: Final = Rule(
    code="C206",
    name="role-title",
    scope="span",
    severity="warning",
    fix="unsafe",
    about="""The title of an office labelled as person, place or organisation: `Minister of Industry`, `Supreme Leader`.

An office is not a name in the schemes of CoNLL-2003 and OntoNotes. Where it is labelled here and there, a model
cannot learn when. Labels of which more than the share `share` is in lower case are left alone: their guidelines
label descriptions (`the minister`) too.""",
    bad=("a candidate for [ORG Minister of Industry  ] . ", "The [PER Supreme Leader  ] spoke . "),
    good=("[ORG Ministry of Industry  ] said [PER President Khatami  ] . ", "[ORG Office of the President  ] . "),
    local=_role_title,
    options={"keep": (), "share": 0.03},
    precision={"seed": "1 of 1"},
)

# --- C213 classification-mark -----------------------------------------------------------------------------------

_LETTERS: Final = r"(?:C|S|U|SBU|TS|FOUO|LOU|NF|(?:C|S|TS|SBU|U)//?[A-Z]{2,10}(?:/[A-Z]{2,10})*)"
_MARK: Final = re.compile(
    rf"""
    \A\(\ ?{_LETTERS}\ ?\)\ ?
  | \b(?:UNCLASSIFIED|UNCLAS|CONFIDENTIAL|SECRET|TOP\ SECRET)(?://?[A-Z]{{2,12}}(?:/[A-Z]{{2,12}})*|\Z)\ ?
  | \b(?:UNCLASSIFIED|UNCLAS|SIPDIS|NOFORN|NODIS|EXDIS|LIMDIS)\b\ ?
  | \b(?:C\ O\ N\ F\ I\ D\ E\ N\ T\ I\ A\ L|S\ E\ C\ R\ E\ T|U\ N\ C\ L\ A\ S)\b\ ?
    """,
    re.VERBOSE,
)


def _classification_mark(document: Document, corpus: Corpus, options: Options) -> Iterator[Flag]:
    for span in document.spans:
        surface = document.covered(span)
        match = _MARK.search(surface)
        if not match or noise(surface) or family(span.label) == "TITLE":
            continue
        message = f"{shown(match[0].strip())} in {shown(surface)} is a classification mark; leave it out of the span"
        fix = None
        if match.start() == 0:
            fix = move(document, span, span.start + match.end(), span.end)
        elif match.end() == len(surface):
            fix = move(document, span, span.start, span.start + match.start())
        yield Flag(span.start, span.end, message, span, fix)


_C213: Final = Rule(
    code="C213",
    name="classification-mark",
    scope="span",
    severity="warning",
    fix="unsafe",
    about="""A classification or handling mark in a span: `(C)`, `(S//NF)`, `UNCLAS`, `SIPDIS`, `S E C R E T`.

It marks the paragraph and not the name, and comes before every paragraph. The fix trims it at an edge, or drops the
span when nothing else is in it.""",
    bad=("[ORG (C) MFA  ] officials said . ", "[LOC SIPDIS  ] 2009 . "),
    good=("the [ORG Secret Service  ] and [ORG Bank ( U )  ] . ",),
    local=_classification_mark,
)

RULES: Final = (_C201, _C202, _C203, _C204, _C205, _C206, _C213, _C215, _C216)
