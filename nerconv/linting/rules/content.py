"""Content rules about spans that are not names: document furniture, page headers, offices."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from nerconv.document import Document, Span
from nerconv.linting.rule import (
    Fix,
    Flag,
    Measured,
    Options,
    Rule,
    SpanChange,
    TextChange,
    drop,
    move,
    number,
    shown,
    strings,
)
from nerconv.linting.surface import (
    editor_words,
    family,
    is_mask,
    is_page,
    noise,
    normalised,
    rarely_lower,
    section_word,
    word_list,
)

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus
    from nerconv.linting.near import Mask

# --- C203 section-word, C204 editor-word-inside -----------------------------------------------------------------


def _section_word(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    extra = frozenset(map(normalised, strings(options, "words")))
    keep = frozenset(map(normalised, strings(options, "keep")))
    for span in document.spans:
        surface = document.covered(span)
        if len(surface) > 40 or not (_is_heading(document, span, surface) or (extra and normalised(surface) in extra)):
            continue
        if not is_mask(surface) and normalised(surface) not in keep:
            message = f"{shown(surface)} is a heading or mark of the layout, no name; drop the span"
            yield Flag(span.start, span.end, message, span, drop(span))


def _may_be_section(surface: str) -> bool:
    """Whether ``surface`` is a heading in some surroundings."""
    return section_word(surface, colon=True, alone=True)


def _may_be_heading(corpus: LintCorpus, options: Options) -> Mask:
    extra = frozenset(map(normalised, strings(options, "words")))
    found = corpus.surfaces.noisy(_may_be_section)
    return found | corpus.surfaces.whose(lambda surface: normalised(surface) in extra) if extra else found


def _is_heading(document: Document, span: Span, surface: str) -> bool:
    if not _may_be_section(surface):
        return False
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
    screen=_may_be_heading,
    options={"words": (), "keep": ()},
    precision={"seed": Measured(2, 2, "2026-11-24")},
)


def _editor_word_inside(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
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
    screen=lambda corpus, options: corpus.surfaces.noisy(editor_words),
)

# --- C205 page-furniture ----------------------------------------------------------------------------------------

#: The header that telegrams repeat at each page: place, serial number, page of pages.
_PAGE_OF: Final = " OF 0"
_PAGE_HEADER: Final = re.compile(r"(?<!\S)[A-Z][A-Z. ]{1,30} \d{5,8} \d{3} OF \d{3}(?!\S) ?")
#: The same in UTF-8, whatever digits are; so many bytes at most stand before and behind " OF 0".
_MAY_BE_HEADER: Final = re.compile(
    rb"[A-Z][A-Z. ]{1,30} [^ ]{5,32} [^ ]{3,12} OF 0(?:[0-9]|[\xc2-\xf4][\x80-\xbf]{1,3}){2} ?"
)
_MOST: Final = 78


def _may_be_furniture(corpus: LintCorpus, options: Options) -> Mask:
    from nerconv.linting.near import ending_in

    characters = _PAGE_OF.encode()
    headers = corpus.asked(lambda part: ending_in(part.batch.text, part.batch.ends, _MAY_BE_HEADER, characters, _MOST))
    return corpus.surfaces.noisy(is_page) | headers


def _page_furniture(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    headers = list(_headers(document.text))
    ends = [end for _, end in headers]
    for span in document.spans:
        surface = document.covered(span)
        at = bisect_left(ends, span.end)
        if at < len(headers) and span.end > headers[at][0] and _is_place(document, span, *headers[at]):
            yield _header_flag(document, span, headers[at][1])
        elif is_page(surface) and noise(surface) == "C205" and family(span.label) != "TITLE":
            message = f"{shown(surface)} is a page header or number, no name; drop the span"
            yield Flag(span.start, span.end, message, span, drop(span))


def _headers(text: str) -> Iterator[tuple[int, int]]:
    """Yield the extents of the page headers of ``text``, each of which stands in one line."""
    at = text.find(_PAGE_OF)
    while at >= 0:
        begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at) % (len(text) + 1)
        yield from (match.span() for match in _PAGE_HEADER.finditer(text, begin, end))
        at = text.find(_PAGE_OF, end)


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
    screen=_may_be_furniture,
    precision={"seed": Measured(2, 2, "2026-11-24")},
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


_FIRST_WORD: Final = re.compile(r"[^\W_]+")


@cache
def _role_words() -> frozenset[str]:
    """Return the words that an office may begin with, in lower case, each with an s behind it, too."""
    words = (*word_list("role_titles"), *word_list("role_modifiers"), "and")
    firsts = {match[0] for word in words if (match := _FIRST_WORD.search(word))}
    return frozenset(firsts | {f"{word}s" for word in firsts})


def _is_role(surface: str) -> bool:
    """Whether ``surface`` is the title of an office."""
    match = _FIRST_WORD.match(surface.lower())
    # The first word tells most names from titles.
    likely = not surface.isascii() or (match is not None and match[0] in _role_words())
    return likely and _role_pattern().fullmatch(surface) is not None


def _role_title(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    names, keep = rarely_lower(corpus, number(options, "share")), strings(options, "keep")
    for span in document.spans:
        if span.label not in names:
            continue
        surface = document.covered(span)
        if _is_role(surface) and surface not in keep:
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
    screen=lambda corpus, options: corpus.surfaces.whose(_is_role, rb"\n" + corpus.surfaces.word_hint(_role_words())),
    options={"keep": (), "share": 0.03},
    precision={"seed": Measured(1, 1, "2026-11-24")},
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


#: Two capitals, side by side or with a space between them, as every mark has.
_CAPITALS: Final = re.compile(r"[A-Z] ?[A-Z]")


def _holds_mark(surface: str) -> bool:
    return (surface[0] == "(" or bool(_CAPITALS.search(surface))) and bool(_MARK.search(surface))


def _classification_mark(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
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
    screen=lambda corpus, options: corpus.surfaces.whose(_holds_mark, rb"\n\(|[A-Z] ?[A-Z]"),
)

RULES: Final = (_C203, _C204, _C205, _C206, _C213)
