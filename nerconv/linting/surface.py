"""What follows from the text and the label of a span: masking, document furniture, a page header; word lists.

Pure functions of strings. ``noise`` is the predicate that the statistics of corpus rules use to leave such spans out;
the rules C201 to C205 (``nerconv.linting.rules``) add what the text around a span tells. The word lists are data files
beside this module, one entry a line, ``#`` for comments.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the entries of the data file ``name`` (without ``.txt``), in its order."""
    text = resources.files("nerconv.linting").joinpath("data", f"{name}.txt").read_text("utf-8")
    return tuple(line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#"))


@cache
def word_set(name: str) -> frozenset[str]:
    """Return the entries of the data file ``name`` as a set."""
    return frozenset(word_list(name))


_LETTER_OR_DIGIT: Final = r"[^\W_]"


@cache
def _mask_pattern() -> re.Pattern[str]:
    """Return what matches one piece of masking text.

    A valid Roman numeral never has four X in a row, which tells XXXX from XXX and XXXVI.
    """
    words = "|".join(re.escape(word) for word in sorted(word_list("mask_words"), key=len, reverse=True))
    kinds = "|".join(word_list("mask_kinds"))
    kind = rf"(?:(?:{kinds}|{_QUALIFIERS})[\ _:-]){{0,2}}(?:{kinds})(?:[\ _-]?\d+)?"
    taken_out = rf"(?i:(?:(?:{kinds})[\ _:-])?(?:{_TAKEN_OUT})(?:[\ _:-](?:{kinds}))?)"
    return re.compile(
        rf"""
        (?<!\w)[Xx]{{4,}}[a-z]?(?!\w)                                   # XXXXXXXXXXXX, XXXXXXXa, Xxxxxxxx
      | (?<!\w)X{{6,}}(?=[A-Z]?[a-z]) | (?<=[a-z])X{{6,}}(?!\w)         # XXXXXXXXComment
      | (?<!\w)(?:[Xx]{{2,}}|\d{{1,4}})(?:/(?:[Xx]{{2,}}|\d{{1,4}}))*/[Xx]{{2,}}(?:/(?:[Xx]{{2,}}|\d{{1,4}}))*(?!\w)
      | (?<!\w)[Xx]{{2,}}/\d\d?/\d{{2,4}}(?!\w)                         # XX/XX/2010
      | (?<!\w)X{{3}}-(?:XX|\d\d)-(?:X{{4}}|\d{{4}})(?!\w)              # XXX-XX-1234
      | (?<!\w)\d{{3}}-XXXX(?!\w)
      | [█▇▆■▓▒░▮]{{2,}}
      | (?<!{_LETTER_OR_DIGIT})(?:_{{3,}}|\*{{3,}})(?!{_LETTER_OR_DIGIT})
      | \[\*\*[^\]\n]{{1,60}}\*\*\]
      | \{{\{{\ ?\w[\w.\ -]{{0,40}}\}}\}}                                   # {{NAME}}, {{ first_name }}
      | (?:\[\[?|<<?|\{{\{{?|\()\ ?(?:{kind})\ ?(?:\]\]?|>>?|\}}\}}?|\)) # <NAME>, [[PERSON 1]], [LAST NAME]
      | (?:\[\[?|<<?)\ ?(?:{taken_out}|(?i:mask))\ ?(?:\]\]?|>>?)        # [redacted name], <mask>
      | \(\ ?(?i:(?:(?:{kinds})\ )?(?:redacted|withheld|masked))\ ?\)    # (redacted)
      | [%$](?:{kinds})[%$]                                             # %NAME%
      | (?<!\w)\([bB]\)\ ?\(\d\)(?:\ ?\([A-F]\))*                        # (b)(6): exemptions of the FOIA
      | (?<!\w)(?:{kinds})_\d+(?!\w)                                    # PERSON_1
      | (?<![\w@])(?:{words})(?!\w)
        """,
        re.VERBOSE,
    )


#: What stands before a kind: [LAST NAME].
_QUALIFIERS: Final = "FIRST|LAST|MIDDLE|FULL|MAIDEN|CLIENT|POSTAL|HOME|STREET"
_TAKEN_OUT: Final = "redacted|removed|deleted|withheld|omitted|masked|expunged|suppressed|anonymi[sz]ed|de-?identified"
#: Left over when masking is taken out of a span that holds nothing else: a possessive.
_POSSESSIVE: Final = re.compile(r"['’][sS](?!\w)")
_PAGE: Final = re.compile(
    r"""
    \b\d{3}\ OF\ \d{3}\b | \b(?i:section)\ \d\d?\ (?i:of)\ \d\d?\b      # page headers of telegrams
  | (?i:page)\ \d+\ (?i:of)\ \d+ | \A(?i:page)\ (?:\d+|[ivxl]+)\Z | \A[-–—]\ ?\d+\ ?[-–—]\Z
    """,
    re.VERBOSE,
)


def masks(surface: str) -> list[tuple[int, int]]:
    """Return the extents of the masking text in ``surface``, in order."""
    return [match.span() for match in _mask_pattern().finditer(surface)]


_RUN: Final = re.compile(r"[^\W_]+")
#: What masking, page headers and page numbers are written with beside the words of the lists.
_NOT_LETTERS: Final = re.compile(r"[Xx]{2}|[\d_*\[<{(@%$]")


@cache
def first_words() -> frozenset[str]:
    """Return the first words of everything that is not a name, in lower case."""
    entries = [entry for name in ("mask_words", "section_words", "editor_words") for entry in word_list(name)]
    return frozenset({"page", "section", *(match[0] for e in entries if (match := _RUN.search(e.lower())))})


@lru_cache(1 << 16)
def may_be_noise(surface: str) -> bool:
    """Whether anything here may be true of ``surface``, faster than asking each."""
    if not surface.isascii():
        return True
    small = surface.lower()
    if surface.replace(" ", "").isalpha():
        return "xx" in small or not first_words().isdisjoint(small.split(" "))
    return bool(_NOT_LETTERS.search(surface)) or not first_words().isdisjoint(_RUN.findall(small))


@lru_cache(1 << 16)
def is_mask(surface: str) -> bool:
    """Whether ``surface`` is masking text and nothing else but punctuation, digits or a possessive."""
    pattern = _mask_pattern()
    if not may_be_noise(surface) or not pattern.search(surface):
        return False
    rest = _POSSESSIVE.sub("", pattern.sub(" ", surface))
    return not any(character.isalpha() for character in rest)


@lru_cache(1 << 16)
def holds_mask(surface: str) -> bool:
    """Whether masking text stands in ``surface`` beside real words."""
    return may_be_noise(surface) and bool(_mask_pattern().search(surface)) and not is_mask(surface)


def normalised(surface: str) -> str:
    """Return ``surface`` in lower case, punctuation and runs of white space made one space."""
    return " ".join(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", surface.lower()))


@cache
def _section_words() -> dict[str, str]:
    """Return each section word, normalised, with what it takes to count: any, capitals or colon."""
    kinds = {}
    for entry in word_list("section_words"):
        kind = "colon" if entry.endswith(":") else "capitals" if entry.isupper() else "any"
        kinds[normalised(entry)] = kind
    return kinds


@lru_cache(1 << 16)
def section_word(surface: str, colon: bool = False, alone: bool = False) -> bool:
    """Whether ``surface`` is a heading or another word of the layout.

    ``colon``: a colon follows it; ``alone``: it is a whole line.
    """
    kind = _section_words().get(normalised(surface)) if may_be_noise(surface) else None
    if kind is None:
        return False
    headed = colon or surface.rstrip().endswith(":")
    return kind == "any" or headed or (surface.isupper() if kind == "capitals" else alone)


@cache
def _editor_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    entries = sorted(word_list("editor_words"), key=len, reverse=True)
    words = "|".join(re.escape(e).replace(r"\ ", " +") for e in entries if not e.endswith(":"))
    colons = "|".join(re.escape(e[:-1]).replace(r"\ ", " +") for e in entries if e.endswith(":"))
    either = rf"(?:(?i:{words})(?!\w) *[:.;,)]*|(?i:{colons}) *:)"
    leading = re.compile(rf"\(? *(?=[A-Z]){either} *(?=\S)")
    trailing = re.compile(rf"(?<!\bNo)(?<!\bFair)(?<=[\w.)\]])[ (–—-]+(?=[A-Z]){either}\Z")
    return leading, trailing


@lru_cache(1 << 16)
def editor_words(surface: str) -> tuple[int, int] | None:
    """Return the extent of ``surface`` without the words of an editor at its edges, or None when there are none.

    The extent is empty when nothing else is left.
    """
    if not may_be_noise(surface):
        return None
    leading, trailing = _editor_patterns()
    head, tail = leading.match(surface), trailing.search(surface)
    if not head and not tail:
        return None
    start, end = head.end() if head else 0, tail.start() if tail else len(surface)
    return (start, end) if start < end else (0, 0)


@lru_cache(1 << 16)
def is_page(surface: str) -> bool:
    """Whether part of a page header or a page number stands in ``surface``."""
    return may_be_noise(surface) and bool(_PAGE.search(surface))


@lru_cache(1 << 16)
def noise(surface: str) -> str | None:
    """Return the code of the rule that ``surface`` breaks by itself, C201 to C205, or None for what may be a name."""
    if not may_be_noise(surface):
        return None
    if is_mask(surface):
        return "C201"
    if holds_mask(surface):
        return "C202"
    if section_word(surface):
        return "C203"
    if editor_words(surface):
        return "C204"
    return "C205" if is_page(surface) else None


@cache
def titles() -> frozenset[str]:
    """Return words that names go with and without: titles, offices, legal forms, small words."""
    lists = ("honorifics", "role_modifiers", "role_titles", "abbreviations", "function_words")
    return frozenset().union(*map(word_set, lists))


#: How English makes adjectives of names of places.
_ADJECTIVE: Final = re.compile(r"[A-Z][a-z]+(?:ese|ish|ians?|eans?|i)\Z")


def is_demonym(word: str) -> bool:
    """Whether ``word`` is one for what comes from a place, by the list of such words or by its ending."""
    return word in word_set("demonyms") or bool(_ADJECTIVE.match(word))


_PER: Final = frozenset({"per", "pers", "person", "people"})
_LOC: Final = frozenset({"loc", "location", "place", "gpe", "fac", "facility"})
_ORG: Final = frozenset({"org", "organisation", "organization", "corporation", "company", "group"})
#: Labels of things that have names of any shape: titles of works, products, laws, events.
_TITLE: Final = frozenset(
    {"misc", "work_of_art", "creative-work", "creative_work", "work", "product", "event", "law", "language"}
)


@cache
def family(label: str) -> str:
    """Return what ``label`` names: PER, LOC, ORG, TITLE (works, products, laws, MISC), or empty when unknown."""
    normalised = label.lower()
    for name, labels in (("PER", _PER), ("LOC", _LOC), ("ORG", _ORG), ("TITLE", _TITLE)):
        if normalised in labels:
            return name
    return ""


def is_name(label: str) -> bool:
    """Whether ``label`` is one of persons, places or organisations, as all schemes have them."""
    return family(label) in ("PER", "LOC", "ORG")


def rarely_lower(corpus: LintCorpus, share: float) -> frozenset[str]:
    """Return the labels of persons, places and organisations of which at most ``share`` is in lower case.

    Under them the corpus labels names; under others descriptions too, or its authors write no capitals.
    """
    low, all_ = corpus.lower_case, corpus.label_counts
    return frozenset(label for label in all_ if is_name(label) and low[label] <= max(share * all_[label], 1))
