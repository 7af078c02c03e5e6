"""Boundary rules that look at one span: its edges hold what does not belong to a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, TextChange, drop, move, shown, strings
from nerconv.linting.surface import family, noise, word_set

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus
    from nerconv.linting.near import Mask

# --- B101 edge-whitespace ---------------------------------------------------------------------------------------


def _has_space_at_edge(surface: str) -> bool:
    return surface != surface.strip()


def _edge_whitespace(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    for span in document.spans:
        surface = document.covered(span)
        inner = surface.strip()
        if len(inner) == len(surface):
            continue
        if not inner:
            yield Flag(span.start, span.end, f"{shown(surface)} is white space; drop the span", span, drop(span))
            continue
        message = f"white space at the edge of {shown(surface)}; trim the span to {shown(inner)}"
        yield Flag(span.start, span.end, message, span, _trim_odd_space(document, span, surface))


def _trim_odd_space(document: Document, span: Span, surface: str) -> Fix:
    """Return the fix that takes odd white space out of the span: out of the text, or made a space outside the span."""
    start = span.start + len(surface) - len(surface.lstrip())
    end = span.start + len(surface.rstrip())
    before = document.text[span.start - 1 : span.start] if span.start else ""
    glued_before = start > span.start and before not in WHITE_SPACE
    glued_after = end < span.end and document.text[span.end : span.end + 1] not in WHITE_SPACE
    changes: list[SpanChange | TextChange] = []
    if glued_before or glued_after:
        changes.append(SpanChange(span, Span(start, end, span.label, span.where)))
    if span.start < start:
        changes.append(TextChange(span.start, start, " " if glued_before else ""))
    if end < span.end:
        changes.append(TextChange(end, span.end, " " if glued_after else ""))
    return Fix("safe", f"trim to {shown(document.text[start:end])}", tuple(changes))


_B101: Final = Rule(
    code="B101",
    name="edge-whitespace",
    scope="span",
    severity="error",
    fix="safe",
    about="""White space at an edge of a span: a no-break, ideographic or other odd space that readers keep.

The padding becomes part of the name: the same name with and without it are two names to every count, the last token
of the span is one that no tokeniser makes, and spaCy refuses spans that start or end with white space.
Fixed by trimming the span; the odd space outside it becomes a normal one.""",
    bad=("He met [PER Win Dayton\N{NO-BREAK SPACE}  ] there . ",),
    good=("He met [PER Win\N{NO-BREAK SPACE}Dayton  ] there . ", "He met [PER Win Dayton  ] there . "),
    local=_edge_whitespace,
    screen=lambda corpus, options: corpus.surfaces.whose(_has_space_at_edge, rb"\n[\s\x1c-\x1f]|[\s\x1c-\x1f](?=\n)"),
)

# --- B102 edge-punctuation --------------------------------------------------------------------------------------

#: Characters that cannot belong to the name, and others that hardly do.
_SAFE_TAIL: Final = re.compile(r"[\s:;,]*[:;,]\s*\Z")
_ODD_TAIL: Final = re.compile(r"(?:(?<!-[LR][RCS]B)\s*[-–—*/|=~\\…<>]|\s+[&+])+\s*\Z")
_SAFE_HEAD: Final = re.compile(r"\A\s*[:;,][\s:;,]*(?![)(DPpo3])")
_ODD_HEAD: Final = re.compile(r"\A(?:[*|=~\\…<>•·]\s*|[-–—.!?+](?:\s+|(?=[-–—.!?+])))+(?=.)")
_FULL_STOP: Final = re.compile(r"[^\W\d_]{4,} ?\.\Z")
_EDGE: Final = re.compile(r"\A[\s:;,*|=~\\…<>•·.!?+–—-]|[\s:,*/|=~\\…<>.&+–—-]\Z|(?<!\w);\Z|(?<!&)\b\w+;\Z")


def _has_odd_edge(surface: str) -> bool:
    return not (surface[0].isalnum() and surface[-1].isalnum()) and bool(_EDGE.search(surface))


def _edge_punctuation(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    keep = strings(options, "keep")
    for span in document.spans:
        surface = document.covered(span)
        if not _has_odd_edge(surface) or surface in keep:
            continue
        start, end, safe = _without_punctuation(surface, corpus)
        if end - start < len(surface) and any(c.isalnum() for c in surface[start:end]) and not noise(surface):
            edges = (surface[:start].strip(), surface[end:].strip())
            held = " and ".join(shown(edge) for edge in edges if edge)
            message = f"{held} at the edge of {shown(surface)} is not part of the name; leave it out of the span"
            fix = move(document, span, span.start + start, span.start + end, "safe" if safe else "unsafe")
            yield Flag(span.start, span.end, message, span, fix)


def _without_punctuation(surface: str, corpus: LintCorpus) -> tuple[int, int, bool]:
    """Return the extent of ``surface`` without edge punctuation, and whether no name ends in what went."""
    start, end, safe = 0, len(surface), True
    if tail := _SAFE_TAIL.search(surface):
        end = tail.start()
    elif tail := _ODD_TAIL.search(surface):
        end, safe = tail.start(), False
    elif _FULL_STOP.search(surface) and _is_known_without_stop(surface, corpus):
        end, safe = len(surface[:-1].rstrip()), False
    if head := _SAFE_HEAD.search(surface):
        start = head.end()
    elif head := _ODD_HEAD.search(surface):
        start, safe = head.end(), False
    return start, max(end, start), safe


def _is_known_without_stop(surface: str, corpus: LintCorpus) -> bool:
    """Whether the full stop ends a sentence: no abbreviation, and the corpus has the name without it as often."""
    name = surface[:-1].rstrip()
    if name.rpartition(" ")[2].lower() in word_set("abbreviations"):
        return False
    return corpus.totals.get(name, 0) >= corpus.totals.get(surface, 0)


_B102: Final = Rule(
    code="B102",
    name="edge-punctuation",
    scope="span",
    severity="warning",
    fix="safe",
    about="""Punctuation at the edge of a span that is not part of the name: a final `:` `;` `,`, a dash or a bullet.

