"""Other ways to mark names within a text, as data: the marks of each, and how they are written.

Each is a dialect of its own beside those of ``nerconv.bracket.grammar``: elements (MUC; Chinchor 1998), the training
data of OpenNLP (``NameSample``), the Markdown of Rasa NLU, TANL (Paolini et al. 2021), GPT-NER (Wang et al. 2023), the
slash tags of Stanford NER, and what language models answer. ``nerconv.bracket.marks`` finds the marks and pairs them.
No pattern looks farther than a mark can reach, so that a line of any length takes time in proportion to it.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from nerconv.bracket import markup
from nerconv.bracket.inline import MUC, SCHEMES, TEI

_LABEL: Final = r"[A-Za-z][A-Za-z0-9_.-]{0,60}"
#: A label without a full stop, with which it would be the name of a file.
_WORD: Final = r"[A-Za-z][A-Za-z0-9_-]{0,60}"
_WORDS: Final = r"[A-Za-z][A-Za-z0-9_.-]{0,60}(?: [A-Za-z0-9_.-]{1,60}){0,4}"
_JOINED: Final = r"[A-Za-z][A-Za-z0-9.-]{0,60}(?:_[A-Za-z0-9.-]{1,60}){0,4}"
_STOP: Final = r"(?=[\s.,;!?]|\Z)"
_LITERALS: Final = r"|(?P<begin>\[)|(?P<close>\])"
_REFERENCE: Final = r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_JSON: Final = (
    rf"\]\{{[ \t]?(?P<braced>{_WORD})[ \t]?\}}|\](?P<json>\{{[^{{}}\n]*\}})"
    r"""|\]\{\s*["']?entity["']?\s*:\s*["']?(?P<half_json>[A-Za-z][\w.-]{0,60})"""
)
#: A mark that goes on behind the end of its line.
_CUT: Final = r"""\{[ \t]*(?:["']?entity["']?[ \t]*:?[ \t]*["']?)?\Z"""
_HALF: Final = rf"|\]\((?P<half_close>{_WORD}){_STOP}|\](?P<no_label>\(\)|\([ \t]*\Z|{_CUT})"
_HALF_OPEN: Final = rf"|\[(?P<half_open>{_LABEL})[ \t]*\Z"


class Notation(NamedTuple):
    """How one dialect marks a name.

    ``shown``: an example; ``sights``: how ``nerconv.bracket.inline`` calls what it reads; ``family``: dialects of one
    family read each other's marks, the first as few as it can. ``pattern`` matches a mark; its groups say what it is:
    ``open``, ``close`` and ``tag`` hold its label, if it has one; ``begin`` is a bracket that may begin a name,
    ``half_open`` and ``half_close`` are marks that are not whole. ``bytes``: the bytes without one of which a line has
    no mark. ``opening`` and ``closing`` are written, with the label for ``{}``; ``label`` matches labels that can be.

    ``named``: a mark only closes one of its own name. ``spaced``: one space inside belongs to each mark. ``nests``: its
    own tools read nested spans; ``whole``: and names that are whole tokens alone; ``escapes``: what reads as a mark is
    written as a reference. ``spoiled``: the sights that its marks are where they have no partner.
    """

    shown: str
    family: str
    sights: frozenset[str]
    pattern: str
    bytes: bytes
    opening: str
    closing: str
    label: str = _LABEL
    named: bool = False
    spaced: bool = False
    nests: bool = False
    whole: bool = False
    escapes: bool = False
    spoiled: frozenset[str] = frozenset()

    @property
    def is_labelled(self) -> bool:
        """Whether its marks name a label."""
        return "{}" in self.opening + self.closing


_ELEMENT: Final = (
    rf"<(?P<open>{_LABEL})(?P<rest>[\s/][^<>\n]*)?>|</(?P<close>{_LABEL})\s*>|(?P<reference>{_REFERENCE})"
    rf"|<(?P<half_open>{_LABEL})(?![\w.>-])|</(?P<half_close>{_LABEL})(?![\w.:>-])"
)
#: Elements whose name is not read as a label.
_OTHERS: Final = "|".join((*markup.NAMES.split(), *sorted(MUC), *TEI))
_TYPED: Final = frozenset(('<ENAMEX TYPE="PER">x</ENAMEX>', '<entity type="PER">x</entity>'))
_LONE_TAGS: Final = frozenset(("<PER>x", "<PER x>", "x<PER>", "x <PER>"))
_RASA: Final = frozenset(('[x]{"entity": "PER"}', "[x]{PER}"))
#: The dialects by name; of a family the one that reads fewest marks first.
NOTATIONS: Final = MappingProxyType(
    {
        "enamex": Notation(
            '<ENAMEX TYPE="PER">x</ENAMEX>', "elements", _TYPED, _ELEMENT, b"<&", '<ENAMEX TYPE="{}">', "</ENAMEX>",
            named=True, nests=True, escapes=True, spoiled=_LONE_TAGS,
        ),
        "xml": Notation(
            "<PER>x</PER>", "elements", _TYPED | {"<PER>x</PER>"}, _ELEMENT, b"<&", "<{}>", "</{}>",
            label=rf"(?!(?:{_OTHERS})\Z){_LABEL}", named=True, nests=True, escapes=True, spoiled=_LONE_TAGS,
        ),
        "opennlp": Notation(
            "<START:person> x <END>", "opennlp", frozenset(("<START:person> x <END>",)),
            r"<START(?::(?P<open>[^\s<>]{1,60}))?(?P<start>>)|(?P<close><END>)"
            r"|<START:(?P<half_open>[^\s<>]{1,60})(?=\s|\Z)",
            b"<", "<START:{}> ", " <END>", label=r"[^\s<>]{1,60}", spaced=True, whole=True,
        ),
        "rasa": Notation(
            '[x]{"entity": "PER"}', "markdown", _RASA,
            rf"{_JSON}|\](?P<no_label>{_CUT}){_LITERALS}",
            b"[]", "[", ']{{"entity": "{}"}}', label=_WORD,
        ),
        "markdown": Notation(
            "[x](PER)", "markdown", _RASA | {"[x](PER)"},
            rf"\]\({SCHEMES}(?P<linked>{_WORD})(?::[^()\n]*)?\)|{_JSON}{_HALF}{_LITERALS}",
            b"[]", "[", "]({})", label=_WORD,
        ),
        "tanl": Notation(
            "[ x | person ]", "tanl", frozenset(("[x|PER]",)),
            rf"\|[ \t]?(?P<linked>{_WORDS})(?P<more>(?:[ \t]?\|[^\[\]|\n]{{0,200}}){{0,8}})[ \t]?\]"
            rf"|(?P<no_label>\|[ \t]?\]|\|[ \t]*\Z)|\|[ \t]?(?P<half_close>{_LABEL})(?=[ \t.,]|\Z){_LITERALS}",
            b"[]|", "[ ", " | {} ]", label=_JOINED, spaced=True, nests=True,
        ),
        "prefix": Notation(
            "[PER: x]", "prefix", frozenset(("[PER: x]",)),
            rf"\[[ \t]?(?P<open>{_LABEL})[ \t]?[:\uff1a]{_HALF_OPEN}{_LITERALS}", b"[]", "[{}: ", "]", spaced=True,
            nests=True,
        ),
        "bbcode": Notation(
            "[PER] x [/PER]", "bbcode", frozenset(("[PER] x [/PER]",)),
            rf"\[(?P<open>{_LABEL})\]|\[/(?P<close>{_LABEL})\]|\[/(?P<half_close>{_LABEL}){_STOP}{_HALF_OPEN}",
            b"[]", "[{}]", "[/{}]", named=True, nests=True, spoiled=frozenset(("[PER] x", "x [PER]", "x[PER]")),
        ),
        "gptner": Notation(
            "@@x##", "gptner", frozenset(("@@x##",)),
            r"(?P<begin>@@(?=[^ \t]))|(?P<close>(?<=[^ \t])##)", b"@#", "@@", "##",
        ),
        "slash": Notation(
            "x/PER", "slash", frozenset(("x/PER",)), rf"(?<=[^ \t])/(?P<tag>{_WORD})(?=[ \t]|\Z)", b"/", "", "/{}",
            label=_WORD, whole=True, spoiled=frozenset(("[x]/PER",)),
        ),
    }
)  # fmt: skip


@cache
def pattern(name: str, marked_up: bool) -> re.Pattern[str]:
    """Return what matches the marks of a dialect, and tags and references where text is marked up, directives else."""
    others = f"(?P<html>{markup.TAG})|(?P<entity>{markup.REFERENCE})" if marked_up else f"(?P<html>{markup.DIRECTIVE})"
    return re.compile(f"{others}|{NOTATIONS[name].pattern}")
