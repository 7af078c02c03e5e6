"""How files begin that cannot be taken for text or columns of another kind, whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from nerconv.formats import python_literal
from nerconv.spelling import spelling

#: So many lines are looked at for what they hold.
_FEW: Final = 20
#: So many of so many tokens have a tag.
_MOST: Final = (3, 4)
_PUBTATOR: Final = re.compile(rb"\s*([^|\t\n]+)\|t\|[^\n]*\n\1(?:\|a\||\t\d+\t\d+\t)")
_BIOC_XML: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE\s+collection[^>]*>\s*)?<collection\b[^>]*>\s*<(?:source|date|key|infon|document)\b",
    re.DOTALL,
)
_BIOC_KEYS: Final = (b'"passages"', b'"infons"', b'"offset"')
_XMI: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<\w*:?XMI\b", re.DOTALL)
_CAS_JSON: Final = re.compile(rb'"%(?:TYPES|FEATURE_STRUCTURES|VIEWS)"\s*:')
_CONLLU: Final = re.compile(rb"\A(?:#[^\n]*\n)*1(?:-\d+)?(?:\t[^\t\n]+){9}$", re.MULTILINE)


def _conllu(head: bytes) -> str | None:
    return "its first row has the ten columns of CoNLL-U" if _CONLLU.match(head) else None


def _iob(head: bytes) -> str | None:
    lines = [line for line in head.decode(errors="replace").split("\n")[:_FEW] if line.strip(" \t\r")]
    # The last one may be cut.
    rows = [line.split() for line in (lines[:-1] if len(lines) > 1 else lines)]
    tags = [token.rpartition("|")[2] if "|" in token else "" for row in rows for token in row]
    sound = [tag for tag in tags if spelling(tag).is_sound]
    found = any(len(row) > 1 for row in rows) and {*sound} - {"O"} and len(sound) * _MOST[1] >= len(tags) * _MOST[0]
    return "tokens of a line end in | and a tag each" if found else None


def _webanno(head: bytes) -> str | None:
    return "it begins with the header of WebAnno TSV 3" if head.startswith(b"#FORMAT=WebAnno TSV 3") else None


def _pubtator(head: bytes) -> str | None:
    return "it begins with a title and an abstract of PubTator" if _PUBTATOR.match(head) else None


def _bioc(head: bytes) -> str | None:
    if _BIOC_XML.match(head):
        return "it begins with a collection of BioC"
    json = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    return "it has passages with infons, as BioC" if json and all(key in head for key in _BIOC_KEYS) else None


def _cas(head: bytes) -> str | None:
    if _XMI.match(head):
        return "it begins like XMI"
    json = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return "it has the types of a CAS" if json and _CAS_JSON.search(head) else None


#: By the name of a format what says by what a file is of it, and None where nothing does.
_BEGINNINGS: Final[Mapping[str, Callable[[bytes], str | None]]] = MappingProxyType(
    {
        "conllu": _conllu,
        "iob": _iob,
        "webanno": _webanno,
        "pubtator": _pubtator,
        "bioc": _bioc,
        "cas": _cas,
        "offsets_jsonl": python_literal.beginning,
    }
)


def beginning(head: bytes, name: str) -> str | None:
    """Return by what a file that begins with ``head`` is of the format called ``name``."""
    return _BEGINNINGS[name](head)


def is_unmistakable(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is of one of these formats.

    >>> is_unmistakable(b"Nora|NNP|B-PER left|VBD|O"), is_unmistakable(b"Nora left .")
    (True, False)
    """
    return any(found(head) for found in _BEGINNINGS.values())
