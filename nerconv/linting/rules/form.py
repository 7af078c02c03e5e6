"""Content rules about the form of a span: what it is written with says that it is hardly a name, or is damaged."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from nerconv.bracket.markup import decode
from nerconv.document import Document, Span
from nerconv.linting.rule import (
    Fix,
    Flag,
    Measured,
    Options,
    Rule,
    TextChange,
    drop,
    number,
    retext,
    shown,
    strings,
    switch,
)
from nerconv.linting.surface import family, is_name, noise, rarely_lower, word_set

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus
    from nerconv.linting.near import Mask

# --- C207 no-letters --------------------------------------------------------------------------------------------

_LETTER: Final = re.compile(r"[^\W\d_]")
_NO_LETTER: Final = re.compile(r"[\W_]*\Z")
#: Labels whose spans are numbers by nature, in lower case.
_NUMERIC: Final = frozenset(
    "date time money percent quantity ordinal cardinal temporal number duration age phone".split()  # noqa: SIM905
)


def _has_no_letter(surface: str) -> bool:
    return not _LETTER.search(surface)


def _no_letters(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    skipped = strings(options, "skip_labels")
    for span in document.spans:
        surface = document.covered(span)
        if _LETTER.search(surface) or span.label in skipped or noise(surface) or "@" in surface or "#" in surface:
            continue
        if is_name(span.label) or (_NO_LETTER.match(surface) and span.label.lower() not in _NUMERIC):
            message = f"{shown(surface)} has no letters and is labelled {span.label}; drop the span or correct it"
            yield Flag(span.start, span.end, message, span, drop(span))


_C207: Final = Rule(
    code="C207",
    name="no-letters",
    scope="span",
    severity="warning",
    fix="unsafe",
    about="""A person, place or organisation without a letter: a number, a date; or any label on symbols alone.

Mostly the offset is wrong, or a number beside a name was labelled. Numbers under labels for works and products are
left alone (an album called `1989`), and so are labels for dates and amounts. The option `skip_labels` names more.""",
    bad=("on [LOC 12/06  ] he left . ", "He said [ORG --  ] nothing . "),
    good=("the album [MISC 1989  ] , [DATE 12/06  ] , [ORG 3M  ] . ",),
    local=_no_letters,
    screen=lambda corpus, options: corpus.surfaces.whose(_has_no_letter, rb"\n[^A-Za-z\n]*(?=\n)"),
    options={"skip_labels": ()},
    precision={"sec": Measured(2, 2, "2026-11-24"), "wikigold": Measured(4, 5, "2026-11-24")},
)

# --- C208 all-lower-case ----------------------------------------------------------------------------------------


def _all_lower_case(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    rare, skipped = rarely_lower(corpus, number(options, "share")), strings(options, "skip_labels")
    for span in document.spans:
        if span.label not in rare or span.label in skipped:
            continue
        surface = document.covered(span)
        if surface.islower() and not _LOWER_NAME.search(surface) and not _is_word(surface) and not noise(surface):
            message = (
                f"{shown(surface)} is all lower case, as hardly any {span.label} of the corpus is; "
                f"drop the span if it is not a name"
            )
            yield Flag(span.start, span.end, message, span, drop(span))


#: What names in lower case look like: addresses, brands with digits, names from Arabic, foundations of a letter.
_LOWER_NAME: Final = re.compile(r"[.@#/\d&]|\A(?:al|el|an|ad|ar|as|at|ash|az)[-–]|\A[^\W\d_]\Z")


_C208: Final = Rule(
    code="C208",
    name="all-lower-case",
    scope="span",
    severity="warning",
    fix="unsafe",
    about="""A person, place or organisation in lower case, under a label that the corpus writes with capitals.