A model learns that the punctuation is part of the name, and every prediction without it is scored as a wrong boundary.
A full stop counts only where the word before it is not an abbreviation and the corpus has the name without it as often.
`:` `;` `,` are trimmed as a safe fix, other characters as an unsafe one. The option `keep` lists names that end so.""",
    bad=("Supreme Leader [PER Khamenei:  ] a case . ", "* [ORG - Interior Ministry  ] . "),
    good=("[ORG Yahoo!  ] and [ORG Acme Inc.  ] met . ", "[ORG .NET Foundation  ] grew . "),
    local=_edge_punctuation,
    screen=lambda corpus, options: corpus.surfaces.whose(_has_odd_edge, rb"\n\W|\W(?=\n)"),
    options={"keep": ()},
    precision={
        "planted slips": Measured(6, 6, "2026-11-27"),
        "seed": Measured(1, 1, "2026-11-24"),
        "wnut17": Measured(13, 13, "2026-11-24"),
    },
)

# --- B104 unbalanced-pair ---------------------------------------------------------------------------------------

#: What closes each opening half: „Deutsch“ „polski” »dansk« «français» ”svenska” ‚einfach‘ 「日本語」.
_CLOSING: Final = {
    "(": ")",
    "[": "]",
    "{": "}",
    "“": "”",
    "„": "“”",
    "”": "”",
    "»": "«»",
    "«": "»",
    "‚": "‘’",
    "›": "‹›",
    "‹": "›",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "【": "】",
    "〔": "〕",
    "（": "）",
    "［": "］",
    "｢": "｣",
    '"': '"',
}
_OPENED_BY: Final = {
    closing: "".join(opening for opening, closings in _CLOSING.items() if closing in closings)
    for closing in {closing for closings in _CLOSING.values() for closing in closings}
}
_ALL_HALVES: Final = "".join(sorted({*_CLOSING, *_OPENED_BY}))
_HALVES: Final = re.compile(f"[{re.escape(_ALL_HALVES)}]")
#: Halves that are apostrophes by themselves.
_APOSTROPHES: Final = "‘’"
#: Halves that stand for themselves: smileys, list numbers such as a) or 12), and inches.
_NO_PAIR: Final = re.compile(r"[:;=8][-']?[)(\[\]D]|(?<!\S)\w{1,2}\)|(?<=\d)[ ]?\"")


def _unbalanced_pair(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    for span in document.spans:
        surface = document.covered(span)
        if not _HALVES.search(surface) or noise(surface):
            continue
        at = _half(surface)
        if at is not None:
            message = f"{surface[at]} in {shown(surface)} has no partner in the span; leave it out, or take both in"
            yield Flag(span.start, span.end, message, span, _fix_pair(document, span, surface, at))


def _half(surface: str) -> int | None:
    """Return the place in ``surface`` of a bracket or quote without a partner, or None."""
    surface_without_pairs = _NO_PAIR.sub(lambda match: "x" * len(match[0]), surface)
    opened: list[int] = []
    for match in _HALVES.finditer(surface_without_pairs):
        character, at = match[0], match.start()
        if opened and character in _CLOSING[surface_without_pairs[opened[-1]]]:
            opened.pop()
        elif character in _CLOSING:
            opened.append(at)
        elif character not in _APOSTROPHES:
            return at
    return opened[0] if opened else None


def _fix_pair(document: Document, span: Span, surface: str, at: int) -> Fix | None:
    character = surface[at]
    if at == len(surface.rstrip()) - 1:
        return move(document, span, span.start, span.start + at)
    if at == 0:
        return move(document, span, span.start + 1, span.end)
    partner = re.compile(rf"[ \t]?[{re.escape(_CLOSING.get(character, ''))}]") if character in _CLOSING else None
    if partner and (match := partner.match(document.text, span.end)):
        return move(document, span, span.start, match.end())
    return None


_B104: Final = Rule(
    code="B104",
    name="unbalanced-pair",
    scope="span",
    severity="warning",
    fix="unsafe",
    about="""One half of a pair of brackets or quotation marks in a span, the other outside it or nowhere.

