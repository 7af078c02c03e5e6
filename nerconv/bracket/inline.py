"""Notations of annotated text that nerconv does not read: what one looks like on a line, and which label it names.

People, annotation tools and language models mark names in many ways: ``<ORG>x</ORG>``, ``[ORG] x [/ORG]``,
``x/PERSON``, ``[x](PER)``, ``[PER: x]``, ``@@x##``. This module finds what may be one; whether a file is written in it
is judged over all of the file (``nerconv.bracket.unrecognised``). Each search is bounded, so that a line of any
length takes time in proportion to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from nerconv.bracket.labels import CORE
from nerconv.bracket.vocabulary import HTML, TITLES
from nerconv.options import KNOWN_LABELS


class Sight(NamedTuple):
    """What may be an annotation: its ``notation``, its label, where it stands on its line, and the text it covers.

    ``start:end`` are code points of the line. ``firm``: what stands around it speaks for an annotation, too.
    """

    notation: str
    label: str
    start: int
    end: int
    text: str
    firm: bool


#: So many code points around something are looked at, and so far from its beginning an annotation may end.
_AROUND: Final = 200
_FAR: Final = 2000

_LABEL: Final = r"[A-Za-z][A-Za-z0-9_.-]{0,29}"
_CAPITALS: Final = r"[A-Z](?:[A-Z0-9_.-]{0,28}[A-Z0-9])?"
_PREFIX: Final = r"(?:[BIELSUM]-)?"
#: What stands at the edges of a token of text.
_BEFORE: Final = r"""(?<![^\s("'“‘\[>])"""
_BEHIND: Final = r"""(?=[\s.,;:!?)\]}"'”’<]|\Z)"""

_BRACKET: Final = re.compile(rf"\[([^\[\]\n]{{1,{_AROUND}}})\]")
_LABEL_ALONE: Final = re.compile(rf"{_PREFIX}({_LABEL})")
_LABEL_FIRST: Final = re.compile(rf"(?:\s+{_PREFIX}({_LABEL})\s*|{_PREFIX}({_LABEL}))([:：|=/])\s*([\w\"'“‘«(].*)")
_LABEL_LAST: Final = re.compile(rf"(.*?\S)(\s*[:：|/,]\s*|\s+[-–]\s+|\s+\()({_LABEL})\)?\s*")
_LABEL_SPACE: Final = re.compile(rf"({_LABEL}) (.*\S)\s*")
_SPACE_LABEL: Final = re.compile(rf"\s+({_LABEL})\s+(.*\S)\s*")
#: Behind a link a label and perhaps a value, or an address.
SCHEMES: Final = r"(?!(?:mailto|tel|data|file|doi|urn|javascript):|[\w.-]+:/)"
_LINK: Final = re.compile(rf"\({SCHEMES}({_LABEL})(?::[^()\n]{{0,{_AROUND}}})?\)")
_URL: Final = re.compile(rf"\([^()\s]{{0,{_AROUND}}}[./#:][^()\n]{{0,{_AROUND}}}\)")
_JSON: Final = re.compile(r"""\{\s*["']?(?:entity|label|type|tag|ent)["']?\s*[:=]\s*["']?([^"',}\n]{1,40})""")
_BRACED: Final = re.compile(rf"\{{({_LABEL})\}}")
#: What follows a subscript, a link or a definition.
_MEMBER: Final = re.compile(r"[(\[:=]|\.\w")
_SUFFIX: Final = re.compile(rf"[/_^|:#<-]?({_CAPITALS}){_BEHIND}")

_TAG: Final = re.compile(rf"<({_LABEL})([:|\s][^<>\n]*)?>")
_ELEMENTS: Final = re.compile(r"\A[^<>]*</[^<>]*>|<(\w+)[^<>]*>[^<>]*</\1>|<\w[^<>]*>[^<>]*\Z|<[^<>]*>")
_ATTRIBUTE: Final = re.compile(
    rf"""\b(?:data-)?(?:type|class|label|entity|ner|tag|category|cat)\s*=\s*["']?({_LABEL})""", re.IGNORECASE
)
#: Elements that name the type of an entity in an attribute: those of MUC, and others. Those of TEI name it themselves.
MUC: Final = frozenset(("ENAMEX", "NUMEX", "TIMEX", "TIMEX2", "TIMEX3"))
TYPED: Final = frozenset(("entity", "ent", "ne", "rs", "name", "term", "mention", "annotation", "tag"))
TEI: Final = {"persName": "PERSON", "placeName": "LOCATION", "orgName": "ORG", "geogName": "LOCATION"}

_TAGGED: Final = re.compile(
    rf"{_BEFORE}([^\s/_|#\\<>\[\]]{{1,40}})([/_|#\\])({_PREFIX})({_CAPITALS})(?![\]}}]){_BEHIND}",
)
#: The word before ``O`` in ``I/O``.
_INPUT: Final = re.compile(r"(?:^|\W)I\Z|^[^a-z]+\Z")
_PAIRS: Final = re.compile(rf"(?<!\S)(?:\S{{1,60}} (?:O|[BIELSUM]-{_LABEL})(?: |\Z)){{3,}}")
_PAIR: Final = re.compile(rf"(?<!\S)(\S{{1,60}}) [BSU]-({_LABEL})")
_AT: Final = re.compile(r"@@(?=\S)([^@#\n]{1,200}?)(?<=\S)##")
_BRACE: Final = re.compile(
    rf"\{{\{{?\s?(?:({_CAPITALS})(?:\s?[:|=]\s?|\s)([^{{}}|\n]{{1,200}})"
    rf"|([^{{}}|:\n]{{1,200}}?)\s?[|:]\s?({_CAPITALS}))\s?\}}"
)
_BRACE_PAREN: Final = re.compile(rf"\{{([^{{}}\n]{{1,200}})\}}\(({_CAPITALS})\)")
_PAREN: Final = re.compile(rf"\(({_CAPITALS})(?::\s?| )([^()\n]{{1,200}})\)")
_CALLED: Final = re.compile(
    rf"(?<![\w$.])({_CAPITALS})(?:\[([^\[\]\n]{{2,200}})\]|\(([^()\n]{{2,200}})\)|\{{([^{{}}\n]{{2,200}})\}})"
)
_NAME_PAREN: Final = re.compile(rf"(?<!\w)([^\W\d_][\w.'’-]{{0,40}})[*\"”’]{{0,3}} ?\(({_CAPITALS})\)")

_NAME: Final = re.compile(r"[^\W\d_a-z][\w.'’-]*[^\W\d_]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_KEYWORDS: Final = "def|class|return|import|from|if|for|while|print|assert|raise|yield|with|elif|else|try"
_CODE: Final = re.compile(
    rf"\A(?: {{4}}|\t| *(?:{_KEYWORDS})\b.*[:(=])|[;{{}}]\s*\Z|->|=>|::|==|!=|\+=|`|>>>|\w\(|\w\)\.|\bself\."
    r"|(?<=\w) ?= ?[\w\"'\[{(]|</?[a-z]+ ?/?>|\$\w|&&|\|\|"
)
_PROGRAM: Final = frozenset('$={}()<>;\\`"')
#: Notations in which each word of a name has its tag.
_BY_WORD: Final = frozenset(("x[PER]", *(f"x{mark}{prefix}PER" for mark in "/_|#\\" for prefix in ("", "B-"))))
_KNOWN: Final = frozenset(label.upper() for label in KNOWN_LABELS)


def _in_code(line: str, start: int, end: int) -> bool:
    """Whether a line looks like one of a program around ``start:end``."""
    return bool(_CODE.search(line[max(start - _AROUND, 0) : end + _AROUND]))


def _is_label(text: str) -> bool:
    """Whether all words of ``text`` are known labels, as in a list of them."""
    found = re.findall(r"\w+", text)
    return bool(found) and all(word.upper() in _KNOWN for word in found)


def _is_name(word: str) -> bool:
    """Whether a word begins with a capital and goes on in small letters, or has letters without case."""
    return bool(_NAME.fullmatch(word)) and not word.isupper() and word not in TITLES


def _begins_as_name(text: str) -> bool:
    """Whether the first word of a text is one of a name."""
    found = text.split(None, 1)
    return bool(found) and _is_name(found[0].strip("\"'“”‘’(),."))


def _is_wordy(text: str) -> bool:
    """Whether a text holds a word in small letters or letters without case that is neither an abbreviation nor code."""
    return any(not word.isupper() for word in _WORD.findall(text)) and not _PROGRAM & set(text)


def _joined(line: str, sights: Iterable[Sight]) -> Iterator[Sight]:
    """Yield ``sights``, words of one label that follow one another, each with its tag, as one."""
    last: Sight | None = None
    for sight in sights:
        same = last is not None and sight[:2] == last[:2] and sight.notation in _BY_WORD and sight.label != "O"
        if not (same and last and _follows(line[last.end : sight.start])):
            yield sight
        last = sight


def _follows(between: str) -> bool:
    """Whether nothing but a space, and perhaps a word, the tag of which comes behind it, stands between two tags."""
    return between.startswith(" ") and " " not in between[1:]


# -- square brackets ---------------------------------------------------------------------------------------------


def brackets(line: str) -> Iterator[Sight]:
    """Yield what may be annotations in square brackets, those that are read among them."""
    return _joined(line, _brackets(line))


def _brackets(line: str) -> Iterator[Sight]:
    for match in _BRACKET.finditer(line):
        inner, (start, end) = match[1], match.span()
        for look in (_behind_brackets, _label_alone, _label_inside):
            if found := look(line, inner, start, end):
                yield found
                break


def _behind_brackets(line: str, inner: str, start: int, end: int) -> Sight | None:
    """Return what a pair of brackets with a label behind it may be: ``[x](PER)``, ``[x]{PER}``, ``[x]/PER``."""
    if not inner.strip() or _is_glued(line, start):
        return None
    after = line[end : end + 1]
    if after == "(":
        if match := _LINK.match(line, end):
            return Sight("[x](PER)", match[1], start, match.end(), inner, not _in_code(line, start, end))
        return Sight("[x](url)", "", start, end, inner, True) if _URL.match(line, end) else None
    if after == "{":
        if match := _JSON.match(line, end):
            return Sight('[x]{"entity": "PER"}', match[1].strip(), start, match.end(), inner, True)
        match = _BRACED.match(line, end)
        return Sight("[x]{PER}", match[1], start, match.end(), inner, _is_wordy(inner)) if match else None
    match = _SUFFIX.match(line, end)
    if match and _WORD.search(inner):
        return Sight("[x]/PER", match[1], start, match.end(), inner, not _in_code(line, start, end))
    return None


def _is_glued(line: str, at: int) -> bool:
    return at > 0 and (line[at - 1].isalnum() or line[at - 1] in "_)]")


def _label_alone(line: str, inner: str, start: int, end: int) -> Sight | None:
    """Return what a label alone in brackets may be: ``[PER] x [/PER]``, ``[B-PER] x``, ``x[PER]``, ``x [PER]``."""
    match = _LABEL_ALONE.fullmatch(inner)
    if not match or _MEMBER.match(line, end):
        return None
    label = match[1]
    closing = line.find(f"[/{inner}]", end, end + _FAR)
    if closing >= 0:
        text = line[end:closing].strip()
        return Sight("[PER] x [/PER]", label, start, closing + len(inner) + 3, text, bool(_WORD.search(text)))
    before, behind = _words_around(line, start, end)
    if label != inner and label.isupper():
        return Sight("[B-PER] x", label, start, end, behind, True)
    prose = not _in_code(line, start, end)
    if _is_glued(line, start):
        name = inner.isupper() and (_is_name(before) or before.isupper())
        return Sight("x[PER]", label, start, end, before, name and prose)
    if _is_name(behind) and not _is_name(before):
        return Sight("[PER] x", label, start, end, behind, prose)
    return Sight("x [PER]", label, start, end, before, _is_name(before) and prose)


def _words_around(line: str, start: int, end: int) -> tuple[str, str]:
    """Return the words right before and behind ``start:end``, without punctuation at their outer edges."""
    before = re.search(r"([\w.'’-]+)[*_\"”’)]{0,2} ?\Z", line[max(start - 60, 0) : start])
    behind = re.match(r" ?[*_\"“‘(]{0,2}([\w'’-]+)", line[end : end + 60])
    return before[1] if before else "", behind[1] if behind else ""


def _label_inside(line: str, inner: str, start: int, end: int) -> Sight | None:
    """Return what a label beside a text in brackets may be: ``[PER: x]``, ``[x|PER]``, ``[PER x]``, ``[ PER x]``."""
    if _is_glued(line, start) or line[end : end + 1] in tuple("([{:"):
        return None
    found = _LABEL_SPACE.fullmatch(inner)
    if found and (found[1] in KNOWN_LABELS or inner.endswith("  ")):
        return Sight("[PER x]", found[1], start, end, found[2], True)
    if match := _LABEL_FIRST.fullmatch(inner):
        label, text = match[1] or match[2], match[4].strip()
        if _is_upper_or_known(label) and not _is_label(text):
            firm = bool(_WORD.search(text)) and (label in KNOWN_LABELS or _is_wordy(text))
            return Sight(f"[PER{_mark(match[3])}x]", label, start, end, text, firm)
    if (match := _LABEL_LAST.fullmatch(inner)) and _is_upper_or_known(match[3]) and not _is_label(match[1]):
        mark = _mark(match[2])
        firm = _begins_as_name(match[1]) or (mark == "|" and line[start - 1 : start] != "[" and _is_wordy(match[1]))
        return Sight(f"[x{mark}PER{')' if '(' in mark else ''}]", match[3], start, end, match[1].strip(), firm)
    if found:
        return Sight("[PER x]", found[1], start, end, found[2], _is_wordy(found[2]) and not _in_code(line, start, end))
    if match := _SPACE_LABEL.fullmatch(inner):
        return Sight("[ PER x]", match[1], start, end, match[2], _begins_as_name(match[2]))
    return None


def _mark(separator: str) -> str:
    """Return how a separator is shown in the name of a notation."""
    mark = separator.strip()
    return {":": ": ", "：": ": ", ",": ", ", "-": " - ", "–": " - ", "(": " ("}.get(mark, mark)


def _is_upper_or_known(label: str) -> bool:
    return label.upper() in _KNOWN or (label.isupper() and len(label) > 1)


def called(line: str) -> Iterator[Sight]:
    """Yield what may be annotations with the label before a pair of brackets: ``PER[x]``, ``PER(x)``, ``PER{x}``."""
    for match in _CALLED.finditer(line):
        text = match[2] or match[3] or match[4]
        if match[1] in _KNOWN:
            mark = line[match.end(1)]
            closing = {"[": "]", "(": ")", "{": "}"}[mark]
            yield Sight(f"PER{mark}x{closing}", match[1], *match.span(), text, _begins_as_name(text))


# -- elements ----------------------------------------------------------------------------------------------------


def tags(line: str) -> Iterator[Sight]:
    """Yield what may be annotations as elements: ``<PER>x</PER>``, ``<ENAMEX TYPE="PER">x</ENAMEX>``, ``<PER x>``."""
    for match in _TAG.finditer(line):
        name, rest, (start, end) = match[1], match[2] or "", match.span()
        if name == "START" and (not rest or rest.startswith(":")):
            text = line[end : end + _AROUND].partition("<END>")[0].strip()
            if rest or _WORD.search(text):
                yield Sight("<START:person> x <END>", rest.strip(": ") or "?", start, end, text, True)
        elif name.lower() in HTML:
            yield from _html(name, rest, start, end)
        else:
            yield from _element(line, name, rest, start, end)


def _html(name: str, rest: str, start: int, end: int) -> Iterator[Sight]:
    """Yield what an element of HTML may be whose class is a label: ``<mark class="PER">``, as displaCy prints it."""
    attribute = _ATTRIBUTE.search(rest)
    if attribute and attribute[1].lower() in ("entity", "ner", "ent") and name != "a":
        yield Sight('<mark class="entity">', "?", start, end, "", True)
    elif attribute and attribute[1] in KNOWN_LABELS:
        yield Sight('<mark class="PER">', attribute[1], start, end, "", True)


def _element(line: str, name: str, rest: str, start: int, end: int) -> Iterator[Sight]:
    attribute = _ATTRIBUTE.search(rest)
    closing = line.find(f"</{name}>", end, end + _FAR)
    text = line[end:closing] if closing >= 0 else ""
    sides = line[max(start - _AROUND, 0) : start], line[closing + len(name) + 3 : closing + _AROUND]
    firm = bool(_WORD.search(text)) and (name in CORE or any(map(_has_words, sides)))
    if name in MUC:
        yield Sight('<ENAMEX TYPE="PER">x</ENAMEX>', attribute[1] if attribute else "?", start, end, text, True)
    elif name.lower() in TYPED:
        if attribute:
            yield Sight('<entity type="PER">x</entity>', attribute[1], start, end, text, firm)
    elif closing >= 0 and text.strip():
        yield Sight("<PER>x</PER>", TEI.get(name, name), start, closing + len(name) + 3, text.strip(), firm)
    elif closing < 0 and name in KNOWN_LABELS and "=" not in rest:
        yield _open_element(line, name, rest.strip(" :|"), start, end)


def _open_element(line: str, name: str, text: str, start: int, end: int) -> Sight:
    """Return what a label in angle brackets that nothing closes may be: ``<PER x>``, ``<PER>x``, ``x<PER>``."""
    if text:
        return Sight("<PER x>", name, start, end, text, _begins_as_name(text))
    before, behind = _words_around(line, start, end)
    prose = not _in_code(line, start, start)
    if line[end : end + 1].isalpha():
        return Sight("<PER>x", name, start, end, behind, _is_name(behind) and prose)
    notation = "x<PER>" if _is_glued(line, start) else "x <PER>"
    return Sight(notation, name, start, end, before, _is_name(before) and prose)


def _has_words(text: str) -> bool:
    """Whether words stand outside of all elements of a text, which may begin and end within one."""
    return bool(_WORD.search(_ELEMENTS.sub(" ", text)))


# -- others ------------------------------------------------------------------------------------------------------


def words(line: str) -> Iterator[Sight]:
    """Yield what may be words with a tag behind: ``x/PERSON``, ``x_B-PER``, ``x|PER``; ``O`` is a tag, too."""
    return _joined(line, _words(line))


def _words(line: str) -> Iterator[Sight]:
    for match in _TAGGED.finditer(line):
        word, mark, prefix, label = match.groups()
        if _LETTER.search(word) and not _is_label(word) and not (label == "O" and _INPUT.search(word)):
            firm = bool(prefix) or (_begins_as_name(word) and not _in_code(line, *match.span()))
            yield Sight(f"x{mark}{'B-' if prefix else ''}PER", label, *match.span(), word, firm)


def pairs(line: str) -> Iterator[Sight]:
    """Yield the annotations of a line on which each word has its tag behind it: ``Nora B-PER met O``."""
    for run in _PAIRS.finditer(line):
        for match in _PAIR.finditer(line, *run.span()):
            yield Sight("x B-PER", match[2], *match.span(), match[1], True)


def marked(line: str) -> Iterator[Sight]:
    """Yield what stands between ``@@`` and ``##``."""
    for match in _AT.finditer(line):
        yield Sight("@@x##", "?", *match.span(), match[1], True)


def braces(line: str) -> Iterator[Sight]:
    """Yield what may be annotations in braces: ``{{PER: x}}``, ``{PER x}``, ``{x|PER}``."""
    for match in _BRACE.finditer(line):
        label, text = match[1] or match[4], match[2] or match[3]
        if label in _KNOWN and not _is_label(text):
            firm = _begins_as_name(text) and not _in_code(line, match.start(), match.start() - _AROUND)
            yield Sight("{PER: x}", label, *match.span(), text, firm)
    for match in _BRACE_PAREN.finditer(line):
        if match[2] in _KNOWN:
            yield Sight("{x}(PER)", match[2], *match.span(), match[1], _begins_as_name(match[1]))


def parentheses(line: str) -> Iterator[Sight]:
    """Yield what may be annotations in parentheses: ``(PER x)`` and ``x (PER)``."""
    for match in _PAREN.finditer(line):
        if match[1] in _KNOWN:
            firm = _begins_as_name(match[2]) and not _in_code(line, *match.span())
            yield Sight("(PER x)", match[1], *match.span(), match[2], firm)
    for match in _NAME_PAREN.finditer(line):
        if match[2] in _KNOWN:
            before = line[max(match.end(1) - _AROUND, 0) : match.end(1)]
            firm = _is_name(match[1]) and not _in_code(line, *match.span()) and not _is_acronym(before, match[2])
            yield Sight("x (PER)", match[2], *match.span(), match[1], firm)


def _is_acronym(before: str, label: str) -> bool:
    """Whether a label is made of the first letters of the words before it, or is short for the last one."""
    spelt = re.findall(r"[^\W\d_]+", before)[-len(label) - 2 :]
    initials = "".join(word[0] for word in spelt).upper()
    return label in initials or (bool(spelt) and spelt[-1].upper().startswith(label[:3]))