Generic words get labelled beside names: `government`, `the ministry`. Labels of which more than the share `share` is
in lower case are left alone, as in social media and where guidelines label descriptions of things.""",
    bad=("the [ORG government  ] of [LOC Iran  ] . ",),
    good=("the [ORG Government  ] and [ORG al-qaeda  ] . ",),
    local=_all_lower_case,
    screen=lambda corpus, options: corpus.surfaces.whose(str.islower),
    options={"share": 0.03, "skip_labels": ()},
    default=False,
    precision={"sec": Measured(8, 8, "2026-11-24"), "wikigold": Measured(1, 2, "2026-11-24")},
)

# --- C209 overlong ----------------------------------------------------------------------------------------------


def _overlong(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    limit = int(number(options, "tokens"))
    for span in document.spans:
        spaces = document.text.count(" ", span.start, span.end)
        if spaces < 3:
            continue
        if spaces >= limit:
            message = f"a span of {spaces + 1:,} tokens: {shown(document.covered(span))}; check where the name ends"
            yield Flag(span.start, span.end, message, span)
        elif _is_line(document.text, span):
            message = f"{shown(document.covered(span))} is a whole line; check that it is a name and not a sentence"
            yield Flag(span.start, span.end, message, span)


def _is_line(text: str, span: Span) -> bool:
    before = text[max(span.start - 1, 0) : span.start]
    after = text[span.end : span.end + 3].lstrip(" \t.")
    return before in ("", "\n") and (not after or after[0] in "\r\n")


_C209: Final = Rule(
    code="C209",
    name="overlong",
    scope="span",
    severity="info",
    fix="none",
    about="""A span of more than ten tokens, or one that is a whole line of at least four.

Long titles and lists make such spans too, so look before changing. A bracket that was closed too late makes them
most often. The option `tokens` sets the limit.""",
    bad=("[ORG The Ministry of the Interior of Iran said that he had left for Qom early  ] . ",),
    good=("the [ORG Ministry of the Interior  ] . ",),
    local=_overlong,
    screen=lambda corpus, options: corpus.surfaces.whose(lambda surface: surface.count(" ") >= 3),
    options={"tokens": 10},
    default=False,
    precision={
        "re3d": Measured(0, 4, "2026-11-24"),
        "sec": Measured(1, 2, "2026-11-24"),
        "wikigold": Measured(0, 5, "2026-11-24"),
        "wnut17": Measured(1, 8, "2026-11-24"),
    },
)

# --- C210 url-email-handle --------------------------------------------------------------------------------------

_ADDRESS: Final = re.compile(r"https?:|www\.|[^\s@]+@[^\s@]+\.\w|@\w+\Z|[@#]\Z", re.IGNORECASE)
_ADDRESS_HINT: Final = rb"\n(?i:http|www)|[@#]"
_HASH_TAG: Final = re.compile(r"#\w*[^\W\d_]\w*\Z")


def _may_be_address(corpus: LintCorpus, options: Options) -> Mask:
    found = corpus.surfaces.whose(_ADDRESS.match, _ADDRESS_HINT)
    return found | corpus.surfaces.whose(_HASH_TAG.match, _ADDRESS_HINT) if switch(options, "hash_tags") else found


def _url_email_handle(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    hash_tags = switch(options, "hash_tags")
    for span in document.spans:
        surface = document.covered(span)
        if (_ADDRESS.match(surface) or (hash_tags and _HASH_TAG.match(surface))) and not noise(surface):
            message = f"{shown(surface)} is an address or handle labelled {span.label}; drop the span or label the name"
            yield Flag(span.start, span.end, message, span, Fix("shown", "drop the span", drop(span).changes))


_C210: Final = Rule(
    code="C210",
    name="url-email-handle",
    scope="span",
    severity="warning",
    fix="shown",
    about="""A web or mail address, a handle, or a bare `@` or `#`, labelled as a name.