The boundary is wrong on one side: the span ends too early or holds a character too much. A half at the edge is left
out; where the partner stands right behind the span, it is taken in. Both change the name, so the fix is unsafe. The
quotation marks of many languages are known, also where one mark opens in one language and closes in another.""",
    bad=("a song by [ORG No Doubt (  ] 1995 ) . ", 'the film " [MISC Heat "  ] . ', "der Film „ [MISC Nacht“  ] . "),
    good=(
        '[ORG Bank ( Europe )  ] said [MISC 12" Mix  ] . ',
        "[ORG Verein „Nacht“  ] , [ORG Klub »Noc«  ] , [ORG Klubb ”Natt”  ] , [ORG 劇団「夜」  ] , [PER O’Hara  ] . ",
    ),
    local=_unbalanced_pair,
    screen=lambda corpus, options: corpus.surfaces.whose(_HALVES.search, rb"[()\[\]{}\"]"),
    precision={"wnut17": Measured(2, 2, "2026-11-24")},
)

# --- B105 edge-function-word ------------------------------------------------------------------------------------

_DETERMINERS: Final = frozenset({"a", "an", "the"})


def _small_words(options: Options) -> frozenset[str]:
    return word_set("function_words") | set(strings(options, "words"))


def _may_hold_small_word(corpus: LintCorpus, options: Options) -> Mask:
    words = _small_words(options)
    listed = b"|".join(re.escape(word.encode()) for word in sorted(words))
    hint = rb"(?<=\n)(?:%b)(?=[ \n])|(?<=[ \n])(?:%b)(?=\n)" % (listed, listed)
    return corpus.surfaces.whose(
        lambda surface: surface.partition(" ")[0] in words or surface.rpartition(" ")[2] in words, hint
    )


def _edge_function_word(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    words, skipped = _small_words(options), strings(options, "skip_labels")
    for span in document.spans:
        surface = document.covered(span)
        pieces = surface.split(" ")
        if not (pieces[0] in words or pieces[-1] in words) or span.label in skipped:
            continue
        if family(span.label) == "TITLE" or noise(surface):
            continue
        yield from _function_word_flag(document, span, pieces, words)


def _function_word_flag(document: Document, span: Span, pieces: list[str], words: frozenset[str]) -> Iterator[Flag]:
    first, last = 0, len(pieces)
    while last > first and pieces[last - 1] in words:
        last -= 1
    while first < last and pieces[first] in words and pieces[first] not in _DETERMINERS:
        first += 1
    if first and pieces[first - 1] == "at" and pieces[first] in ("least", "most"):
        first -= 1
    if last - first == len(pieces):
        return  # only a determiner in front: whether that belongs to a name is for guidelines to say
    found = ", ".join(shown(word) for word in pieces[:first] + pieces[last:])
    start = span.start + sum(len(piece) + 1 for piece in pieces[:first])
    end = start + len(" ".join(pieces[first:last]))
    message = f"{found} at the edge of {shown(document.covered(span))}; leave it out, or take in what follows it"
    yield Flag(span.start, span.end, message, span, move(document, span, start, end))


_B105: Final = Rule(
    code="B105",
    name="edge-function-word",
    scope="span",
    severity="warning",
    fix="unsafe",
    about="""A span that starts or ends with a small word such as *of*, *and*, *by*, written in lower case.

The annotation stopped in the middle of a name (`Reserve of`), or ran over its end (`Tehran and`). Spans of labels
for works are left alone, since titles start and end so; so is a determiner in front, which guidelines differ about.
The fix leaves the word out, which is wrong where the name goes on behind it, and so is unsafe.""",
    bad=("the [ORG Reserve of  ] Australia . ", "in [LOC Tehran and  ] Qom . "),
    good=("the [ORG Bank of Japan  ] , [MISC The Place To Be of  ] . ", "[LOC the Hague  ] . "),
    local=_edge_function_word,
    screen=_may_hold_small_word,
    options={"words": (), "skip_labels": ()},
    default=False,
    precision={"sec": Measured(1, 1, "2026-11-24"), "wnut17": Measured(1, 1, "2026-11-24")},
)

RULES: Final = (_B101, _B102, _B104, _B105)