It points at something and is not its name. Some guidelines label handles as persons; then ignore this rule. A bare
symbol is a name cut in two by a tokeniser. Hash tags often are names; the option `hash_tags` counts them in.""",
    bad=("see [ORG http://example.org/x  ] . ", "wrote [PER @  ] sadr . "),
    good=("[ORG Amazon.com  ] and [LOC B&Q #3  ] . ",),
    local=_url_email_handle,
    screen=_may_be_address,
    options={"hash_tags": False},
    precision={"wikigold": Measured(1, 1, "2026-11-24"), "wnut17": Measured(7, 7, "2026-11-24")},
)

# --- C211 markup-residue ----------------------------------------------------------------------------------------

_RESIDUE: Final = re.compile(
    r"&(?:amp;)*(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});"
    r"|-(?:LRB|RRB|LCB|RCB|LSB|RSB)-|'{3,5}|</?[A-Za-z][A-Za-z0-9]{0,9}(?: [^<>\n]{0,80})?/?>|\[\[|\]\]|\{\{|\}\}"
)
_BRACKETS: Final = {"-LRB-": "(", "-RRB-": ")", "-LCB-": "{", "-RCB-": "}"}


def _markup_residue(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    if switch(options, "everywhere"):
        yield from _residue_in_text(document)
        return
    for span in document.spans:
        surface = document.covered(span)
        found = [match for match in _RESIDUE.finditer(surface) if _means(match[0]) is not None]
        if not found or noise(surface):
            continue
        residue = ", ".join(dict.fromkeys(shown(match[0]) for match in found))
        message = f"{residue} in {shown(surface)} is left over from markup; write the character that it stands for"
        changes = [TextChange(span.start + m.start(), span.start + m.end(), _means(m[0]) or "") for m in found]
        harmless = not any(set(change.text) & set("[]<>&;") for change in changes if change.text != "&")
        fix = retext(document, span, changes, "safe" if harmless else "shown")
        yield Flag(span.start, span.end, message, span, fix)


def _may_be_residue(corpus: LintCorpus, options: Options) -> Mask | None:
    everywhere = switch(options, "everywhere")
    return None if everywhere else corpus.surfaces.whose(_RESIDUE.search, rb"[&<\[\]{}]|'''|-[LR][RCS]B-")


def _residue_in_text(document: Document) -> Iterator[Flag]:
    for match in _RESIDUE.finditer(document.text):
        if _means(match[0]) is not None:
            yield Flag(*match.span(), f"{shown(match[0])} is left over from markup; write what it stands for")


@lru_cache(1 << 12)
def _means(residue: str) -> str | None:
    """Return what ``residue`` stands for, or None when it is not markup (``&x;`` with a made-up name)."""
    if residue.startswith("&"):
        character = residue
        while (plainer := html.unescape(character)) != character:  # &amp;amp; was escaped twice
            if not plainer.isspace() and decode(character) is None:  # &#1; stands for no character of a text
                break
            character = plainer
        return None if character == residue else character.replace("\N{NO-BREAK SPACE}", " ")
    return _BRACKETS.get(residue, "[" if residue == "-LSB-" else "]" if residue == "-RSB-" else "")


_C211: Final = Rule(
    code="C211",
    name="markup-residue",
    scope="span",
    severity="warning",
    fix="safe",
    about="""What markup leaves in a name: `AT&amp;T`, `-LRB-`, `'''` of wikis, `<b>`.

The name differs from the same name in clean text, so what a model learns of it does not carry over. The fix writes
the character that is meant; where that is a bracket, it is only shown. The option `everywhere` looks at the whole
text and not only at spans.""",
    bad=("[ORG AT&amp;T  ] sold . ", "the [ORG Bank -LRB- Europe -RRB-  ] sold . "),
    good=("[ORG AT&T  ] sold [ORG B & Q  ] ; . ",),
    local=_markup_residue,
    screen=_may_be_residue,
    options={"everywhere": False},
    precision={"wnut17": Measured(11, 11, "2026-11-24")},
)

# --- C212 invisible-character -----------------------------------------------------------------------------------

_INVISIBLE: Final = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffd\u0000-\u0008\u000b\u000c"
    "\u000e-\u001f\u007f-\u009f\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\\U000e0001-\\U000e007f]"
    "|(?<=[A-Za-z0-9])[\u200c\u200d]|[\u200c\u200d](?=[A-Za-z0-9])"
)
#: UTF-8 that was read as cp1252: a lead byte and what follows it.
_MOJIBAKE: Final = re.compile("Ã[\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u2122€]|â€[\u0080-\u02dc\u2013-\u2122]?")


def _may_be_damaged(surface: str) -> bool:
    return not (surface.isascii() and surface.isprintable())


def _invisible_character(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    for span in document.spans:
        surface = document.covered(span)
        if not _may_be_damaged(surface):
            continue
        if surface.strip() != surface:
            continue  # B101 first
        found = [*_INVISIBLE.finditer(surface), *_MOJIBAKE.finditer(surface)]
        if not found:
            continue
        changes = [
            TextChange(span.start + m.start(), span.start + m.end(), new)
            for m in sorted(found, key=lambda m: m.start())
            if (new := _repaired(m[0])) is not None
        ]
        held = ", ".join(dict.fromkeys(shown(m[0]) for m in found))
        message = f"{held} in {shown(surface)} is invisible or damaged; repair the text"
        fix = retext(document, span, changes, "safe") if changes else None
        yield Flag(span.start, span.end, message, span, fix)


def _repaired(characters: str) -> str | None:
    """Return what to write for ``characters``, or None when nobody can know."""
    if len(characters) > 1:
        try:
            return characters.encode("cp1252").decode()
        except UnicodeError:
            return None
    if "\x80" <= characters <= "\x9f":
        new = characters.encode("latin-1").decode("cp1252", "replace")
        return None if new == "\ufffd" else new
    if characters.isspace():
        return " "
    return None if characters == "\ufffd" else ""


_C212: Final = Rule(
    code="C212",
    name="invisible-character",
    scope="span",
    severity="warning",
    fix="safe",
    about="""A character in a span that is invisible or was damaged: soft hyphen, zero-width or no-break space,
control character, U+FFFD, `Ã©` for `é`.

Two names that look alike are two names to every count and every vocabulary. Joiners that Persian, Indic scripts and
emoji need are left alone. The fix takes the character out or writes the one that was meant, offsets moved along.""",
    bad=("[PER Chris\u00adtian  ] left . ", "[LOC Orl\u00c3\u00a9ans  ] . "),
    good=("[PER Christian  ] left [LOC Orléans  ] . ", "[LOC خانه\u200cها  ] . "),
    local=_invisible_character,
    screen=lambda corpus, options: corpus.surfaces.whose(_may_be_damaged, rb"[^ -~\n]"),
    precision={"wnut17": Measured(1, 1, "2026-11-24")},
)

# --- C214 calendar-word -----------------------------------------------------------------------------------------


def _is_word(surface: str) -> bool:
    return surface in word_set("calendar_words")


def _words(options: Options) -> frozenset[str]:
    return word_set("calendar_words") | set(strings(options, "words"))


def _calendar_word(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    words = _words(options)
    skipped: set[str] | None = None
    for span in document.spans:
        surface = document.covered(span)
        if surface not in words or family(span.label) not in ("PER", "LOC", "ORG"):
            continue
        if skipped is None:
            skipped = _by_guideline(corpus, words, number(options, "share"))
        if span.label not in skipped:
            message = f"{shown(surface)} is labelled {span.label}, and is a day, a count or a pronoun; drop the span"
            yield Flag(span.start, span.end, message, span, drop(span))


def _by_guideline(corpus: LintCorpus, words: frozenset[str], share: float) -> set[str]:
    """Return the labels that stand on such words often enough for it to be meant."""
    counts = dict.fromkeys(corpus.label_counts, 0)
    for word in words:
        for label, count in corpus.labels_of(word).items():
            counts[label] += count
    return {label for label, count in counts.items() if count > max(share * corpus.label_counts[label], 5)}


_C214: Final = Rule(
    code="C214",
    name="calendar-word",
    scope="span",
    severity="warning",
    fix="unsafe",
    about="""A day, a month, a pronoun or a count labelled as a person, place or organisation.

It is a slip where it is rare. Where more than the share `share` of a label is such words, the guidelines mean it
(mentions of persons by pronoun), and the rule is silent. Months that are given names are not in the list.""",
    bad=("on [PER Monday  ] . ", "said [PER he  ] to [PER Sadr  ] . "),
    good=("[DATE Monday  ] , said [PER June  ] of [ORG Friday's  ] . ",),
    local=_calendar_word,
    screen=lambda corpus, options: corpus.surfaces.among(_words(options)),
    options={"words": (), "share": 0.01},
    precision={"wnut17": Measured(4, 4, "2026-11-24")},
)

RULES: Final = (_C207, _C208, _C209, _C210, _C211, _C212, _C214)
